"""BANANAS: an ensemble of networks on path encodings, Thompson sampling (White et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.search import MethodKind
from nasgoat.search.design import check_initial
from nasgoat_models.methods import built_in
from nasgoat_models.neural.search import check_counts, check_positive

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bananas:
    """Proposes mutants of the best graphs by independent Thompson sampling.

    Each candidate ``x`` is given one draw from ``N(mean(x), std(x)^2)`` of the ensemble's
    predictions; those of the least draws are evaluated.

    Args:
        initial: size of the initial design.
        pool: number of candidates: neighbors of the 10 best observed graphs, random ones where
            these are fewer.
        paths: longest path that is encoded, in operations.
        networks: of the ensemble.
        layers: hidden layers of a network.
        width: of each of them.
        epochs: of the training before each batch.
        rate: learning rate of Adam.
        lower_bound: below every value there is; None for a value that lies below the best observed
            one by half of the distance from it to the median.

    Raises:
        ValueError: a number is out of range.
    """

    initial: int = 10
    pool: int = 200
    paths: int = 3
    networks: int = 5
    layers: int = 10
    width: int = 20
    epochs: int = 150
    rate: float = 0.01
    lower_bound: float | None = None

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(pool=self.pool, networks=self.networks, layers=self.layers)
        check_counts(width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate)
        if self.paths < 0:
            msg = f"paths is at least 0, got {self.paths}"
            raise ValueError(msg)

    def bound_below(self, targets: Floats) -> float:
        """The lower bound that the loss takes.

        Raises:
            ValueError: the one that was given is not below all targets.
        """
        least = float(targets.min())
        if self.lower_bound is None:
            return least - (0.5 * (float(np.median(targets)) - least) or 1.0)
        if not self.lower_bound < least:
            msg = (
                f"lower_bound={self.lower_bound}, but {least:g} was observed: give a bound below "
                "all values, or none"
            )
            raise ValueError(msg)
        return self.lower_bound


KIND = MethodKind(
    "ensemble of networks on path encodings, Thompson samples of mutants",
    "White et al. 2021",
    Bananas,
    built_in("nasgoat_models.neural.bananas_model", "make"),
)
