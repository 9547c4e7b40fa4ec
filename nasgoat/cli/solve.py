"""``nasgoat solve``: one acquisition problem, on synthetic observations drawn from the seed."""

from __future__ import annotations

import time
from typing import Annotated

import numpy as np
import typer

from nasgoat.acquisition import Acquisition
from nasgoat.cli import options
from nasgoat.cli.build import KERNELS, Optimization, chosen
from nasgoat.cli.console import print_json, stdout
from nasgoat.cli.errors import friendly
from nasgoat.cli.summary import certificate_text
from nasgoat.cli.watch import Watch
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import ExponentialKernel, LinearKernel, stacked_features
from nasgoat.optimize import Task
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.search import acquisition_rule
from nasgoat.spaces import CellSpace, nasbench101, nasbench201, nasbench_graph
from nasgoat.study import draw
from nasgoat.surrogate import feature_maps_of

SPACES = ("nasbench101", "nasbench201", "nasbench-graph")
NOISE = 1e-2  # variance of the observation noise, in units of the targets' variance


def solve(
    space: Annotated[str, typer.Option(help=f"Search space: {', '.join(SPACES)}.")] = "nasbench101",
    nodes: Annotated[
        str, typer.Option(help="Node counts of nasbench101: 5, 6,7 or 2-7; default 6,7.")
    ] = "",
    observations: Annotated[int, typer.Option(min=1, help="Number of observed graphs.")] = 30,
    k: Annotated[int, typer.Option("-k", min=1, help="How many of the best graphs to find.")] = 1,
    kernel: options.Kernel = "linear",
    acquisition: options.AcquisitionName = "lcb",
    beta: options.Beta = 1.0,
    optimizer: options.OptimizerName = None,
    solver: options.SolverName = None,
    threads: options.Threads = 1,
    time_limit: options.TimeLimit = 1800.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Minimise an acquisition function over a search space, with proof.

    The graphs observed are drawn from the space, their targets from the Gaussian process itself.

    Example: nasgoat solve --space nasbench101 --nodes 7 --observations 60 --solver highs
    """
    optimization = Optimization(optimizer, solver, threads, time_limit, gap)
    with friendly(debug=debug), Watch() as watch:
        where = space_of(space, nodes)
        minimizer = optimization.build()
        watch.say("drawing observations")
        task = synthetic_task(where, observations, kernel, acquisition, beta, seed)
        watch.say(f"optimising over {where.name}")
        began = time.perf_counter()
        optima = minimizer.minimize(task, k, optimization.limits, watch.on_progress)
        seconds = time.perf_counter() - began
        watch.status.stop()
        found = [
            {"graph": one.graph.to_json(), "certificate": one.certificate.to_json()}
            for one in optima
        ]
        if json:
            print_json({**found[0], "seconds": seconds, **({"optima": found} if k > 1 else {})})
            return
        for one in optima:
            stdout().print("\n" + draw(one.graph, where), markup=False)
            stdout().print(certificate_text(one.certificate), soft_wrap=True)


def space_of(name: str, nodes: str) -> CellSpace:
    """A search space by name, nasbench101 with the given node counts.

    Raises:
        UnknownNameError: there is no such space.
        ValueError: the node counts cannot be read, or are given for a space that has but one.
    """
    chosen("space", name, SPACES)
    if name == "nasbench101":
        return nasbench101(_node_counts(nodes)) if nodes else nasbench101()
    if nodes:
        msg = f"the graphs of {name} have one size; leave --nodes out"
        raise ValueError(msg)
    return nasbench201() if name == "nasbench201" else nasbench_graph()


def _node_counts(text: str) -> list[int]:
    counts: list[int] = []
    for part in text.split(","):
        low, dash, high = part.partition("-")
        try:
            counts += range(int(low), int(high if dash else low) + 1)
        except ValueError:
            msg = f"--nodes takes numbers like 5, 6,7 or 2-7, got {text!r}"
            raise ValueError(msg) from None
    if not counts or min(counts) < 2:
        msg = f"nasbench101 cells have at least 2 nodes, got --nodes {text}"
        raise ValueError(msg)
    return counts


def synthetic_task(
    space: CellSpace, observations: int, kernel: str, acquisition: str, beta: float, seed: int
) -> Task:
    """An acquisition problem whose observed graphs and targets are drawn from the seed.

    The targets are a draw from a linear-kernel prior with unit weights, standardised, plus noise.

    Raises:
        UnknownNameError: there is no such kernel or acquisition function.
    """
    rng = np.random.default_rng(seed)
    chosen("kernel", kernel, KERNELS)
    maps = feature_maps_of(space)
    linear = LinearKernel(maps, (1.0,) * len(maps))
    graphs = _distinct(space, observations, rng)
    batch = GraphBatch.of(graphs, max(space.sizes))
    phi = stacked_features(maps, batch)
    signal = phi @ rng.standard_normal(phi.shape[1])
    spread = signal.std() or 1.0
    noise = np.sqrt(NOISE) * rng.standard_normal(len(graphs))
    targets = (signal - signal.mean()) / spread + noise
    posterior: FeaturePosterior | KernelPosterior
    if kernel == "linear":
        posterior = FeaturePosterior.of(linear, batch, targets, NOISE)
    else:
        posterior = KernelPosterior.of(ExponentialKernel(linear), batch, targets, NOISE)
    rule = acquisition_rule(acquisition, beta)
    function: Acquisition = rule(posterior, float(targets.min()), rng)
    starts = [graphs[i] for i in np.argsort(targets)[:5]]
    return Task(function, posterior, space, graphs, starts)


def _distinct(space: CellSpace, count: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Up to ``count`` distinct graphs; fewer where the space seems to hold no more."""
    found: dict[str, LabeledGraph] = {}
    for _ in range(50 * count):
        graph = space.sample(rng)
        found.setdefault(space.key(graph), graph)
        if len(found) == count:
            break
    return list(found.values())
