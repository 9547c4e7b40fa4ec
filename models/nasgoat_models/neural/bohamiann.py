"""BOHAMIANN: a Bayesian network sampled by Hamiltonian Monte Carlo (Springenberg et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nasgoat.errors import UnknownNameError
from nasgoat.search import MethodKind
from nasgoat.search.design import check_initial
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.methods import built_in
from nasgoat_models.neural.search import check_counts, check_positive


@dataclass(frozen=True, slots=True)
class Bohamiann:
    """Proposes mutants of greatest expected improvement.

    Args:
        initial: size of the initial design.
        encoding: of graphs: adjacency matrix and labels, or paths.
        width: of each of three hidden layers (tanh).
        burn_in: steps before the first sample, in which step sizes are adapted.
        samples: networks that are kept.
        every: steps between two of them.
        step: step size of the sampler.
        friction: share of the momentum that a step takes away.
        transform: of the targets.

    Raises:
        ValueError: a number is out of range.
        UnknownNameError: there is no such transform.
    """

    initial: int = 20
    encoding: Literal["adjacency", "paths"] = "adjacency"
    width: int = 50
    burn_in: int = 2000
    samples: int = 30
    every: int = 50
    step: float = 0.01
    friction: float = 0.05
    transform: Literal["standardise", "rank-gaussian", "log-clip"] = "rank-gaussian"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(width=self.width, burn_in=self.burn_in)
        check_counts(samples=self.samples, every=self.every)
        check_positive(step=self.step, friction=self.friction)
        if self.friction >= 1:
            msg = f"friction is below 1, got {self.friction}"
            raise ValueError(msg)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)


KIND = MethodKind(
    "Bayesian network sampled by Hamiltonian Monte Carlo, expected improvement of mutants",
    "Springenberg et al. 2016",
    Bohamiann,
    built_in("nasgoat_models.neural.bohamiann_model", "make"),
)
