"""NAO: gradient steps in the embedding of an encoder-decoder (Luo et al. 2018)."""

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
class Nao:
    """Proposes what is decoded from embeddings of the best graphs after steps down the prediction.

    A graph is written as a sequence of choices (``nasgoat.search.genes``). The step is doubled
    until enough new graphs were decoded; random graphs fill what is missing.

    Args:
        initial: size of the initial design.
        seeds: best observed graphs whose embeddings are moved.
        width: of the LSTMs.
        epochs: of the training before each batch.
        rate: learning rate of Adam.
        unlabelled: random graphs that the decoder learns from besides the observed ones; nothing
            is evaluated for them.
        step: length of the first step, of embeddings of length 1.
        doublings: how often it may be doubled.
        trade_off: weight of the predictor's loss, the rest is the decoder's.
        transform: of the targets.

    Raises:
        ValueError: a number is out of range.
        UnknownNameError: there is no such transform.
    """

    initial: int = 10
    seeds: int = 30
    width: int = 48
    epochs: int = 60
    rate: float = 0.005
    unlabelled: int = 200
    step: float = 0.1
    doublings: int = 6
    trade_off: float = 0.8
    transform: Literal["standardise", "rank-gaussian", "log-clip"] = "rank-gaussian"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(seeds=self.seeds, width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate, step=self.step)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        if min(self.unlabelled, self.doublings) < 0:
            msg = (
                f"unlabelled and doublings are at least 0, got {self.unlabelled} and "
                f"{self.doublings}"
            )
            raise ValueError(msg)
        if not 0 < self.trade_off < 1:
            msg = f"trade_off lies between 0 and 1, got {self.trade_off}"
            raise ValueError(msg)


KIND = MethodKind(
    "LSTM encoder, predictor and decoder of sequences, gradient steps in the embedding",
    "Luo et al. 2018",
    Nao,
    built_in("nasgoat_models.neural.nao_model", "make"),
)
