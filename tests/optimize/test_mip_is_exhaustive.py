"""The MIP finds what exhaustive search finds, on random small problems; failures name the seed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import (
    NoEncodingError,
    NoIncumbentError,
    NothingLeftError,
    SolverUnavailableError,
)
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel, NodeLabels, ShortestPathLengths
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits, Progress
from nasgoat.solve import solver
from nasgoat.spaces import nasbench101
from tests.mip.oracles_mip import DIGRAPHS, believed, kernel_maps
from tests.optimize.random_tasks import WideTask, random_task, wide_task
from tests.solve.backends import PACKAGES

TOLERANCE = 1e-4  # of values, relative above 1: the default gap limit
FALSE = 1e-6  # a bound may exceed the truth by no more: ten times HiGHS's dual tolerance
ROUNDING = 1e-9


def check(task: Task, optima: list[Optimum], truths: list[float], gap: float = TOLERANCE) -> None:
    """Compare the optima with the values of all graphs that were left, ascending."""
    space = task.narrowed().space
    keys = space.keys(GraphBatch.of([optimum.graph for optimum in optima]))
    taken = set(space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    assert len(set(keys)) == len(optima)
    assert not taken & set(keys)
    values = list(truths)
    for optimum in optima:
        certificate = optimum.certificate
        value, bound = certificate.value, certificate.lower_bound
        scale = max(1.0, abs(values[0]))
        assert space.contains(optimum.graph)
        own = float(task.acquisition.values(task.posterior, GraphBatch.of([optimum.graph]))[0])
        assert value == pytest.approx(own, abs=ROUNDING * scale)
        assert bound is None or bound <= min(value, values[0] + FALSE * scale)
        if certificate.status == "optimal":
            assert certificate.gap is not None
            assert certificate.gap <= gap + ROUNDING
            assert value - values[0] <= (gap + FALSE) * scale
        nearest = int(np.argmin(np.abs(np.array(values) - own)))
        assert values.pop(nearest) == pytest.approx(own, abs=1e-6 * scale)


def truths_of(task: Task) -> list[float]:
    """The values of all graphs that are left, ascending; none if nothing is."""
    try:
        found = ExhaustiveOptimizer().minimize(task, task.space.size())
    except NothingLeftError:
        return []
    return [optimum.certificate.value for optimum in found]


def compare(drawn: WideTask) -> list[str]:
    """Solve a random task in both ways; the statuses of the optima."""
    truths = truths_of(drawn.oracle)
    mip = MipOptimizer(solver(drawn.backend), drawn.options, drawn.descents)
    try:
        optima = mip.minimize(drawn.task, drawn.k, drawn.limits)
    except NothingLeftError:
        assert truths == []
        return ["nothing left"]
    except NoIncumbentError:  # nothing within the limits, nothing claimed
        return ["no incumbent"]
    except NoEncodingError as reason:
        if "ill-conditioned" not in str(reason):
            raise
        return ["refused"]
    assert len(optima) <= min(drawn.k, len(truths))
    check(drawn.oracle, optima, truths, drawn.limits.gap)
    statuses = [optimum.certificate.status for optimum in optima]
    if statuses == ["optimal"] * drawn.k:
        values = [optimum.certificate.value for optimum in optima]
        allowed = drawn.limits.gap + FALSE
        assert values == pytest.approx(truths[: drawn.k], rel=allowed, abs=allowed)
    return statuses


@pytest.mark.parametrize("seed", range(300))
def test_mip_is_exhaustive(seed: int) -> None:
    try:
        compare(wide_task(seed))
    except SolverUnavailableError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("seed", [1340, 2771])
def test_tiny_coefficients_do_not_spoil_the_proof(seed: int) -> None:
    """HiGHS 1.15.1 proved false optima on rows with coefficients between 1e-12 and 1e-9."""
    drawn = replace(wide_task(seed), limits=Limits())
    assert "optimal" in compare(drawn)


def test_small_shares_of_a_row_do_not_spoil_the_proof() -> None:
    """HiGHS 1.15.1 proved -16.3 where the optimum is -23.3: shares of 2e-7 to 1e-5 in one row."""
    drawn = replace(wide_task(2818), limits=Limits())
    assert compare(drawn) == ["optimal"] * 2


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(20))
def test_mip_is_exhaustive_at_length(hundred: int) -> None:
    compare_hundred(wide_task, hundred)


def compare_hundred(task_of: Callable[[int], WideTask], hundred: int) -> None:
    """Compare the tasks of a hundred seeds; what goes wrong is told with its seed."""
    wrong: list[tuple[int, str]] = []
    met: Counter[str] = Counter()
    for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred):
        try:
            met.update(compare(task_of(seed)))
        except SolverUnavailableError:
            met.update(["unavailable"])
        except Exception as error:
            wrong.append((seed, repr(error)))
    assert wrong == []
    assert met["optimal"] >= 50, met


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("backend", PACKAGES)
def test_progress_tells_the_truth(backend: str, seed: int) -> None:
    drawn = wide_task(5000 + seed) if seed % 2 else random_task(5000 + seed)
    oracle = drawn.oracle if isinstance(drawn, WideTask) else drawn.task
    truths = truths_of(oracle)
    events: list[Progress] = []
    mip = MipOptimizer(solver(backend), drawn.options, drawn.descents)
    found: list[Optimum] = []
    try:
        found = mip.minimize(drawn.task, 1, Limits(seconds=1.0), events.append)
        assert events
    except SolverUnavailableError as reason:
        pytest.skip(str(reason))
    except NoIncumbentError:  # a machine too slow to find any: its bounds are true all the same
        pass
    except NothingLeftError:
        assert truths == []
        return
    scale = max(1.0, abs(truths[0]))
    incumbents = [event.incumbent for event in events if event.incumbent is not None]
    bounds = [event.lower_bound for event in events if event.lower_bound is not None]
    seconds = [event.seconds for event in events]
    assert all(value >= truths[0] - ROUNDING * scale for value in incumbents)
    assert all(bound <= truths[0] + FALSE * scale for bound in bounds)
    assert incumbents == sorted(incumbents, reverse=True)
    assert bounds == sorted(bounds)
    assert seconds == sorted(seconds)
    for optimum in found:
        assert optimum.certificate.value <= min(incumbents, default=np.inf) + ROUNDING * scale


@pytest.mark.parametrize("seed", range(3))
def test_six_nodes(seed: int) -> None:
    space = nasbench101([6])
    rng = np.random.default_rng(seed)
    observed = GraphBatch.of([space.sample(rng) for _ in range(20)])
    kernel = LinearKernel(kernel_maps(space, seed), (1.0,) * len(kernel_maps(space, seed)))
    posterior = FeaturePosterior.of(kernel, observed, rng.standard_normal(20), 0.1)
    task = Task(LowerConfidenceBound((0.0, 1.0, 1.0)[seed]), posterior, space)
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 10)]
    optima = MipOptimizer().minimize(task, 2)
    check(task, optima, truths)
    assert optima[0].certificate.status == "optimal"


@pytest.mark.parametrize("seed", [81, 106])
def test_the_k_best_come_in_order_without_a_start(seed: int) -> None:
    """HiGHS dropped an equality clique in presolve and missed graphs."""
    space = nasbench101([4], max_edges=4)
    rng = np.random.default_rng(seed)
    observed = GraphBatch.of([space.sample(rng) for _ in range(10)])
    kernel = LinearKernel((NodeLabels(5),), (1.0,))
    posterior = FeaturePosterior.of(kernel, observed, rng.standard_normal(10), 0.5)
    task = Task(PosteriorMean(), posterior, space)
    values = [o.certificate.value for o in MipOptimizer(descents=0).minimize(task, 8)]
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 8)]
    assert values == pytest.approx(truths, abs=TOLERANCE)


def test_the_k_best_of_undirected_graphs_with_a_wide_variance() -> None:
    """SCIP calls the same model infeasible: rows of G that differ by six orders of magnitude."""
    space = DIGRAPHS["undirected"]
    rng = np.random.default_rng(106)
    count = int(rng.integers(1, 20))
    noise = float(10 ** rng.uniform(-4, 0))
    weights = (float(10 ** rng.uniform(-1, 1.5)),)
    maps = (ShortestPathLengths(4),)
    posterior = believed(space, maps, 106, count=count, noise=noise, weights=weights)
    task = Task(LowerConfidenceBound(9.0), posterior, space)
    values = [o.certificate.value for o in MipOptimizer().minimize(task, 4)]
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 4)]
    assert values == pytest.approx(truths, abs=TOLERANCE)
