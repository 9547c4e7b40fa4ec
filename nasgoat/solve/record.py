"""What is known of one minimisation while a backend works on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.mip.terms import constant
from nasgoat.records import AUDIT_TOL, Limits, Progress, ProgressCallback
from nasgoat.solve.base import Clock, Outcome, Start
from nasgoat.solve.standard_form import StandardForm

UNBOUNDED = 1e19  # solvers say 1e20 or more for "nothing known"


@dataclass(slots=True)
class Record:
    """The best graph, valued on the number side, and the proven bound.

    Backends write to it from the thread that the solver runs in; progress is told by the thread
    that waits for it.

    Args:
        problem: what is minimised.
        limits: of this minimisation.
        start: graphs are visited at once; the cutoff is the first value to beat.
        progress: hears of changes whenever ``tell`` is called.
    """

    problem: AcquisitionProblem
    limits: Limits
    start: Start
    progress: ProgressCallback | None
    clock: Clock = field(init=False)
    best: LabeledGraph | None = None
    value: float = float("inf")
    bound: float = -float("inf")
    seen: dict[LabeledGraph, float] = field(default_factory=dict)
    effort: Counter[str] = field(default_factory=Counter)
    untold: SimpleQueue[Progress] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self.clock = Clock(self.limits.seconds)
        self.value = self.start.cutoff
        for graph in self.start.graphs:
            self.visit(graph)

    @property
    def scale(self) -> float:
        """What gaps and tolerances are relative to."""
        return max(1.0, abs(self.value)) if np.isfinite(self.value) else 1.0

    @property
    def allowed(self) -> float:
        """The difference of value and bound at which the proof is complete."""
        return self.limits.gap * self.scale

    @property
    def closed(self) -> bool:
        """Whether the proof is complete."""
        return self.bound == self.value or self.value - self.bound <= self.allowed

    @property
    def ceiling(self) -> float:
        """Objectives above it are of no interest; the best graph lies below it."""
        return self.value + AUDIT_TOL * self.scale

    def visit(self, graph: LabeledGraph) -> float:
        """The exact value of a feasible graph, which may become the incumbent."""
        if graph not in self.seen:
            self.seen[graph] = value = self.problem.value(graph)
            if value < self.value:
                self.best, self.value = graph, value
                self._note()
        return self.seen[graph]

    def raise_bound(self, bound: float, *, final: bool = False) -> None:
        """Take note of a proven bound.

        Solvers that are given the ceiling raise their bound up to it. Above the value it is
        rounding and means "no graph is better", beyond the ceiling it is left for the audit.

        Args:
            bound: what is beyond any objective says nothing.
            final: the solve has ended well; until then a bound above the value is not trusted.
        """
        if bound > self.value and not final:
            return
        if self.value < bound <= self.ceiling:
            bound = self.value
        known = abs(bound) < UNBOUNDED
        if (known and self.bound < bound) or (final and self.bound < bound == self.value):
            self.bound = float(bound)
            self._note()

    def exhaust(self) -> None:
        """Take note that no graph is better than the value."""
        if self.bound < self.value:
            self.bound = self.value
            self._note()

    def tell(self) -> None:
        """Hand the changes of the meantime to the progress callback."""
        while self.progress is not None:
            try:
                event = self.untold.get_nowait()
            except Empty:
                return
            self.progress(event)

    def kept(self, run: Callable[[], Outcome]) -> Outcome:
        """What a solve returns; at a Ctrl-C outside the solver, what was found until then."""
        try:
            return run()
        except KeyboardInterrupt:
            return self.outcome("interrupted")

    def outcome(self, status: str) -> Outcome:
        """What was found and proven."""
        return Outcome(self.best, self.value, self.bound, status, dict(self.effort))

    def _note(self) -> None:
        if self.progress is not None:
            incumbent = self.value if self.best is not None else None
            bound = self.bound if np.isfinite(self.bound) else None
            self.untold.put(Progress(self.clock.elapsed, incumbent, bound))


@dataclass(frozen=True, slots=True)
class Design:
    """The binaries that say which graph it is, as columns of a standard form."""

    problem: AcquisitionProblem
    columns: Sequence[int | None]  # None where the value is known or does not matter
    known: Sequence[float]
    whole: bool  # whether it tells all graphs apart: no binary is one that nothing looks at

    @classmethod
    def of(cls, problem: AcquisitionProblem, form: StandardForm) -> Design:
        """Look the columns up."""
        known = [constant(term) for term in problem.cell.design]
        columns = [  # no column for what no row and no feature looks at either: it is 0 then
            form.column_of.get(id(term)) if value is None else None
            for term, value in zip(problem.cell.design, known, strict=True)
        ]
        pairs = zip(columns, known, strict=True)
        whole = all(column is not None or value is not None for column, value in pairs)
        return cls(problem, columns, [value or 0.0 for value in known], whole)

    def graph_at(self, x: Sequence[float] | NDArray[np.float64]) -> LabeledGraph:
        """The graph at a point of the solver's columns."""
        pairs = zip(self.columns, self.known, strict=True)
        design = [known if column is None else float(x[column]) for column, known in pairs]
        return self.problem.cell.graph_at(design)

    def values_at(self, graph: LabeledGraph) -> dict[int, float]:
        """Column and value of the binaries at a graph."""
        values = self.problem.cell.design_of(graph)
        pairs = zip(self.columns, values, strict=True)
        return {column: float(value) for column, value in pairs if column is not None}
