"""Allowed graphs that were valued on the way, with their means and deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import Task
from nasgoat.optimize.half_planes import improvement

Floats = NDArray[np.float64]


@dataclass(slots=True)
class KnownGraphs:
    """Distinct graphs that are not excluded.

    Args:
        best: the best known value.
    """

    best: float
    mean: Floats = field(default_factory=lambda: np.zeros(0))  # (N,)
    std: Floats = field(default_factory=lambda: np.zeros(0))  # (N,)
    graphs: list[LabeledGraph] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.graphs)

    def add(self, task: Task, graphs: Sequence[LabeledGraph]) -> None:
        """Value graphs of a task's space; pass over those excluded or here already."""
        if not graphs:
            return
        passed = set(self.keys)
        if task.exclude:
            passed |= set(task.space.keys(GraphBatch.of(task.exclude)))
        keys = task.space.keys(GraphBatch.of(graphs))
        pairs = zip(keys, graphs, strict=True)
        new = {key: graph for key, graph in pairs if key not in passed}
        if new:
            mean, std = task.posterior.mean_and_std(GraphBatch.of(list(new.values())))
            self.mean, self.std = np.append(self.mean, mean), np.append(self.std, std)
            self.graphs += new.values()
            self.keys += new

    def drop(self, row: int) -> None:
        """Forget a graph."""
        self.mean, self.std = np.delete(self.mean, row), np.delete(self.std, row)
        del self.graphs[row], self.keys[row]

    @property
    def improvements(self) -> Floats:
        """``(N,)``."""
        return improvement(self.best - self.mean, self.std)

    @property
    def largest(self) -> float:
        """The largest improvement; 0 without graphs."""
        return float(self.improvements.max(initial=0.0))

    @property
    def first(self) -> int:
        """Row of the largest improvement; where all underflow, of the largest ``z``."""
        gain = self.best - self.mean
        sure = np.where(gain > 0, np.inf, -np.inf)
        z = np.divide(gain, self.std, out=sure, where=self.std > 0)
        return int(np.lexsort((-z, -self.improvements))[0])

    def least(self, values: Floats, count: int) -> list[LabeledGraph]:
        """The graphs of the least of some values, one per graph."""
        return [self.graphs[i] for i in np.argsort(values, kind="stable")[:count].tolist()]
