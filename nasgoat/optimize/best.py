"""The best of a stream of graphs, valued exactly and only where it matters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import FeatureMap
from nasgoat.optimize.base import Task
from nasgoat.optimize.screen import Screen, packed_of, screen_of

Floats = NDArray[np.float64]

DENSE = 8  # a batch of which more than one in so many matters is valued as a whole


@dataclass(slots=True)
class Best:
    """The ``k`` best architectures of the graphs seen so far, none of them excluded.

    Values are those of ``Acquisition.values``; graphs are distinct by the space's key. Only graphs
    that may be among the best are valued in double precision, and only those are given keys.

    Args:
        task: what is minimised.
        k: how many are kept.
        found: value and graph by key, at most ``k``, best first.
    """

    task: Task
    k: int
    found: dict[str, tuple[float, LabeledGraph]] = field(default_factory=dict)
    _taken: frozenset[str] = frozenset()
    _screen: Screen | None = None
    _maps: tuple[FeatureMap, ...] = ()

    def __post_init__(self) -> None:
        exclude, posterior = self.task.exclude, self.task.posterior
        if exclude:
            self._taken = frozenset(self.task.space.keys(GraphBatch.of(exclude)))
        self._screen = screen_of(self.task.acquisition, posterior)
        if self._screen is not None:
            self._maps = posterior.kernel.maps  # type: ignore[attr-defined]

    @property
    def cutoff(self) -> float:
        """Graphs of a greater value do not matter; infinite while fewer than ``k`` are found."""
        return max(v for v, _ in self.found.values()) if len(self.found) >= self.k else np.inf

    @property
    def value(self) -> float | None:
        """The least value found."""
        return min((v for v, _ in self.found.values()), default=None)

    @property
    def ranked(self) -> list[tuple[float, LabeledGraph]]:
        """Values and graphs, best first."""
        return sorted(self.found.values(), key=lambda pair: pair[0])[: self.k]

    def see(self, batch: GraphBatch) -> None:
        """Look at more graphs of the space.

        Args:
            batch: members, no architecture twice.

        Raises:
            BadDataError: the acquisition function is NaN somewhere.
        """
        if len(batch) == 0:
            return
        enough = self.k + len(self._taken)
        rows, values = self._valued(batch, enough)
        order = np.argsort(values, kind="stable")
        for i in range(0, len(order), enough):
            piece = order[i : i + enough]
            if len(self.found) >= self.k and values[piece[0]] >= self.cutoff:
                break
            self._add(batch.take(rows[piece]), values[piece])

    def _add(self, batch: GraphBatch, values: Floats) -> None:
        """Keep what is among the best."""
        found = dict(self.found)
        for i, key in enumerate(self.task.space.keys(batch)):
            value = float(values[i])
            if key not in self._taken and (key not in found or value < found[key][0]):
                found[key] = (value, batch[i])
        ranked = sorted(found.items(), key=lambda item: item[1][0])
        self.found = dict(ranked[: self.k])

    def _valued(self, batch: GraphBatch, enough: int) -> tuple[NDArray[np.int64], Floats]:
        """Rows of a batch that matter, and their values."""
        every = np.arange(len(batch))
        value_of = self.task.acquisition.values
        if self._screen is not None:
            packed = packed_of(self._maps, batch)
            lower, upper = self._screen.intervals(packed)
            if np.isfinite(lower).all() and np.isfinite(upper).all():  # else beyond single range
                cutoff = self.cutoff
                if len(upper) > enough:
                    cutoff = min(cutoff, float(np.partition(upper, enough - 1)[enough - 1]))
                rows = np.flatnonzero(lower <= cutoff)
                if len(rows) * DENSE <= len(batch):
                    every = rows
        if len(every) == 0:
            return every, np.zeros(0)
        some = batch if len(every) == len(batch) else batch.take(every)
        return every, numbers(value_of(self.task.posterior, some))


def numbers(values: Floats) -> Floats:
    """The values of an acquisition function, as they are.

    Raises:
        BadDataError: some are NaN.
    """
    if np.isnan(values).any():
        msg = f"the acquisition function is NaN on {int(np.isnan(values).sum())} graphs"
        raise BadDataError(msg)
    return values
