"""Expected improvement to a proven gap: half-planes, and the search, against enumeration."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nasgoat.acquisition import Acquisition, ExpectedImprovement, LowerConfidenceBound
from nasgoat.errors import EncodingMismatchError, NoIncumbentError, NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import LinearKernel, NodeLabels
from nasgoat.mip import AcquisitionProblem, acquisition_problem, largest_variance
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.optimize.half_planes import HalfPlanes, Question, improvement
from nasgoat.optimize.improvement import FLOOR
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits, Progress, ProgressCallback
from nasgoat.solve import HighsSolver, Outcome, Start
from nasgoat.spaces import CellSpace, nasbench101, nasbench201
from tests.mip.oracles_mip import SMALL, believed, kernel_maps
from tests.optimize.test_mip_is_exhaustive import random_task

Floats = NDArray[np.float64]
NO_START = Start()
SHARE = 1e-4  # of the improvement, the default gap limit


class Given:
    """A posterior of given means and deviations."""

    def __init__(self, mean: list[float], std: list[float]) -> None:
        self.answer = np.array(mean), np.array(std)

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        del batch
        return self.answer

    def condition_on(self, graph: LabeledGraph, value: float) -> "Given":
        raise NotImplementedError


def test_the_improvement_is_that_of_the_acquisition_function() -> None:
    rng = np.random.default_rng(0)
    gain, std = rng.normal(0, 3, 200), np.abs(rng.normal(0, 1, 200)) * (rng.random(200) < 0.8)
    values = ExpectedImprovement(0.0).values(Given(list(-gain), list(std)), GraphBatch.of([]))
    assert improvement(gain, std) == pytest.approx(-values, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("seed", range(30))
def test_half_planes_bound_every_point_that_meets_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, std = rng.normal(0, 1, 300), rng.gamma(2.0, 0.3, 300)
    best = float(mean.min() - rng.uniform(-1, 3))
    planes = HalfPlanes(best, float(std.max()))
    truth = float(improvement(best - mean, std).max())
    before = planes.peak()[0]
    assert before == math.inf
    for kappa in rng.uniform(0, 4, 12):
        slack = float(rng.choice([0.0, 0.1]))
        planes = planes.with_line(kappa, float((mean - kappa * std).min()) - slack)
        peak, at = planes.peak()
        grid = planes.ceiling(np.linspace(0.0, planes.largest, 400))
        assert truth * (1 - 1e-12) <= peak <= before * (1 + 1e-12)
        assert grid.max() <= peak * (1 + 1e-12)  # the largest is at a vertex
        assert planes.ceiling(np.array([at]))[0] == peak
        assert (improvement(best - mean, std) <= planes.ceiling(std) + 1e-12).all()
        before = peak
    assert not planes.broken(mean, std, 1e-9)
    assert planes.broken(mean, std + 0.1, 1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_a_question_finds_an_improvement_or_settles_its_deviation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    best, level = float(rng.normal()), float(10.0 ** rng.uniform(-10, 1))
    at = float(10.0 ** rng.uniform(-4, 1)) if seed % 5 else 0.0
    question = Question.at(best, level, at)
    mean, std = rng.normal(best, 3, 5000), rng.gamma(1.0, 1.0, 5000)
    below = mean - question.kappa * std < question.cutoff
    gains = improvement(best - mean, std)
    assert (gains[below] >= level * (1 - 1e-9)).all()
    line = HalfPlanes(best, 20.0).with_line(question.kappa, question.cutoff)
    assert line.ceiling(np.array([at]))[0] == pytest.approx(level, rel=1e-6)
    error = 0.01 * level / question.slope
    off = HalfPlanes(best, 20.0).with_line(question.kappa, question.cutoff - error)
    assert off.ceiling(np.array([at]))[0] <= level * 1.0101


def improving(seed: int) -> Task:
    """A random task whose best known value is anywhere from far below to far above the means."""
    task = random_task(seed).task
    rng = np.random.default_rng(seed + 10_000)
    mean, std = task.posterior.mean_and_std(task.space.listing())
    best = float((mean - rng.choice([0.0, 0.1, 1.0, 2.0, 4.0, 6.0, 30.0]) * std).min())
    if rng.random() < 0.2:
        best = float(mean.mean())
    return replace(task, acquisition=ExpectedImprovement(best))


def truths(task: Task) -> list[float]:
    """The values of all graphs that are left, ascending."""
    found = ExhaustiveOptimizer().minimize(task, task.space.size())
    return [optimum.certificate.value for optimum in found]


def check(task: Task, optima: list[Optimum], left: list[float]) -> None:
    """Every optimum against the graphs that were left when it was found."""
    space = task.space
    taken = set(space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    left = list(left)
    for optimum in optima:
        key, certificate = space.key(optimum.graph), optimum.certificate
        assert space.contains(optimum.graph)
        assert key not in taken
        taken.add(key)
        own = task.acquisition.values(task.posterior, GraphBatch.of([optimum.graph]))[0]
        assert certificate.value == pytest.approx(own, rel=1e-9, abs=1e-12)
        assert certificate.lower_bound is None or certificate.lower_bound <= left[0] + 1e-6
        if certificate.status == "optimal":
            assert certificate.gap is not None
            assert certificate.gap <= 1e-4
        left.remove(min(left, key=lambda value: abs(value - own)))


def solved(seed: int, limits: Limits, k: int = 3) -> None:
    task, drawn = improving(seed), random_task(seed)
    optimizer = MipOptimizer(options=drawn.options, descents=drawn.descents)
    try:
        left = truths(task)
    except NothingLeftError:
        with pytest.raises(NothingLeftError):
            optimizer.minimize(task, k, limits)
        return
    try:
        optima = optimizer.minimize(task, k, limits)
    except NoIncumbentError:
        return  # nothing within the limits, nothing claimed
    check(task, optima, left)
    if all(optimum.certificate.status == "optimal" for optimum in optima):
        assert len(optima) == min(k, len(left))
        values = np.array([optimum.certificate.value for optimum in optima])
        allowance = SHARE * np.maximum(np.abs(left[:k]), 1.0)
        assert (np.abs(values - left[:k]) <= allowance + 1e-9).all()


LATER = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(18, 33)]


@pytest.mark.parametrize("seed", [*range(18), *LATER])
def test_equals_exhaustive_search(seed: int) -> None:
    solved(seed, Limits(seconds=5.0))


@pytest.mark.parametrize("descents", [0, 3])
@pytest.mark.parametrize("name", ["nb101-4", "nb201-path", "edge-budget", "all-trees", "in-degree"])
def test_the_proof_is_complete_without_limits(name: str, descents: int) -> None:
    space = SMALL[name]
    for seed in range(2):
        posterior = believed(space, kernel_maps(space, 0), seed)
        best = float(posterior.targets.min()) + 0.3 * (seed - 1)
        task = Task(ExpectedImprovement(best), posterior, space)
        optima = MipOptimizer(descents=descents).minimize(task, 2)
        assert [optimum.certificate.status for optimum in optima] == ["optimal", "optimal"]
        check(task, optima, truths(task))


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(3))
def test_equals_exhaustive_search_at_length(hundred: int) -> None:
    wrong = []
    for seed in range(2000 + 100 * hundred, 2100 + 100 * hundred):
        try:
            solved(seed, Limits(seconds=3.0))
        except Exception as error:
            wrong.append((seed, repr(error)))
    assert wrong == []


@pytest.mark.parametrize("below", [0.0, 1.0, 2.5])
def test_small_improvements_are_told_apart(below: float) -> None:
    """The gap is relative to the improvement, though the certificate's would let any graph pass."""
    space = nasbench101([5])
    posterior = believed(space, kernel_maps(space, 0), 4, count=20)
    mean, std = posterior.mean_and_std(space.listing())
    best = float((mean - below * std).min())
    task = Task(ExpectedImprovement(best), posterior, space)
    certificate = MipOptimizer().minimize(task)[0].certificate
    truth = truths(task)[0]
    assert truth < -10 * FLOOR
    assert certificate.value == pytest.approx(truth, rel=SHARE)
    assert certificate.lower_bound is not None
    assert certificate.lower_bound == pytest.approx(truth, rel=3 * SHARE)


