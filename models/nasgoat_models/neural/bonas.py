"""BONAS: Bayesian linear regression on the embedding of a GCN (Shi et al. 2020)."""

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
class Bonas:
    """Proposes evolved graphs of greatest expected improvement.

    Args:
        initial: size of the initial design.
        layers: of the GCN.
        width: of each layer, and of the embedding.
        epochs: of the training before each batch.
        rate: learning rate of Adam.
        decay: of the weights.
        transform: of the targets.

    Raises:
        ValueError: a number is out of range.
        UnknownNameError: there is no such transform.
    """

    initial: int = 10
    layers: int = 4
    width: int = 64
    epochs: int = 150
    rate: float = 0.002
    decay: float = 1e-4
    transform: Literal["standardise", "rank-gaussian", "log-clip"] = "rank-gaussian"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(layers=self.layers, width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)


KIND = MethodKind(
    "Bayesian linear regression on a GCN's embedding, expected improvement of evolved graphs",
    "Shi et al. 2020",
    Bonas,
    built_in("nasgoat_models.neural.bonas_model", "make"),
)
