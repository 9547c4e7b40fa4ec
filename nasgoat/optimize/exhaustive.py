"""Acquisition optimisation by looking at every graph: exact wherever a space can be listed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch
from nasgoat.optimize.base import Optimum, Task
from nasgoat.optimize.best import Best
from nasgoat.records import Certificate, Limits, Progress, ProgressCallback
from nasgoat.spaces import SearchSpace

CHUNK = 1 << 16  # graphs between two reports of progress


@dataclass(frozen=True, slots=True)
class ExhaustiveOptimizer:
    """Values every graph of a listable space; the bound is the value itself.

    The listing and the features of its graphs are remembered: the first call on a space takes
    long, the others do not. Where single precision shows that a graph cannot be among the best,
    its value is not computed in double precision (``screen``); this changes no answer.
    """

    @property
    def name(self) -> str:
        return "exhaustive"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``; without limits: half a listing proves nothing.

        Raises:
            NotListableError: the space is too large.
            NothingLeftError: no graph is left.
            BadDataError: the acquisition function is NaN somewhere.
        """
        del limits
        task = task.tested()
        began = time.perf_counter()
        best = Best(task, k)
        for chunk in _listed(task.space):
            best.see(chunk)
            if progress is not None:
                progress(Progress(time.perf_counter() - began, best.value, None))
        if not best.found:
            msg = f"no graph is left in {task.space.name} after {len(task.exclude)} were excluded"
            raise NothingLeftError(msg)
        seconds = time.perf_counter() - began
        return [
            Optimum(graph, Certificate(value, value, "optimal", seconds, "exhaustive", self.name))
            for value, graph in best.ranked
        ]


@lru_cache(maxsize=2)
def _listed(space: SearchSpace) -> list[GraphBatch]:
    """A space's listing in chunks, which keep their features."""
    listing = space.listing()
    return [listing.take(slice(i, i + CHUNK)) for i in range(0, len(listing), CHUNK)]
