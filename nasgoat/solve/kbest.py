"""The k best graphs of a space, each with its certificate, each decoded graph audited."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from nasgoat.acquisition import Acquisition
from nasgoat.errors import (
    EmptySpaceError,
    EncodingMismatchError,
    NoIncumbentError,
    NothingLeftError,
)
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem, ModelOptions, acquisition_problem
from nasgoat.posterior import Posterior
from nasgoat.records import AUDIT_TOL, Certificate, Limits, Progress, ProgressCallback
from nasgoat.solve.base import Clock, Outcome, Solver, Start
from nasgoat.spaces import CellSpace


@dataclass(frozen=True, slots=True)
class Best:
    """One of the k best graphs."""

    graph: LabeledGraph
    certificate: Certificate


class KBest:
    """The best graphs of a space with one or several node counts, best first.

    One model per node count is built once; found graphs are cut off, so that the next certificate
    speaks of what is left. Each node count is solved with the best value of the others as its
    cutoff.

    Args:
        acquisition: the function to minimise.
        posterior: the belief it looks at.
        space: the graphs to choose from.
        solver: the backend.
        options: how to write the models.

    Raises:
        NoEncodingError: something has no MIP form.
    """

    def __init__(
        self,
        acquisition: Acquisition,
        posterior: Posterior,
        space: CellSpace,
        solver: Solver,
        options: ModelOptions = ModelOptions(),
    ) -> None:
        self._space = space
        self._solver = solver
        self._taken: set[str] = set()
        self._problems: list[AcquisitionProblem] = []
        for n in space.sizes:
            with suppress(EmptySpaceError):  # no graphs of this size: nothing to find among them
                problem = acquisition_problem(acquisition, posterior, space.of_size(n), options)
                self._problems.append(problem)

    def exclude(self, graphs: Iterable[LabeledGraph]) -> None:
        """Never return these graphs, in any relabelling that the space does not tell apart."""
        for graph in graphs:
            self._take(graph)

    def best(
        self,
        limits: Limits = Limits(),
        starts: Sequence[LabeledGraph] = (),
        progress: ProgressCallback | None = None,
    ) -> Best:
        """The best graph that is neither excluded nor returned before.

        Args:
            limits: for this graph; the seconds are shared by all node counts.
            starts: graphs of the space to try first; those already taken are passed over.
            progress: called with every new incumbent and bound.

        Raises:
            NothingLeftError: no graph is left.
            NoIncumbentError: the limits were reached before any graph was found.
            EncodingMismatchError: the solver's answer disagrees with the number side.
        """
        clock = Clock(limits.seconds)
        outcomes: list[Outcome] = []
        cutoff = math.inf
        for problem in self._problems:
            left = None if limits.seconds is None else max(clock.left, 1e-3)
            start = Start(list(self._feasible(problem, starts)), cutoff)
            try:
                outcome = self._solver.minimize(
                    problem, replace(limits, seconds=left), start, self._over(outcomes, progress)
                )
            except EmptySpaceError:  # found out only by the standard form
                outcome = Outcome(None, cutoff, cutoff, "optimal")
            outcomes.append(outcome)
            cutoff = min(cutoff, outcome.value)
            if outcome.status == "interrupted":
                break
        unsolved = self._problems[len(outcomes) :]
        return self._certified(outcomes, clock.elapsed, complete=not unsolved)

    def _certified(self, outcomes: list[Outcome], seconds: float, *, complete: bool) -> Best:
        found = [outcome for outcome in outcomes if outcome.graph is not None]
        statuses = [outcome.status for outcome in outcomes if outcome.status != "optimal"]
        if not found:
            if statuses:
                msg = (
                    f"no graph was found before the solver stopped ({statuses[0]}); allow more time"
                )
                raise NoIncumbentError(msg)
            msg = f"no graph is left in {self._space.name} after {len(self._taken)} were taken"
            raise NothingLeftError(msg)
        winner = min(found, key=lambda outcome: outcome.value)
        graph, value = self._audited(winner)
        certificate = Certificate.audited(
            value,
            min(outcome.lower_bound for outcome in outcomes) if complete else -math.inf,
            status=statuses[0] if statuses else "optimal",
            seconds=seconds,
            solver=self._solver.name,
            optimizer="mip",
        )
        self._take(graph)
        effort = dict(sum((Counter(outcome.effort) for outcome in outcomes), Counter[str]()))
        return Best(graph, replace(certificate, effort=effort))

    def _audited(self, outcome: Outcome) -> tuple[LabeledGraph, float]:
        """Check a winner against the space and the number side; return its recomputed value."""
        graph = outcome.graph
        if graph is None or not self._space.contains(graph):
            broken = [] if graph is None else self._space.violations(graph)
            msg = f"{self._solver.name} returned a graph outside {self._space.name}: {broken}"
            raise EncodingMismatchError(msg)
        if self._space.key(graph) in self._taken:
            msg = f"{self._solver.name} returned a graph that was excluded: {graph}"
            raise EncodingMismatchError(msg)
        value = next(p for p in self._problems if p.cell.handles.n == graph.n).value(graph)
        if not abs(value - outcome.value) <= AUDIT_TOL * max(1.0, abs(value)):
            msg = f"{self._solver.name} values its graph {outcome.value:.9g}, it has {value:.9g}"
            raise EncodingMismatchError(msg)
        return graph, value

    def _feasible(
        self, problem: AcquisitionProblem, graphs: Iterable[LabeledGraph]
    ) -> Iterator[LabeledGraph]:
        """A copy of each graph that the model contains."""
        for graph in graphs:
            if graph.n == problem.cell.handles.n and self._space.key(graph) not in self._taken:
                yield from problem.cell.copies(graph)[:1]

    def _over(
        self, outcomes: Sequence[Outcome], progress: ProgressCallback | None
    ) -> ProgressCallback | None:
        """Progress on the whole space, made of the node counts solved so far and this one."""
        if progress is None:
            return None
        value = min((outcome.value for outcome in outcomes), default=math.inf)
        last = len(outcomes) == len(self._problems) - 1  # before, nothing is known of the others
        bound = min((outcome.lower_bound for outcome in outcomes), default=math.inf)

        def report(event: Progress) -> None:
            incumbent = min(value, math.inf if event.incumbent is None else event.incumbent)
            lower = None
            if last and event.lower_bound is not None:
                lower = min(bound, event.lower_bound)
            progress(Progress(event.seconds, incumbent if incumbent < math.inf else None, lower))

        return report

    def _take(self, graph: LabeledGraph) -> None:
        key = self._space.key(graph)
        if key in self._taken:
            return
        self._taken.add(key)
        for problem in self._problems:
            problem.add_cuts(problem.exclude(graph))
