"""The MIP finds what exhaustive search finds, on random small problems; failures name the seed."""

from dataclasses import dataclass

import numpy as np
import pytest

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel
from nasgoat.mip import ModelOptions
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import CellSpace, MaxEdges, nasbench101, nasbench201, nasbench_graph
from tests.mip.oracles_mip import DIGRAPHS, SMALL, kernel_maps, node_space, random_acquisition

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


def shuffled(space: CellSpace, graph: object, rng: np.random.Generator) -> object:
    """Another numbering of the same architecture."""
    copies = list(space.identity.copies(graph, ordered=space.is_topological))  # type: ignore[arg-type]
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
    left = task.space.size() - len(
        {key for key in task.space.keys(GraphBatch.of(task.exclude))} if task.exclude else ()
    )
    mip = MipOptimizer(options=drawn.options, descents=drawn.descents)
    if left < K:
        for optimizer in (oracle, mip):
            with pytest.raises(NothingLeftError):
                optimizer.minimize(task, K, limits)
    if left <= 0:
        return 0.0, []
    k = min(K, left)
    truths = [optimum.certificate.value for optimum in oracle.minimize(task, left)]
    optima = mip.minimize(task, k, limits)
    statuses = [optimum.certificate.status for optimum in optima]
    worst = check(task, optima, truths)
    if statuses == ["optimal"] * k:
        values = [optimum.certificate.value for optimum in optima]
        assert values == pytest.approx(truths[:k], rel=TOLERANCE, abs=TOLERANCE)
    return worst, statuses
