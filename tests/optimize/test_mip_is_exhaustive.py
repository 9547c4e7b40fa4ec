"""The MIP finds what exhaustive search finds, on random small problems; failures name the seed."""

from dataclasses import dataclass

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import NoIncumbentError, NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import LinearKernel, NodeLabels, ShortestPathLengths
from nasgoat.mip import ModelOptions
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import CellSpace, MaxEdges, nasbench101, nasbench201, nasbench_graph
from tests.mip.oracles_mip import (
    DIGRAPHS,
    SMALL,
    believed,
    kernel_maps,
    node_space,
    random_acquisition,
)

K = 5
TOLERANCE = 1e-4  # of values, relative above 1: the default gap limit
FALSE = 1e-6  # a bound may exceed the truth by no more: ten times HiGHS's dual tolerance

SPACES: list[CellSpace] = [
    *SMALL.values(),
    *DIGRAPHS.values(),
    nasbench101((3, 4, 5)),
    nasbench101((2, 3)),
    nasbench101([4], max_edges=4),
    nasbench101([5], max_edges=6),
    nasbench101([5]),
    nasbench201("any"),
    nasbench201("source-sink"),
    nasbench_graph(("gcn", "gat", "skip")),
    node_space("mixed", (3, 5), MaxEdges(6)),
]


@dataclass(frozen=True)
class RandomTask:
    """A random task, and how to write its model."""

    task: Task
    options: ModelOptions
    descents: int


def random_task(seed: int) -> RandomTask:
    rng = np.random.default_rng(seed)
    space = SPACES[seed % len(SPACES)]
    maps = kernel_maps(space, int(rng.integers(6)))
    count = int(rng.integers(1, 41))
    draws = [space.sample(rng) for _ in range(count)]  # duplicates are likely
    targets = rng.standard_normal(count) * 10.0 ** rng.uniform(-1, 1)
    if rng.random() < 0.1:
        targets = np.full(count, rng.choice([0.0, 1.0]))
    weights = tuple(float(10.0 ** rng.uniform(-1, np.log10(30))) for _ in maps)
    noise = float(10.0 ** rng.uniform(-4, 0))
    observed = GraphBatch.of(draws, max(space.sizes))
    posterior = FeaturePosterior.of(LinearKernel(maps, weights), observed, targets, noise)
    excluded = [space.sample(rng) for _ in range(int(rng.choice([0, 0, 3, 20])))]
    if rng.random() < 0.5:
        excluded += draws
    excluded = [shuffled(space, graph, rng) for graph in excluded]
    starts = [draws[0]] if rng.random() < 0.5 else []
    task = Task(random_acquisition(posterior, rng), posterior, space, excluded, starts)
    paper = rng.random() < 0.15 and max(space.sizes) < 5
    return RandomTask(
        task, ModelOptions(encoding="paper" if paper else None), int(rng.choice([0, 3]))
    )


def shuffled(space: CellSpace, graph: LabeledGraph, rng: np.random.Generator) -> LabeledGraph:
    """Another numbering of the same architecture."""
    copies = list(space.identity.copies(graph, ordered=space.is_topological))
    return copies[int(rng.integers(len(copies)))]


def check(task: Task, optima: list[Optimum], truths: list[float]) -> float:
    """Compare the optima with the values of all graphs that were left, ascending."""
    space = task.space
    keys = space.keys(GraphBatch.of([optimum.graph for optimum in optima]))
    taken = set(space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    assert len(set(keys)) == len(optima)
    assert not taken & set(keys)
    worst = 0.0
    values = list(truths)
    for optimum in optima:
        certificate = optimum.certificate
        value, bound = certificate.value, certificate.lower_bound
        scale = max(1.0, abs(values[0]))
        assert space.contains(optimum.graph)
        own = float(task.acquisition.values(task.posterior, GraphBatch.of([optimum.graph]))[0])
        assert value == pytest.approx(own, abs=1e-9 * scale)
        assert bound is None or bound <= min(value, values[0] + FALSE * scale)
        if certificate.status == "optimal":
            assert certificate.gap is not None
            assert certificate.gap <= 1e-4 + 1e-12
            worst = max(worst, (value - values[0]) / scale)
        nearest = int(np.argmin(np.abs(np.array(values) - own)))
        assert values.pop(nearest) == pytest.approx(own, abs=1e-6 * scale)
    return worst


def compare(seed: int, limits: Limits = Limits(seconds=20.0)) -> tuple[float, list[str]]:
    """Solve a random task in both ways."""
    drawn = random_task(seed)
    task = drawn.task
    oracle = ExhaustiveOptimizer()
    taken = set(task.space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    left = task.space.size() - len(taken)
    mip = MipOptimizer(options=drawn.options, descents=drawn.descents)
    if left <= 0:
        for optimizer in (oracle, mip):
            with pytest.raises(NothingLeftError):
                optimizer.minimize(task, K, limits)
        return 0.0, []
    if left < K:
        assert len(oracle.minimize(task, K)) == left
        assert len(mip.minimize(task, K, limits)) <= left
    k = min(K, left)
    truths = [optimum.certificate.value for optimum in oracle.minimize(task, left)]
    try:
        optima = mip.minimize(task, k, limits)
    except NoIncumbentError:  # nothing within the limits, nothing claimed
        return 0.0, ["time_limit"] * k
    statuses = [optimum.certificate.status for optimum in optima]
    worst = check(task, optima, truths)
    if statuses == ["optimal"] * k:
        values = [optimum.certificate.value for optimum in optima]
        assert values == pytest.approx(truths[:k], rel=TOLERANCE, abs=TOLERANCE)
    return worst, statuses


QUICK = Limits(seconds=5.0)  # per optimum; what is not proven by then still has a true bound


@pytest.mark.parametrize("seed", range(200))
def test_mip_is_exhaustive(seed: int) -> None:
    worst, _ = compare(seed, QUICK)
    assert worst <= TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(20))
def test_mip_is_exhaustive_at_length(hundred: int) -> None:
    wrong = []
    for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred):
        try:
            worst, _ = compare(seed, Limits(seconds=2.0))
        except Exception as error:
            wrong.append((seed, repr(error)))
        else:
            wrong += [(seed, worst)] if worst > TOLERANCE else []
    assert wrong == []


@pytest.mark.parametrize("seed", range(3))
def test_six_nodes(seed: int) -> None:
    space = nasbench101([6])
    rng = np.random.default_rng(seed)
    observed = GraphBatch.of([space.sample(rng) for _ in range(20)])
    kernel = LinearKernel(kernel_maps(space, seed), (1.0,) * len(kernel_maps(space, seed)))
    posterior = FeaturePosterior.of(kernel, observed, rng.standard_normal(20), 0.1)
    task = Task(LowerConfidenceBound((0.0, 1.0, 1.0)[seed]), posterior, space)
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 10)]
    optima = MipOptimizer().minimize(task, 2, Limits(seconds=60.0))
    assert check(task, optima, truths) <= TOLERANCE
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
