"""Acquisition optimisation by mixed-integer programming, with proof."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nasgoat.acquisition import ExpectedImprovement
from nasgoat.errors import NoIncumbentError, NothingLeftError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import ModelOptions
from nasgoat.optimize.base import Optimum, Task
from nasgoat.optimize.improvement import ImprovementSearch
from nasgoat.optimize.local_search import challenge, descend
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve import Best, Clock, HighsSolver, KBest, Solver


@dataclass(frozen=True, slots=True)
class MipOptimizer:
    """Writes the acquisition problem as a MIP and solves it.

    Args:
        solver: the backend.
        options: how to write the model.
        descents: local searches whose results the solver starts from; 0 for none.
        pool: whether solvers that can are asked for the k best in one solve (docs/math.md, 6.5).
    """

    solver: Solver = HighsSolver()
    options: ModelOptions = ModelOptions()
    descents: int = 3
    pool: bool = True

    @property
    def name(self) -> str:
        return "mip"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``.

        Expected improvement is reduced to lower confidence bounds (docs/math.md, 6.6).
        """
        task = task.narrowed()
        if isinstance(task.acquisition, ExpectedImprovement):
            return self._most_improving(task, task.acquisition, k, limits, progress)
        began = time.perf_counter()
        search = KBest(task.acquisition, task.posterior, task.space, self.solver, self.options)
        search.exclude(task.exclude)
        build = time.perf_counter() - began
        began = time.perf_counter()
        starts = descend(task, self.descents) if self.descents else []
        bests = self._bests(search, k, limits, starts, progress)
        optima: list[Optimum] = []
        excluded = tuple(task.exclude)
        while len(optima) < k:
            try:
                best = next(bests)
            except (NoIncumbentError, NothingLeftError):
                if not optima:
                    raise
                break
            seconds = time.perf_counter() - began
            certificate = replace(best.certificate, seconds=seconds)
            excluded += (best.graph,)
            challenge(replace(task, exclude=excluded), certificate)
            optima.append(Optimum(best.graph, certificate, build))
            build, began = 0.0, time.perf_counter()
            if certificate.status == "interrupted":
                break
        return optima

    def _bests(
        self,
        search: KBest,
        k: int,
        limits: Limits,
        starts: Sequence[LabeledGraph],
        progress: ProgressCallback | None,
    ) -> Iterator[Best]:
        """Graph after graph, the first ones from one solve where that can be.

        If that solve proves none it takes half of the time that the first graph has.
        """
        clock = Clock(limits.seconds)
        rest = limits
        if self.pool and k > 1:
            half = None if limits.seconds is None else 0.5 * limits.seconds
            pooled = search.pooled(k, replace(limits, seconds=half), starts, progress)
            yield from pooled
            if not pooled and limits.seconds is not None:
                rest = replace(limits, seconds=max(clock.left, half or 1e-3))
        while True:
            yield search.best(rest, starts, progress)
            rest = limits

    def _most_improving(
        self,
        task: Task,
        acquisition: ExpectedImprovement,
        k: int,
        limits: Limits,
        progress: ProgressCallback | None,
    ) -> list[Optimum]:
        search = ImprovementSearch(task, acquisition, self.solver, self.options, self.descents)
        optima: list[Optimum] = []
        while len(optima) < k:
            try:
                optima.append(search.best(limits, progress))
            except (NoIncumbentError, NothingLeftError):
                if not optima:
                    raise
                break
            if optima[-1].certificate.status == "interrupted":
                break
        return optima
