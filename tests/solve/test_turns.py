"""Problem after problem: bounds of all come first, and the whole's bound is the least of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Limits, Progress, ProgressCallback
from nasgoat.solve import Outcome, Start, standard_form
from nasgoat.solve.highs_model import HighsModel
from nasgoat.solve.turns import outcomes_of
from tests.mip.oracles_mip import SMALL
from tests.mip.test_exponential import problem_on

GRAPH = LabeledGraph(2, ((0, 1),))


@dataclass
class Scripted:
    """A backend whose answers are known: root bound, optimum and what it calls itself after it."""

    roots: Sequence[float]
    optima: Sequence[float]
    interrupts: int = -1  # the problem whose minimisation the user interrupts
    asked: list[tuple[str, int, float]] = field(default_factory=list)

    name = "scripted"
    abilities: Any = None

    def bound(
        self, problem: Any, limits: Limits, start: Start, progress: ProgressCallback | None
    ) -> Outcome:
        del limits
        self.asked.append(("bound", problem, start.cutoff))
        root = self.roots[problem]
        if progress is not None:
            progress(Progress(0.0, None, root))
        settled = root >= start.cutoff
        bound = start.cutoff if settled else root
        return Outcome(None, start.cutoff, bound, "optimal" if settled else "node_limit")

    def minimize(
        self, problem: Any, limits: Limits, start: Start, progress: ProgressCallback | None
    ) -> Outcome:
        del limits
        self.asked.append(("minimize", problem, start.cutoff))
        assert start.lower_bound == self.roots[problem]
        if problem == self.interrupts:
            return Outcome(None, start.cutoff, start.lower_bound, "interrupted")
        optimum = self.optima[problem]
        if progress is not None:
            progress(Progress(0.0, optimum, optimum))
        if optimum >= start.cutoff:
            return Outcome(None, start.cutoff, start.cutoff, "optimal")
        return Outcome(GRAPH, optimum, optimum, "optimal")


def solved(backend: Scripted, cutoff: float = math.inf) -> tuple[list[Outcome], list[Progress]]:
    events: list[Progress] = []
    turns: Any = [(i, []) for i in range(len(backend.roots))]
    return outcomes_of(backend, turns, Limits(), cutoff, events.append), events


def test_all_are_bounded_before_the_lowest_is_solved() -> None:
    backend = Scripted(roots=[-3.0, -5.0, -4.0, 1.0], optima=[-2.0, -1.0, -2.5, 2.0])
    outcomes, _ = solved(backend, cutoff=0.0)
    assert [(what, i) for what, i, _ in backend.asked] == [
        *(("bound", i) for i in range(4)),
        *(("minimize", i) for i in (1, 2, 0)),
    ]
    assert [cutoff for _, _, cutoff in backend.asked[4:]] == [0.0, -1.0, -2.5]
    found = [outcome.value for outcome in outcomes if outcome.graph is not None]
    assert min(found) == min(outcome.value for outcome in outcomes) == -2.5
    assert min(outcome.lower_bound for outcome in outcomes) == -2.5
    assert len(outcomes) == 4


def test_an_interrupted_search_has_the_least_bound() -> None:
    backend = Scripted(roots=[-3.0, -5.0, -4.0], optima=[-2.0, -1.0, -2.5], interrupts=2)
    outcomes, _ = solved(backend)
    assert len(outcomes) == 3
    assert outcomes[0].status == "interrupted"
    assert min(outcome.lower_bound for outcome in outcomes) == -4.0


def test_bounds_are_told_from_the_last_root_on() -> None:
    backend = Scripted(roots=[-3.0, -5.0, -4.0], optima=[-2.0, -1.0, -2.5])
    _, events = solved(backend)
    assert [event.lower_bound for event in events] == [None, None, -5.0, -4.0, -3.0, -2.5]


@pytest.mark.parametrize("name", ["nb101-4", "nb201-path"])
def test_the_simplex_method_stops_at_what_is_enough(name: str) -> None:
    """The bound of multipliers is the optimum at the end, and below it before."""
    problem = problem_on(name)
    problem.add_cuts(problem.first_cuts([SMALL[name].sample(np.random.default_rng(0))]))
    with problem.linear() as model:
        form = standard_form(model)
    optimum = HighsModel.of(form, 1).solve_relaxation(60.0)
    assert optimum is not None
    full, point = optimum
    assert full == pytest.approx(float(form.cost @ point) + form.offset, abs=1e-6)
    enough = full - 0.5
    early = HighsModel.of(form, 1).solve_relaxation(60.0, enough)
    assert early is not None
    assert enough - 1e-6 <= early[0] <= full + 1e-6
