"""Random acquisition tasks on spaces that can be listed, and how to solve them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nasgoat.errors import EmptySpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import LinearKernel
from nasgoat.mip import NO_SYMMETRY, ModelOptions, Symmetry
from nasgoat.optimize import Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import (
    CellSpace,
    InDegree,
    MaxEdges,
    OnPath,
    Rule,
    SingleSink,
    SourceReachesSink,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from tests.mip.oracles_mip import DIGRAPHS, SMALL, kernel_maps, node_space, random_acquisition
from tests.optimize.random_beliefs import acquisition_on, improvement_on, random_posterior
from tests.optimize.random_constraints import random_constraint

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
EXTRA_RULES: list[Rule] = [
    MaxEdges(3),
    MaxEdges(5),
    InDegree(at_most=1),
    InDegree(at_most=2),
    OnPath(),
    SingleSink(),
    SourceReachesSink(),
]
SECONDS = 1.0  # per optimum; what is not proven by then still has a true bound


@dataclass(frozen=True)
class RandomTask:
    """A random task, and how to write its model."""

    task: Task
    options: ModelOptions
    descents: int


@dataclass(frozen=True)
class WideTask(RandomTask):
    """A random task of any kind, and how to solve it.

    Args:
        oracle: the task as enumeration is told of it: constraints say which graphs they allow.
        backend: name of the solver.
        k: how many optima are asked for.
        limits: for each of them.
    """

    oracle: Task
    backend: str
    k: int
    limits: Limits


def random_task(seed: int) -> RandomTask:
    """A linear kernel, and no acquisition function but those that the MIP writes as it is."""
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


def wide_task(seed: int) -> WideTask:
    """All that ``MipOptimizer`` takes: every tenth kernel is exponential, every eighth asks for EI.

    Three tenths of the tasks have a rule more than their space, three tenths a user's constraint.
    """
    rng = np.random.default_rng([seed, 1])
    space = SPACES[int(rng.integers(len(SPACES)))]
    if rng.random() < 0.3:
        space = with_a_rule(space, rng)
    posterior = random_posterior(space, rng, exponential=seed % 10 == 0)
    acquisition = (
        improvement_on(posterior, space, rng) if seed % 8 == 0 else acquisition_on(posterior, rng)
    )
    excluded = [space.sample(rng) for _ in range(int(rng.choice([0, 0, 3, 20])))]
    if rng.random() < 0.4:
        excluded += list(posterior.observed)
    excluded = [shuffled(space, graph, rng) for graph in excluded]
    starts = [posterior.observed[0]] if rng.random() < 0.5 else []
    oracle = Task(acquisition, posterior, space, excluded, starts)
    task = oracle
    if rng.random() < 0.3:
        constraint = random_constraint(space, rng)
        oracle = replace(oracle, constraints=(constraint,))
        told = constraint if rng.random() < 0.8 else replace(constraint, allows=None)
        task = replace(oracle, constraints=(told,))
    backend = str(rng.choice(["highs", "gurobi", "scip"], p=[0.7, 0.15, 0.15]))
    joint = backend != "gurobi" and seed % 4 != 0  # too large for the licence of gurobipy
    return WideTask(
        task,
        replace(random_options(space, rng), joint=joint),
        int(rng.choice([0, 3])),
        oracle,
        backend,
        int(rng.choice([1, 2, 5], p=[0.55, 0.4, 0.05])),
        random_limits(rng),
    )


def with_a_rule(space: CellSpace, rng: np.random.Generator) -> CellSpace:
    """A narrower space, or the same where the rule leaves nothing."""
    narrower = space.with_rules(EXTRA_RULES[int(rng.integers(len(EXTRA_RULES)))])
    try:
        narrower.sample(rng)
    except EmptySpaceError:
        return space
    return narrower


def random_options(space: CellSpace, rng: np.random.Generator) -> ModelOptions:
    """The defaults in half of the cases; the rows of the paper for small graphs only."""
    if rng.random() < 0.5:
        return ModelOptions()
    small = max(space.sizes) < 5
    symmetries: Sequence[Symmetry] = (Symmetry(), Symmetry(columns=False), NO_SYMMETRY)
    return ModelOptions(
        encoding="paper" if small and rng.random() < 0.5 else None,
        symmetry=symmetries[int(rng.integers(3))],
        degree_order=bool(rng.random() < 0.5),
        lookups=bool(rng.random() < 0.5),
        products="paper" if small and rng.random() < 0.3 else "marginals",
    )


def random_limits(rng: np.random.Generator) -> Limits:
    """Seconds enough for most; at times a twentieth of them, few nodes, a wide gap or none."""
    choices = [
        Limits(SECONDS),
        Limits(SECONDS / 20),
        Limits(SECONDS, nodes=3),
        Limits(SECONDS, gap=1e-2),
        Limits(SECONDS, gap=0.0),
    ]
    return choices[int(rng.choice(5, p=[0.72, 0.07, 0.07, 0.07, 0.07]))]


def shuffled(space: CellSpace, graph: LabeledGraph, rng: np.random.Generator) -> LabeledGraph:
    """Another numbering of the same architecture."""
    copies = list(space.identity.copies(graph, ordered=space.is_topological))
    return copies[int(rng.integers(len(copies)))]