def test_a_best_value_far_below_leaves_nothing_to_hope_for() -> None:
    space = SMALL["nb101-4"]
    posterior = believed(space, kernel_maps(space, 0))
    mean = posterior.mean_and_std(space.listing())[0]
    task = Task(ExpectedImprovement(float(mean.min()) - 1e3), posterior, space)
    for optimum in MipOptimizer().minimize(task, 3):
        assert optimum.certificate.status == "optimal"
        assert optimum.certificate.value == 0.0
        assert optimum.certificate.lower_bound is not None
        assert -SHARE * FLOOR <= optimum.certificate.lower_bound <= 0.0
    (optimum,) = MipOptimizer().minimize(replace(task, acquisition=ExpectedImprovement(1e3)))
    assert optimum.certificate.value == pytest.approx(float(mean.min()) - 1e3, rel=1e-4)
    assert optimum.certificate.status == "optimal"


def test_where_all_is_observed_the_improvement_is_that_of_the_means() -> None:
    space = SMALL["nb101-4"]
    batch = space.listing()
    kernel = LinearKernel(kernel_maps(space, 0), (1.0, 1.0))
    targets = np.random.default_rng(1).standard_normal(len(batch))
    posterior = FeaturePosterior.of(kernel, batch, targets, 1e-12)
    mean, std = posterior.mean_and_std(batch)
    assert std.max() < 1e-5
    best = float(np.median(mean))
    (optimum,) = MipOptimizer().minimize(Task(ExpectedImprovement(best), posterior, space))
    assert optimum.certificate.value == pytest.approx(float(mean.min()) - best, abs=1e-4)
    assert optimum.certificate.status == "optimal"


