"""Benchmarks that nobody trained: a model predicts every architecture of a space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace
from nasgoat.tabular.measurements import generator

Floats = NDArray[np.float64]


class Predictor(Protocol):
    """Whatever has an opinion on every architecture of a space."""

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        """The prediction, to be minimised, and how far it may be off; ``(N,)`` each."""


@dataclass(frozen=True, slots=True, eq=False)
class PredictedEvaluator:
    """A predictor as an evaluator.

    A query is *deterministic*, the predicted mean, unless ``noise`` is set: then it is one draw
    from the normal distribution of the predicted mean and deviation, always the same for the same
    architecture and seed. The deviation is in ``Observation.metrics``.

    Args:
        name: of the benchmark, as in ``benchmark(name)``.
        space: the architectures that the predictor has an opinion on.
        objective: what the values are, with their unit, and that they are predicted.
        predictor: of the values.
        reload: makes the evaluator anew, so that a pickle need not hold the predictor; None to
            pickle it.
        noise: seed of the draws, None for means.
        times: how often an architecture was evaluated before; each time has a draw of its own.
    """

    name: str
    space: CellSpace
    objective: str
    predictor: Predictor
    reload: Callable[[], PredictedEvaluator] | None = None
    noise: int | None = None
    times: int = 0

    @property
    def optimum(self) -> None:
        """Not known: nobody has listed the space."""
        return

    def noisy(self, seed: int) -> PredictedEvaluator:
        """The same benchmark with one draw per architecture, by ``seed``."""
        if self.noise is not None:
            return replace(self, noise=seed)
        objective = f"{self.objective}; with noise"
        return replace(self, name=f"{self.name} (noisy)", objective=objective, noise=seed)

    def repeated(self, times: int) -> PredictedEvaluator:
        """The same benchmark for architectures that were evaluated ``times`` times before."""
        return replace(self, times=times)

    def __call__(self, graph: LabeledGraph) -> Observation:
        """Predict a graph (see ``Evaluator``)."""
        self.space.require(graph)
        mean, std = (float(part[0]) for part in self.predictor.mean_and_std(GraphBatch.of([graph])))
        value = mean
        if self.noise is not None:
            which = crc32(self.space.key(graph).encode())
            value += std * generator(self.noise, which, self.times).standard_normal()
        return Observation(graph, value, metrics={"predicted_std": std})

    def __reduce__(self) -> tuple[Any, ...]:
        if self.reload is None:
            fields = (self.name, self.space, self.objective, self.predictor, None, self.noise)
            return PredictedEvaluator, (*fields, self.times)
        return _reloaded, (self.reload, self.noise, self.times)


def _reloaded(
    reload: Callable[[], PredictedEvaluator], noise: int | None, times: int
) -> PredictedEvaluator:
    evaluator = reload()
    noisy = evaluator if noise is None else evaluator.noisy(noise)
    return noisy.repeated(times)
