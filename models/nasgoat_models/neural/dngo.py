"""DNGO: Bayesian linear regression on the last layer of a network (Snoek et al. 2015)."""

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
class Dngo:
    """Proposes mutants of greatest expected improvement.

    Args:
        initial: size of the initial design.
        encoding: of graphs: adjacency matrix and labels, or paths.
        width: of each of three hidden layers (tanh).
        epochs: of the training before each batch.
        rate: learning rate of Adam.
        decay: of the weights.
        transform: of the targets.

    Raises:
        ValueError: a number is out of range.
        UnknownNameError: there is no such transform.
    """

    initial: int = 20
    encoding: Literal["adjacency", "paths"] = "adjacency"
    width: int = 50
    epochs: int = 200
    rate: float = 0.01
    decay: float = 1e-4
    transform: Literal["standardise", "rank-gaussian", "log-clip"] = "rank-gaussian"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)


KIND = MethodKind(
    "Bayesian linear regression on a network's last layer, expected improvement of mutants",
    "Snoek et al. 2015",
    Dngo,
    built_in("nasgoat_models.neural.dngo_model", "make"),
)
