"""The k best of one solve: what a pool may say, and what is not believed of it."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.errors import EncodingMismatchError, NoIncumbentError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve import GurobiSolver, HighsSolver, Outcome, Pool, PoolSolver, ScipSolver, Start
from nasgoat.spaces import nasbench101
from tests.mip.oracles_mip import believed, kernel_maps

K = 4
SPACE = nasbench101([4])
TASK = Task(LowerConfidenceBound(1.0), believed(SPACE, kernel_maps(SPACE, 0), 1), SPACE)
RANKED = [optimum.graph for optimum in ExhaustiveOptimizer().minimize(TASK, 10)]
VALUES = [optimum.certificate.value for optimum in ExhaustiveOptimizer().minimize(TASK, 10)]


@dataclass
class Scripted:
    """HiGHS with a pool that says what a test wants."""

    said: Pool
    name: str = "scripted"
    starts: list[Start] = field(default_factory=list)
    solves: int = 0

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),  # noqa: B008
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        self.solves += 1
        return HighsSolver().minimize(problem, limits, start, progress)

    def pool(
        self,
        problem: AcquisitionProblem,
        k: int,
        limits: Limits,
        start: Start = Start(),  # noqa: B008
        progress: ProgressCallback | None = None,
    ) -> Pool:
        self.starts.append(start)
        copies = [copy for graph in self.said.graphs for copy in problem.cell.copies(graph)]
        return Pool(copies or self.said.graphs, self.said.lower_bound, self.said.status)


def found(said: Pool, k: int = K, descents: int = 0, task: Task = TASK) -> tuple[list[float], int]:
    """Values of the k best, and how many were solved for one by one."""
    solver = Scripted(said)
    optima = MipOptimizer(solver, descents=descents).minimize(task, k)
    for optimum, value in zip(optima, VALUES, strict=False):
        bound = optimum.certificate.lower_bound
        assert bound is not None
        assert bound <= value + 1e-6
    return [optimum.certificate.value for optimum in optima], solver.solves


def test_who_has_a_pool() -> None:
    assert isinstance(GurobiSolver(), PoolSolver)
    assert not isinstance(HighsSolver(), PoolSolver)
    assert not isinstance(ScipSolver(), PoolSolver)


@pytest.mark.parametrize("k", range(2, 7))
def test_what_the_bound_does_not_reach_is_solved_one_by_one(k: int) -> None:
    """A pool of the five best and the eighth, whose bound reaches up to the third."""
    pool = Pool([RANKED[i] for i in (7, 2, 0, 4, 1, 3)], VALUES[2], "time_limit")
    values, solves = found(pool, k)
    assert values == pytest.approx(VALUES[:k], abs=1e-4)
    assert solves == max(0, k - 3)


def test_a_graph_that_the_pool_misses_is_found_by_the_solves_that_follow() -> None:
    values, solves = found(Pool([RANKED[0], RANKED[2], RANKED[3]], VALUES[1], "optimal"))
    assert values == pytest.approx(VALUES[:K], abs=1e-4)
    assert solves == K - 1


@pytest.mark.parametrize("pool", [Pool([], -np.inf, "stalled"), Pool([], np.nan, "error")])
def test_a_pool_without_a_bound_proves_nothing(pool: Pool) -> None:
    assert found(pool) == (pytest.approx(VALUES[:K], abs=1e-4), K)


def test_one_graph_asks_for_no_pool() -> None:
    assert found(Pool([], np.inf, "optimal"), 1)[1] == 1


def test_the_cutoff_is_the_kth_best_value_known() -> None:
    solver = Scripted(Pool(RANKED[:K], VALUES[K], "optimal"))
    MipOptimizer(solver).minimize(TASK, K)
    (start,) = solver.starts
    assert VALUES[K - 1] <= start.cutoff < np.inf
    assert len(start.graphs) == K


def test_a_false_bound_is_refused() -> None:
    """The starts hold graphs that the pool does not name; without starts, the challenge does."""
    for descents in (0, 3):
        with pytest.raises(EncodingMismatchError, match="is refused"):
            found(Pool([RANKED[9]], VALUES[9], "optimal"), descents=descents)


def test_an_excluded_graph_is_refused() -> None:
    task = Task(TASK.acquisition, TASK.posterior, SPACE, exclude=RANKED[1:2])
    with pytest.raises(EncodingMismatchError, match="excluded"):
        found(Pool(RANKED[:K], VALUES[K], "optimal"), task=task)


def test_a_graph_outside_the_space_is_refused() -> None:
    outside = LabeledGraph(4, (), RANKED[0].node_labels)
    assert not SPACE.contains(outside)
    with pytest.raises(EncodingMismatchError, match="outside"):
        found(Pool([outside], -np.inf, "optimal"))


def test_a_pool_that_is_interrupted_ends_it() -> None:
    optima = MipOptimizer(Scripted(Pool(RANKED[:2], -np.inf, "interrupted"))).minimize(TASK, K)
    assert [optimum.certificate.status for optimum in optima] == ["interrupted"]
    assert optima[0].certificate.lower_bound is None
    with pytest.raises(NoIncumbentError, match="interrupted"):
        found(Pool([], -np.inf, "interrupted"))
