"""Acquisition optimisation by mixed-integer programming, with proof."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from nasgoat.acquisition import ExpectedImprovement
from nasgoat.errors import NoIncumbentError, NothingLeftError
from nasgoat.mip import ModelOptions
from nasgoat.optimize.base import Optimum, Task
from nasgoat.optimize.improvement import ImprovementSearch
from nasgoat.optimize.local_search import challenge, descend
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve import HighsSolver, KBest, Solver


@dataclass(frozen=True, slots=True)
class MipOptimizer:
    """Writes the acquisition problem as a MIP and solves it.

    Args:
        solver: the backend.
        options: how to write the model.
        descents: local searches whose results the solver starts from; 0 for none.
    """

    solver: Solver = HighsSolver()
    options: ModelOptions = ModelOptions()
    descents: int = 3

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
        optima: list[Optimum] = []
        excluded = tuple(task.exclude)
        while len(optima) < k:
            try:
                best = search.best(limits, starts, progress)
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
