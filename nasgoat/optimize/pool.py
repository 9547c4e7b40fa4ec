"""Acquisition optimisers without proof: the best of a drawn pool, and descent from good starts.

They take the place of the MIP under the same posterior, to measure what the proof is worth.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import Optimum, Task
from nasgoat.optimize.best import numbers
from nasgoat.optimize.drawing import drawn_pool
from nasgoat.optimize.local_search import descend
from nasgoat.records import Certificate, Limits, ProgressCallback

HEURISTIC = "heuristic"  # status of certificates without a bound


@dataclass(frozen=True, slots=True)
class PoolOptimizer:
    """Values a pool of new graphs, half neighbors of the task's starts, half drawn at random.

    The generator of the pool is seeded by the excluded graphs: equal tasks have equal pools, and
    every observation leads to another one.

    Args:
        size: number of graphs.

    Raises:
        ValueError: the size is less than 1.
    """

    size: int = 200

    def __post_init__(self) -> None:
        check_pool(self.size)

    @property
    def name(self) -> str:
        return "pool"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``; certificates have no bound.

        Raises:
            NothingLeftError: drawing finds no new graph.
            BadDataError: the acquisition function is NaN somewhere.
        """
        del limits, progress
        began = time.perf_counter()
        task = task.tested()
        taken = frozenset(_taken(task))
        rng = _generator(taken)
        parents = [graph for graph in task.starts if task.space.contains(graph)]
        pool = drawn_pool(task.space, parents, taken, max(self.size, k), rng)
        return _best(task, list(pool.values()), k, began, self.name)


@dataclass(frozen=True, slots=True)
class DescentOptimizer:
    """Evolves good graphs of the acquisition function and descends from them through neighbors.

    These are the starts that the MIP optimiser hands to its solver. Where they are fewer than asked
    for, a pool is drawn.

    Args:
        descents: number of descents.

    Raises:
        ValueError: there are none.
    """

    descents: int = 5

    def __post_init__(self) -> None:
        if self.descents < 1:
            msg = f"a local search has at least 1 descent, got {self.descents}"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        return "local-search"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``PoolOptimizer.minimize``."""
        began = time.perf_counter()
        found = descend(task.tested(), self.descents)
        if len(found) < k:
            return PoolOptimizer().minimize(task, k, limits, progress)
        return _best(task, found, k, began, self.name)


def check_pool(pool: int) -> None:
    """Refuse a pool without graphs.

    Raises:
        ValueError: it has none.
    """
    if pool < 1:
        msg = f"a pool has at least 1 graph, got {pool}"
        raise ValueError(msg)


def _best(
    task: Task, graphs: list[LabeledGraph], k: int, began: float, optimizer: str
) -> list[Optimum]:
    values = numbers(task.acquisition.values(task.posterior, GraphBatch.of(graphs)))
    ranked = np.argsort(values, kind="stable")[:k]
    seconds = time.perf_counter() - began
    return [
        Optimum(
            graphs[i],
            Certificate(float(values[i]), None, HEURISTIC, seconds, optimizer, optimizer),
        )
        for i in ranked
    ]


def _taken(task: Task) -> list[str]:
    return task.space.keys(GraphBatch.of(task.exclude)) if task.exclude else []


def _generator(taken: Collection[str]) -> np.random.Generator:
    digest = hashlib.sha256("\n".join(sorted(taken)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))
