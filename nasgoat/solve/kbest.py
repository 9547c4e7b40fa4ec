"""The k best graphs of a space, each with its certificate, each decoded graph audited."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from nasgoat.acquisition import Acquisition
from nasgoat.errors import (
    EmptySpaceError,
    EncodingMismatchError,
    NoIncumbentError,
    NothingLeftError,
)
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import (
    AcquisitionProblem,
    ModelOptions,
    acquisition_problem,
    encodable,
    objective,
    parts_of,
)
from nasgoat.posterior import FeaturePosterior, Posterior
from nasgoat.records import AUDIT_TOL, Certificate, Limits, ProgressCallback
from nasgoat.solve.answers import Answer, Best, total_effort
from nasgoat.solve.base import Clock, Outcome, PoolSolver, Solver
from nasgoat.solve.pools import pools
from nasgoat.solve.ranking import Ranking
from nasgoat.solve.turns import outcomes_of
from nasgoat.spaces import SearchSpace


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
        space: SearchSpace,
        solver: Solver,
        options: ModelOptions = ModelOptions(),
    ) -> None:
        self._space = space
        self._solver = solver
        self._taken: set[str] = set()
        self._uncut: list[LabeledGraph] = []  # taken, but not yet cut off from the models
        self._met: list[LabeledGraph] = []  # by a pool, best first
        self._problems: list[AcquisitionProblem] = []
        cells = encodable(space)
        for n in cells.sizes:
            whole = cells.of_size(n)
            for part in parts_of(posterior, whole) if options.lookups else [whole]:
                with suppress(EmptySpaceError):  # nothing to find there
                    problem = acquisition_problem(acquisition, posterior, part, options)
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
        outcomes, complete = self._outcomes(limits, [*self._met, *starts], progress, math.inf)
        return self._certified(outcomes, clock.elapsed, complete=complete)

    def pooled(
        self,
        k: int,
        limits: Limits = Limits(),
        starts: Sequence[LabeledGraph] = (),
        progress: ProgressCallback | None = None,
    ) -> list[Best]:
        """Of the ``k`` best graphs the first ones, as far as one solve per node count proves them.

        Ask ``best`` for those that follow. None come from solvers without a pool, and for kernels
        whose models are not exact at a graph that has its tangents.

        Args:
            k: how many graphs are wanted.
            limits: of all of it; the gap is that of each graph.
            starts: as for ``best``.
            progress: as for ``best``.

        Returns:
            0 to ``k`` graphs, proven to the gap; after a Ctrl-C, the best one found.

        Raises:
            NoIncumbentError: interrupted before any graph was found.
            EncodingMismatchError: the solver's answer disagrees with the number side.
        """
        solver = self._solver
        exact = all(isinstance(p.posterior, FeaturePosterior) for p in self._problems)
        if k == 1 or not exact or not isinstance(solver, PoolSolver):
            return []
        clock = Clock(limits.seconds)
        ranking = Ranking(self._space, self._taken, solver.name)
        self._cut_off_taken()
        ordered = self._most_promising_first(starts)
        outcomes = pools(solver, ordered, ranking, k, limits, progress)
        bound = min((o.lower_bound for o in outcomes), default=math.inf)
        bests = ranking.certified(
            k,
            bound if len(outcomes) == len(self._problems) else -math.inf,
            limits.gap,
            interrupted=any(outcome.status == "interrupted" for outcome in outcomes),
            seconds=clock.elapsed,
            effort=total_effort(outcome.effort for outcome in outcomes),
        )
        self._met = [graph for _, graph in ranking.best_first]
        for best in bests:
            self._take(best.graph)
        return bests

    def below(
        self,
        cutoff: float,
        limits: Limits = Limits(),
        starts: Sequence[LabeledGraph] = (),
    ) -> Answer:
        """Whether a graph that is not excluded has a value below a cutoff.

        This is quicker than to look for the best one: a solver may stop as soon as its bound meets
        the cutoff. The graph is not excluded.

        Raises:
            EncodingMismatchError: the solver's answer disagrees with the number side.
        """
        outcomes, complete = self._outcomes(limits, starts, None, cutoff)
        bound = min((o.lower_bound for o in outcomes), default=math.inf) if complete else -math.inf
        statuses = [outcome.status for outcome in outcomes if outcome.status != "optimal"]
        status = statuses[0] if statuses else "optimal"
        effort = total_effort(outcome.effort for outcome in outcomes)
        found = [outcome for outcome in outcomes if outcome.graph is not None]
        if not found:
            bound = cutoff if bound == math.inf else bound  # "infeasible" is about the cutoff
            return Answer(None, bound, status, effort)
        graph, value = self._audited(min(found, key=lambda outcome: outcome.value))
        certificate = Certificate.audited(
            value, bound, status=status, seconds=0.0, solver=self._solver.name, optimizer="mip"
        )
        lower_bound = certificate.lower_bound
        return Answer(graph, -math.inf if lower_bound is None else lower_bound, status, effort)

    def aim(self, acquisition: Acquisition) -> None:
        """Minimise another acquisition function of the same posterior; all else stays."""
        for i, problem in enumerate(self._problems):
            target = objective(acquisition, problem.belief, problem.counts)
            problem.model.acquisition.set_value(target)
            self._problems[i] = replace(problem, acquisition=acquisition)

    @property
    def problems(self) -> tuple[AcquisitionProblem, ...]:
        """One per node count that has graphs."""
        return tuple(self._problems)

    def _outcomes(
        self,
        limits: Limits,
        starts: Sequence[LabeledGraph],
        progress: ProgressCallback | None,
        cutoff: float,
    ) -> tuple[list[Outcome], bool]:
        """What is found and proven on each problem; and whether all had their turn."""
        self._cut_off_taken()
        turns = self._most_promising_first(starts)
        outcomes = outcomes_of(self._solver, turns, limits, cutoff, progress)
        return outcomes, len(outcomes) == len(self._problems)

    def _most_promising_first(
        self, starts: Sequence[LabeledGraph]
    ) -> list[tuple[AcquisitionProblem, list[LabeledGraph]]]:
        """The node counts with their starts; the first one's value is a cutoff for the others."""
        paired = [(problem, list(self._feasible(problem, starts))) for problem in self._problems]
        best = [min(map(p.value, graphs), default=math.inf) for p, graphs in paired]
        return [paired[i] for i in sorted(range(len(paired)), key=best.__getitem__)]

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
        effort = total_effort(outcome.effort for outcome in outcomes)
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
                copy = problem.cell.copy(graph)
                if copy is not None:
                    yield copy

    def _take(self, graph: LabeledGraph) -> None:
        key = self._space.key(graph)
        if key in self._taken:
            return
        self._taken.add(key)
        self._uncut.append(graph)

    def _cut_off_taken(self) -> None:
        """Write exclusions only when they are needed: a graph can have very many copies."""
        for problem in self._problems:
            problem.add_cuts(problem.exclude(*self._uncut))
        self._uncut.clear()
