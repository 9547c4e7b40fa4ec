"""Random tasks at the edges: units, weights, noises, betas and counts that nobody would choose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel, LinearKernel
from nasgoat.optimize import Task
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.records import Limits
from nasgoat.spaces import (
    CellSpace,
    TopologicalOrder,
    Undirected,
    UpToIsomorphism,
    digraphs,
    nasbench101,
)
from tests.optimize.random_beliefs import random_maps
from tests.optimize.random_constraints import random_constraint
from tests.optimize.random_tasks import SPACES, WideTask, random_options, shuffled, with_a_rule

UNITS = (1e-8, 1e-3, 1.0, 1.0, 1.0, 1e3, 1e8)  # of the targets
BETAS = (0.0, 1e-8, 1e-2, 1.0, 9.0, 100.0, 1e6)
ODD_SPACES: list[CellSpace] = [
    nasbench101((2,)),
    nasbench101((2, 3, 4)),
    CellSpace("one node", (1,), ("a", "b", "c"), (), ()),
    CellSpace("two", (1, 2, 3), ("a", "b"), (), (TopologicalOrder(),), UpToIsomorphism(())),
    digraphs(3, 1),
    digraphs(4, 2, rules=(Undirected(),), up_to_isomorphism=True),
    digraphs(3, 2, up_to_isomorphism=True, node_alphabet=("a", "b")),
]
LIMITS = [
    Limits(1.5),
    Limits(1.5, nodes=2),
    Limits(0.05),
    Limits(1.5, gap=0.0),
    Limits(1.5, gap=1e-2),
]


def extreme_task(seed: int) -> WideTask:
    """A quarter of the kernels are exponential, each backend has a third of the tasks."""
    rng = np.random.default_rng([seed, 77])
    pool = SPACES + ODD_SPACES * 3
    space = pool[int(rng.integers(len(pool)))]
    if rng.random() < 0.3:
        space = with_a_rule(space, rng)
    unit, posterior = extreme_posterior(space, rng, exponential=bool(rng.random() < 0.25))
    acquisition = extreme_acquisition(posterior, unit, rng)
    observed = list(posterior.observed)
    excluded = [space.sample(rng) for _ in range(int(rng.choice([0, 0, 3, 20])))]
    if rng.random() < 0.4:
        excluded += observed
    if rng.random() < 0.05:
        excluded = list(space.listing())
    excluded = [shuffled(space, graph, rng) for graph in excluded]
    starts = observed[:1] if rng.random() < 0.5 else []
    oracle = Task(acquisition, posterior, space, excluded, starts)
    task = oracle
    if rng.random() < 0.3 and min(space.sizes) > 1:
        constraint = random_constraint(space, rng)
        oracle = replace(oracle, constraints=(constraint,))
        told = constraint if rng.random() < 0.7 else replace(constraint, allows=None)
        task = replace(oracle, constraints=(told,))
    return WideTask(
        task,
        random_options(space, rng),
        int(rng.choice([0, 3])),
        oracle,
        k=int(rng.choice([1, 2, 4])),
        backend=str(rng.choice(["highs", "gurobi", "scip"])),
        limits=LIMITS[int(rng.choice(5, p=[0.7, 0.08, 0.08, 0.07, 0.07]))],
    )


def extreme_posterior(
    space: CellSpace, rng: np.random.Generator, *, exponential: bool
) -> tuple[float, FeaturePosterior | KernelPosterior]:
    """The unit of the targets, and a posterior on none to 80 graphs, three tenths repeated."""
    maps = random_maps(space, rng)
    count = int(rng.choice([0, 1, 2, 5, 12, 20] if exponential else [0, 1, 2, 5, 12, 40, 80]))
    graphs = [space.sample(rng) for _ in range(count)]
    if rng.random() < 0.3 and count:
        graphs = [graphs[i] for i in rng.integers(count, size=count)]
    unit = float(rng.choice(UNITS))
    targets = rng.standard_normal(count) * unit
    if rng.random() < 0.1:
        targets = np.full(count, rng.choice([0.0, 1.0])) * unit
    weights = tuple(float(rng.choice([0.01, 0.01, 1, 100, 10 ** rng.uniform(-2, 2)])) for _ in maps)
    noise = float(rng.choice([1e-6, 1e-4, 1e-2, 1.0]))
    observed = GraphBatch.of(graphs, max(space.sizes))
    if not exponential:
        linear = LinearKernel(maps, weights)
        return unit, FeaturePosterior.of(linear, observed, targets, noise)
    bounded = LinearKernel(maps, tuple(min(weight, 5.0) for weight in weights))
    kernel = ExponentialKernel(bounded, float(rng.choice([0.01, 1, 10])))
    return unit, KernelPosterior.of(kernel, observed, targets, noise)


def extreme_acquisition(
    posterior: FeaturePosterior | KernelPosterior, unit: float, rng: np.random.Generator
) -> Acquisition:
    """LCB in five eighths of the cases, else the mean, a Thompson sample or an improvement."""
    choice = int(rng.integers(8))
    if choice < 5:
        return LowerConfidenceBound(float(rng.choice(BETAS)))
    if choice == 5:
        return PosteriorMean()
    if choice == 6 and isinstance(posterior, FeaturePosterior):
        return ThompsonSample.draw(posterior, rng)
    least = float(posterior.targets.min(initial=0.0))
    return ExpectedImprovement(least - float(rng.choice([0, 0, 0.1, 1])) * unit)
