"""Expected improvement to a proven gap, by lower confidence bounds (docs/math.md, 6.6).

Which bound follows from lower confidence bounds, and which of them to ask for next, is the matter
of ``half_planes``. Here the questions are put to a MIP solver until the improvement that is still
possible exceeds the best one found by no more than the gap.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
)
from nasgoat.errors import (
    EmptySpaceError,
    EncodingMismatchError,
    NoIncumbentError,
    NothingLeftError,
)
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.mip import ModelOptions, largest_variance
from nasgoat.optimize.base import Optimum, Task
from nasgoat.optimize.half_planes import HalfPlanes, Question
from nasgoat.optimize.known import KnownGraphs
from nasgoat.optimize.local_search import CHALLENGERS, challenge, descend
from nasgoat.records import AUDIT_TOL, Certificate, Limits, Progress, ProgressCallback
from nasgoat.solve import Answer, Clock, KBest, Solver

FLOOR = 1e-6  # the gap is relative to the improvement, but to this where that is smaller
LEAST_GAP = 1e-6  # asked of a solver: its own tolerances are hardly better
LEAST_SHARE = 1e-9  # of the improvement, left open where the gap limit is zero: rounding
MOST_GAP = 0.1
# Half-planes that only touch the level set would be needed in large numbers. The cutoff of a
# question is moved by this share of the way to the least value known, where the graphs are.
DEPTH = 0.9
SLACKNESS = 0.05  # of that way, left open: the half-plane need not touch a graph
STARTS = 8  # graphs that a solver starts from
SLICE = 0.25  # of the time limit, at least, for one question


@dataclass(slots=True)
class ImprovementSearch:
    """The graphs of largest expected improvement, best first.

    The half-planes stay valid when graphs are excluded, so they serve all of the k best.

    Args:
        task: what to choose from; excluded graphs are added to it as they are returned.
        acquisition: the task's.
        solver: the backend.
        options: how to write the models.
        descents: local searches before every question; 0 for none.
    """

    task: Task
    acquisition: ExpectedImprovement
    solver: Solver
    options: ModelOptions
    descents: int
    planes: HalfPlanes = field(init=False)
    build_seconds: float = 0.0
    _models: dict[bool, KBest] = field(default_factory=dict)
    _known: KnownGraphs = field(init=False)

    def __post_init__(self) -> None:
        models = self._model(LowerConfidenceBound(1.0))
        variances = [largest_variance(p.kernel, p.counts) for p in models.problems]
        largest = math.sqrt(max(variances, default=0.0))
        self.planes = HalfPlanes(self.acquisition.best, largest)
        self._known = KnownGraphs(self.acquisition.best)
        self._add(self._random())

    def best(self, limits: Limits, progress: ProgressCallback | None = None) -> Optimum:
        """The best graph that is neither excluded nor returned before.

        Raises:
            NothingLeftError: no graph is left.
            NoIncumbentError: the limits were reached before any graph was found.
            EncodingMismatchError: an answer of the solver disagrees with the number side.
        """
        began, clock, built = time.perf_counter(), Clock(limits.seconds), self.build_seconds
        effort: Counter[str] = Counter()
        self._scout(self.acquisition)
        status = "optimal"
        while not self._closed(limits):
            if clock.left <= 0:
                status = "time_limit"
                break
            value, at = self._known.largest, self._open_deviation()
            question = self._question(at, value + 0.5 * self._tolerance(limits))
            self._scout(LowerConfidenceBound(question.kappa**2))
            if self._known.largest > value:
                continue
            known = len(self._known)
            answer = self._ask(question, limits, clock)
            effort.update(answer.effort)
            self._report(clock, progress)
            # a graph that does not improve shows that the bound was allowed to be too loose
            moved = len(self._known) > known or answer.status == "time_limit"
            if answer.status == "interrupted" or not (moved or self._closed(limits, at)):
                status = "stalled" if answer.status == "optimal" else answer.status
                break
        self._require_a_graph(status)
        built = self.build_seconds - built
        seconds = time.perf_counter() - began - built
        return self._certified(status, limits, seconds, built, effort)

    def _certified(
        self, status: str, limits: Limits, seconds: float, built: float, effort: Counter[str]
    ) -> Optimum:
        """The incumbent with what is proven of it; excludes it from all that follows."""
        row = self._known.first
        graph = self._known.graphs[row]
        batch = GraphBatch.of([graph])
        certificate = Certificate.audited(
            float(self.acquisition.values(self.task.posterior, batch)[0]),
            -max(self._known.largest, self.planes.peak()[0]),
            status=status,
            seconds=seconds,
            solver=self.solver.name,
            optimizer="mip",
        )
        if status != "interrupted" and certificate.gap is not None:
            status = "optimal" if certificate.gap <= limits.gap else status
        certificate = replace(certificate, status=status, effort=dict(effort))
        self._known.drop(row)
        self.task = replace(self.task, exclude=(*self.task.exclude, graph))
        challenge(self.task, certificate)
        for models in self._models.values():
            models.exclude([graph])
        self._add(self.task.space.neighbors(graph) if self.task.members_known else [])
        return Optimum(graph, certificate, built)

    def _require_a_graph(self, status: str) -> None:
        if not self._known and status == "optimal":
            msg = f"no graph is left in {self.task.space.name} beside those excluded"
            raise NothingLeftError(msg)
        if not self._known:
            msg = f"no graph was found before the solver stopped ({status}); allow more time"
            raise NoIncumbentError(msg)

    def _tolerance(self, limits: Limits) -> float:
        return max(limits.gap, LEAST_SHARE) * max(self._known.largest, FLOOR)

    def _closed(self, limits: Limits, at: float | None = None) -> bool:
        """Whether nothing better can be hoped for, anywhere or at one deviation."""
        if not self._known:
            return self.planes.empty
        hope = self.planes.peak()[0] if at is None else self.planes.ceiling(np.array([at]))[0]
        return bool(hope <= self._known.largest + self._tolerance(limits))

    def _open_deviation(self) -> float:
        """Where most can still be hoped for; without any line, where the best graph is."""
        if self.planes.lines or not self._known:
            return self.planes.peak()[1]
        return float(self._known.std[self._known.first])

    def _question(self, at: float, level: float) -> Question:
        if not self._known:
            return Question(1.0, math.inf, 1.0)
        return Question.at(self.acquisition.best, level, at)

    def _ask(self, question: Question, limits: Limits, clock: Clock) -> Answer:
        """Put a question to the solver; note its half-plane and its graph."""
        target = LowerConfidenceBound(question.kappa**2)
        models = self._model(target)
        kappa = float(np.sqrt(target.beta))
        values = self._known.mean - kappa * self._known.std
        cutoff, error = question.cutoff, 0.5 * self._tolerance(limits) / question.slope
        if self._known:
            slack = float(values.min()) - cutoff
            cutoff += DEPTH * slack
            error = max(error, SLACKNESS * slack)
        gap = error / max(1.0, abs(cutoff)) if self._known else error
        seconds = None
        if limits.seconds is not None:
            seconds = max(min(clock.left, max(0.5 * clock.left, SLICE * limits.seconds)), 1e-3)
        allowed = replace(limits, seconds=seconds, gap=min(max(gap, LEAST_GAP), MOST_GAP))
        answer = models.below(cutoff, allowed, self._known.least(values, STARTS))
        if answer.lower_bound > -math.inf:
            self.planes = self.planes.with_line(kappa, answer.lower_bound)
        self._add([] if answer.graph is None else [answer.graph])
        return answer

    def _model(self, target: LowerConfidenceBound) -> KBest:
        """The models, aimed at a lower confidence bound; without deviation they are others."""
        began = time.perf_counter()
        spread = target.beta > 0
        acquisition: Acquisition = target if spread else PosteriorMean()
        if spread in self._models:
            self._models[spread].aim(acquisition)
        else:
            task = self.task
            models = KBest(acquisition, task.posterior, task.space, self.solver, self.options)
            models.exclude(task.exclude)
            self._models[spread] = models
        self.build_seconds += time.perf_counter() - began
        return self._models[spread]

    def _scout(self, acquisition: Acquisition) -> None:
        """Descend on an acquisition function from the best graphs known."""
        if self.descents:
            starts = (*self.task.starts, *self._known.least(-self._known.improvements, STARTS))
            self._add(
                descend(replace(self.task, acquisition=acquisition, starts=starts), self.descents)
            )

    def _random(self) -> list[LabeledGraph]:
        """Graphs that every half-plane is tried on, and of which the best is a beginning."""
        rng = np.random.default_rng(0)
        with suppress(EmptySpaceError):
            if self.descents and self.task.members_known:
                return [self.task.space.sample(rng) for _ in range(CHALLENGERS)]
        return []

    def _add(self, graphs: list[LabeledGraph]) -> None:
        """Take allowed graphs into the pool; try the half-planes on all of it.

        Raises:
            EncodingMismatchError: a graph lies outside a half-plane that a solver proved.
        """
        self._known.add(self.task, graphs)
        if self.planes.broken(self._known.mean, self._known.std, AUDIT_TOL):
            msg = (
                f"{self.solver.name} claims lower confidence bounds that a graph falls below; "
                "the certificate is refused"
            )
            raise EncodingMismatchError(msg)

    def _report(self, clock: Clock, progress: ProgressCallback | None) -> None:
        if progress is not None:
            bound = max(self._known.largest, self.planes.peak()[0])
            incumbent = -self._known.largest if self._known else None
            progress(Progress(clock.elapsed, incumbent, -bound if bound < math.inf else None))