@pytest.mark.parametrize("descents", [0, 3])
def test_all_of_a_space_comes_out_and_no_more(descents: int) -> None:
    space = nasbench101((2, 3, 4), max_edges=4)
    posterior = believed(space, kernel_maps(space, 0), 2)
    task = Task(ExpectedImprovement(float(posterior.targets.min())), posterior, space)
    everything = space.size()
    mip = MipOptimizer(descents=descents)
    optima = mip.minimize(task, everything + 1)
    assert len(optima) == everything
    check(task, optima, truths(task))
    one = list(space.listing())[3]
    others = [graph for graph in space.listing() if graph != one]
    (last,) = mip.minimize(replace(task, exclude=others), 2)
    assert last.graph == one
    with pytest.raises(NothingLeftError, match="no graph is left"):
        mip.minimize(replace(task, exclude=list(space.listing())))


@pytest.mark.parametrize("seed", range(4))
def test_limits_leave_a_bound_that_holds(seed: int) -> None:
    space = nasbench101([6])
    posterior = believed(space, kernel_maps(space, 0), seed, count=40)
    task = Task(ExpectedImprovement(float(posterior.targets.min())), posterior, space)
    truth = ExhaustiveOptimizer().minimize(task)[0].certificate.value
    events: list[Progress] = []
    (optimum,) = MipOptimizer().minimize(task, 1, Limits(seconds=0.4), events.append)
    bound = optimum.certificate.lower_bound
    assert bound is None or bound <= truth + 1e-6
    assert optimum.certificate.value >= truth - 1e-9
    bounds = [event.lower_bound for event in events if event.lower_bound is not None]
    assert all(bound <= truth + 1e-6 for bound in bounds)
    assert bounds == sorted(bounds)


class Scripted:
    """HiGHS, but for what a test changes in its answers."""

    name = "scripted"

    def __init__(self, *changes: Mapping[str, object]) -> None:
        self.changes = list(changes)

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = NO_START,
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        outcome = HighsSolver().minimize(problem, limits, start, progress)
        return replace(outcome, **(self.changes.pop(0) if self.changes else {}))  # type: ignore[arg-type]


def a_task(space: CellSpace) -> Task:
    posterior = believed(space, kernel_maps(space, 0), 3)
    return Task(ExpectedImprovement(float(posterior.targets.min())), posterior, space)


def test_an_interrupt_keeps_what_is_proven() -> None:
    task = a_task(SMALL["nb101-4"])
    optima = MipOptimizer(Scripted({}, {"status": "interrupted"})).minimize(task, 3)
    assert len(optima) == 1
    assert optima[0].certificate.status == "interrupted"
    check(task, optima, truths(task))
    first = Scripted({"status": "interrupted", "lower_bound": -math.inf})
    (optimum,) = MipOptimizer(first).minimize(task)
    assert optimum.certificate.lower_bound is None


def test_nothing_found_is_said() -> None:
    task = a_task(SMALL["nb101-4"])
    late = {"status": "node_limit", "lower_bound": -math.inf, "graph": None}
    with pytest.raises(NoIncumbentError, match="node_limit"):
        MipOptimizer(Scripted(late), descents=0).minimize(task)


def test_a_bound_that_is_too_good_is_refused() -> None:
    task = a_task(nasbench201("source-sink"))
    with pytest.raises(EncodingMismatchError, match="refused"):
        MipOptimizer(Scripted(*[{"lower_bound": 50.0}] * 9)).minimize(task)


@pytest.mark.parametrize("name", ["nb101-4", "nb201-path", "all-trees"])
def test_the_largest_variance_is_one(name: str) -> None:
    space = SMALL[name]
    posterior = believed(space, kernel_maps(space, 0))
    acquisition: Acquisition = LowerConfidenceBound()
    problem = acquisition_problem(acquisition, posterior, space)
    bound = largest_variance(posterior.kernel, problem.counts)
    prior = posterior.kernel.diag(space.listing())
    assert (posterior.mean_and_std(space.listing())[1] ** 2 <= prior + 1e-12).all()
    assert prior.max() <= bound <= 100 * prior.max()


def test_one_feature_map_and_ties() -> None:
    """Thousands of graphs share mean and deviation; none is enumerated twice."""
    space = nasbench101([5])
    posterior = believed(space, (NodeLabels(5),), 1)
    task = Task(ExpectedImprovement(float(posterior.targets.min())), posterior, space)
    optima = MipOptimizer().minimize(task, 4)
    check(task, optima, truths(task))
    assert {optimum.certificate.status for optimum in optima} == {"optimal"}
