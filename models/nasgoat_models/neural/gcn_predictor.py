"""The neural predictor of Wen et al. 2020: a GCN that ranks random graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nasgoat.errors import UnknownNameError
from nasgoat.optimize import check_pool
from nasgoat.search import MethodKind
from nasgoat.search.design import check_initial
from nasgoat.search.kinds import Protocol
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.methods import built_in
from nasgoat_models.neural.search import check_counts, check_positive


@dataclass(frozen=True, slots=True)
class GcnPredictor:
    """Proposes the random graphs whose predicted value is least.

    Args:
        initial: size of the initial design.
        pool: number of random graphs that are ranked.
        layers: of the GCN.
        width: of each layer.
        epochs: of the training before each batch.
        rate: learning rate of Adam.
        decay: of the weights.
        transform: of the targets.

    Raises:
        ValueError: a number is out of range.
        UnknownNameError: there is no such transform.
    """

    initial: int = 10
    pool: int = 1000
    layers: int = 3
    width: int = 64
    epochs: int = 150
    rate: float = 0.002
    decay: float = 1e-3
    transform: Literal["standardise", "rank-gaussian", "log-clip"] = "rank-gaussian"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_pool(self.pool)
        check_counts(layers=self.layers, width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)


KIND = MethodKind(
    "graph convolutional network, the best of many random graphs",
    "Wen et al. 2020",
    GcnPredictor,
    built_in("nasgoat_models.neural.gcn_predictor_model", "make"),
)

WEN_2020 = Protocol(
    "gcn-predictor",
    "the setting of Wen et al. for 150 evaluations: 133 random, then the 17 best of 7,500",
    {"initial": 133, "pool": 7500, "transform": "standardise"},
    batch=17,
    budget=150,
).of(KIND)
