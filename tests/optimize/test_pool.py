"""The k best from one solve of Gurobi are those of exhaustive search."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nasgoat.acquisition import Acquisition, LowerConfidenceBound, PosteriorMean, ThompsonSample
from nasgoat.errors import SolverUnavailableError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import NodeLabels
from nasgoat.mip import NO_SYMMETRY, ModelOptions
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.records import Limits, Progress
from nasgoat.solve import GurobiSolver, gurobi
from nasgoat.spaces import CellSpace, nasbench101
from tests.mip.oracles_mip import SMALL, believed, kernel_maps
from tests.optimize.random_tasks import random_task
from tests.optimize.test_mip_is_exhaustive import FALSE, check, truths_of
from tests.solve.test_edges_of_the_task import FREE_EDGE, FREE_ENDS

pytest.importorskip("gurobipy")

MIP, LCB = MipOptimizer(GurobiSolver()), LowerConfidenceBound(1.0)
NUMBERINGS = ModelOptions(symmetry=NO_SYMMETRY, joint=False)


def compared(task: Task, k: int, mip: MipOptimizer = MIP) -> list[Optimum]:
    """The k best, all there are of them, compared with enumeration."""
    truths = truths_of(task)
    optima = mip.minimize(task, k)
    check(task, optima, truths)
    assert [optimum.certificate.status for optimum in optima] == ["optimal"] * len(optima)
    values = [optimum.certificate.value for optimum in optima]
    assert values == pytest.approx(truths[:k], rel=1e-4, abs=1e-4)
    assert len(values) == min(k, len(truths))
    return optima


def rounds(optima: list[Optimum]) -> list[int]:
    """Branch and bounds that each of the optima took."""
    return [optimum.certificate.effort["rounds"] for optimum in optima]


def task_on(sizes: tuple[int, ...], acquisition: Acquisition = LCB) -> Task:
    space = nasbench101(sizes)
    return Task(acquisition, believed(space, kernel_maps(space, 0), 3), space)


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("seed", range(7000, 7020))
def test_the_five_best_of_random_tasks(seed: int, native: bool) -> None:
    drawn = random_task(seed)
    if not truths_of(drawn.task):
        pytest.skip("nothing is left")
    options = replace(drawn.options, joint=False)
    mip = MipOptimizer(GurobiSolver(native=native), options, drawn.descents)
    try:
        compared(drawn.task, 5, mip)
    except SolverUnavailableError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("sizes", [(4,), (3, 4), (2, 3, 4, 5)])
@pytest.mark.parametrize("acquisition", ["lcb", "mean", "thompson"])
def test_one_solve_per_node_count(acquisition: str, sizes: tuple[int, ...]) -> None:
    task = task_on(sizes)
    posterior: Any = task.posterior
    drawn: dict[str, Acquisition] = {
        "lcb": LowerConfidenceBound(9.0),
        "mean": PosteriorMean(),
        "thompson": ThompsonSample(posterior.draw(np.random.default_rng(0))),
    }
    optima = compared(replace(task, acquisition=drawn[acquisition]), 6)
    assert rounds(optima) == [len(sizes), 0, 0, 0, 0, 0]


@pytest.mark.parametrize("copies", [1, 24])
def test_copies_of_an_architecture_count_once(monkeypatch: pytest.MonkeyPatch, copies: int) -> None:
    """Several numberings each: a pool that they crowd leaves some to be solved for."""
    monkeypatch.setattr(gurobi, "COPIES", copies)
    space = nasbench101([5])
    task = Task(PosteriorMean(), believed(space, kernel_maps(space, 0), 4), space)
    optima = compared(task, 8, MipOptimizer(GurobiSolver(), NUMBERINGS, descents=0))
    assert (sum(rounds(optima)) > 1) == (copies == 1)


@pytest.mark.parametrize("space", [FREE_EDGE, FREE_ENDS], ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_graphs_that_the_model_does_not_tell_apart(space: CellSpace, seed: int) -> None:
    """Edges that nothing looks at have no variable: a pool cannot hold both graphs."""
    task = Task(PosteriorMean(), believed(space, (NodeLabels(2),), seed, count=6), space)
    for acquisition in (PosteriorMean(), LowerConfidenceBound(1.0)):
        compared(replace(task, acquisition=acquisition), 12)


def test_ties() -> None:
    space = nasbench101([5])
    posterior = believed(space, (NodeLabels(5),), 2)
    for acquisition in (LowerConfidenceBound(1.0), PosteriorMean()):
        compared(Task(acquisition, posterior, space), 12)


@pytest.mark.parametrize("sizes", [(3,), (2, 3)])
def test_more_than_are_left(sizes: tuple[int, ...]) -> None:
    task = task_on(sizes)
    gone = ExhaustiveOptimizer().minimize(task, 2)
    left = replace(task, exclude=[optimum.graph for optimum in gone])
    assert len(compared(left, 100)) == task.space.size() - 2


def test_no_graph_is_named_that_was_excluded() -> None:
    task = task_on((5,))
    best = [optimum.graph for optimum in ExhaustiveOptimizer().minimize(task, 9)]
    optima = compared(replace(task, exclude=best[::2]), 4)
    keys = task.space.keys(GraphBatch.of([optimum.graph for optimum in optima]))
    assert keys == task.space.keys(GraphBatch.of(best[1::2]))


@pytest.mark.parametrize("limits", [Limits(seconds=1e-3), Limits(seconds=0.2), Limits(nodes=1)])
def test_limits_leave_true_bounds(limits: Limits) -> None:
    task = task_on((5, 6), LowerConfidenceBound(9.0))
    check(task, MipOptimizer(GurobiSolver()).minimize(task, 5, limits), truths_of(task))


def test_a_pool_that_lost_a_graph_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = gurobi.pool_of

    def forgetful(*args: Any) -> tuple[list[list[float]], float]:
        kept, bound = honest(*args)
        return kept[1:], bound

    monkeypatch.setattr(gurobi, "pool_of", forgetful)
    assert all(count > 0 for count in rounds(compared(task_on((4,)), 5)))


def test_progress_bounds_the_best() -> None:
    task = replace(task_on((3, 4, 5)), space=nasbench101((3, 4, 5)))
    truth = truths_of(task)[0]
    events: list[Progress] = []
    MipOptimizer(GurobiSolver(), descents=0).minimize(task, 5, progress=events.append)
    values = [event.incumbent for event in events if event.incumbent is not None]
    assert values == sorted(values, reverse=True)
    assert min(values) == pytest.approx(truth)
    bounds = [event.lower_bound for event in events if event.lower_bound is not None]
    assert bounds
    assert max(bounds) <= truth + FALSE


def test_the_pool_can_be_switched_off() -> None:
    task = Task(PosteriorMean(), task_on((4,)).posterior, SMALL["nb101-4"])
    assert rounds(compared(task, 3, MipOptimizer(GurobiSolver(), pool=False))) == [1, 1, 1]
