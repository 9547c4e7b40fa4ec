"""The problems of a space one after the other: first a bound of each, then a proof of the whole.

The space is divided into problems (node counts, parts of one). Its bound is the least of theirs, so
without a bound of each there is none of the whole. A solver that can bound a problem quickly does
so for all of them, before it works on any; a search that stops has a bound from then on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nasgoat.errors import EmptySpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve.base import BoundingSolver, Clock, Outcome, Solver, Start
from nasgoat.solve.parts import progress_over

SHARE = 0.8  # of the time that is left goes to a problem that is not the last
STARTS = 6  # graphs that solvers complete to solutions; of the others they know the value only

Turn = tuple[AcquisitionProblem, list[LabeledGraph]]  # a problem and its starts, best first
Ask = Callable[[AcquisitionProblem, Limits, Start, ProgressCallback | None], Outcome]


def outcomes_of(
    solver: Solver,
    turns: Sequence[Turn],
    limits: Limits,
    cutoff: float = math.inf,
    progress: ProgressCallback | None = None,
) -> list[Outcome]:
    """Solve problems, each with the best value of the others as its cutoff.

    Args:
        solver: the backend.
        turns: the problems, the one with the best start first.
        limits: of all of them together.
        cutoff: only graphs of a smaller value are of interest.
        progress: hears of the best graph of all, and of the bound on all once there is one of each.

    Returns:
        One outcome per problem, an interrupted one first. There are fewer than problems only after
        a Ctrl-C: nothing is known of those that are missing.
    """
    search = _Search(solver, turns, limits, cutoff, progress)
    search.run()
    return sorted(search.outcomes.values(), key=lambda outcome: outcome.status != "interrupted")


@dataclass(slots=True)
class _Search:
    """One search, and what it knows of each problem by now."""

    solver: Solver
    turns: Sequence[Turn]
    limits: Limits
    cutoff: float
    progress: ProgressCallback | None
    clock: Clock = field(init=False)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = Clock(self.limits.seconds)

    def run(self) -> None:
        """Ask until all problems are settled, the time is up or the user interrupts."""
        solver, every = self.solver, range(len(self.turns))
        if isinstance(solver, BoundingSolver) and len(every) > 1:
            for i in every:
                if not self._ask(i, solver.bound, 1.0):
                    return
        unsettled = [i for i in every if i not in self.outcomes or not self._settled(i)]
        unsettled.sort(key=self._bound_of)
        for i in unsettled:
            # some time stays for the others, whose bounds may be as low
            if not self._ask(i, solver.minimize, 1.0 if i == unsettled[-1] else SHARE):
                return

    def _settled(self, i: int) -> bool:
        return self.outcomes[i].status == "optimal"

    def _bound_of(self, i: int) -> float:
        """The whole's bound is the least: it is worked on first. Else the order is as given."""
        return self.outcomes[i].lower_bound if i in self.outcomes else -math.inf

    def _ask(self, i: int, ask: Ask, share: float) -> bool:
        """Ask for one problem; false if the user has interrupted."""
        problem, feasible = self.turns[i]
        others = [outcome for j, outcome in self.outcomes.items() if j != i]
        found = (outcome.value for outcome in others if outcome.graph is not None)
        cutoff = min([self.cutoff, *found])
        left = self.limits.seconds and max(share * self.clock.left, 1e-3)
        start = Start(feasible[:STARTS], cutoff, feasible[STARTS:], self._bound_of(i))
        last = len(others) == len(self.turns) - 1
        over = progress_over(self.progress, others, self.clock, last=last)
        try:
            outcome = ask(problem, replace(self.limits, seconds=left), start, over)
        except EmptySpaceError:  # found out only by the standard form
            outcome = Outcome(None, cutoff, cutoff, "optimal")
        self.outcomes[i] = outcome
        return outcome.status != "interrupted"
