"""``nasgoat solve``: one acquisition problem, on synthetic observations drawn from the seed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import typer

from nasgoat.acquisition import Acquisition
from nasgoat.cli.build import KERNELS, chosen, require
from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.errors import INTERRUPTED
from nasgoat.cli.summary import certificate_lines
from nasgoat.cli.watch import Watch
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import ExponentialKernel, LinearKernel, stacked_features
from nasgoat.optimize import Optimization, Task
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.search import acquisition_rule
from nasgoat.spaces import CellSpace, darts, nasbench101, nasbench201, nasbench_graph
from nasgoat.study import draw
from nasgoat.surrogate import feature_maps_of

FIXED_SPACES: dict[str, Callable[[], CellSpace]] = {
    "nasbench201": nasbench201,
    "nasbench-graph": nasbench_graph,
    "darts": darts,
}
SPACES = ("nasbench101", *FIXED_SPACES)
NOISE = 1e-2  # variance of the observation noise, in units of the targets' variance


@dataclass(frozen=True, slots=True)
class SolveSettings:
    """The options of ``nasgoat solve`` that make the problem; see its help."""

    space: str
    nodes: str
    observations: int
    kernel: str
    acquisition: str
    beta: float
    seed: int
    optimization: Optimization
    features: str | None = None


def execute(settings: SolveSettings, k: int, *, json: bool) -> None:
    """Solve, and print the ``k`` best graphs."""
    optimization = settings.optimization
    with Watch() as watch:
        space = space_of(settings.space, settings.nodes)
        minimizer = optimization.build()
        chosen("kernel", settings.kernel, KERNELS)
        require(optimization, space, settings.kernel, settings.acquisition)
        watch.say("drawing observations")
        task = synthetic_task(space, settings)
        watch.say(f"optimising over {space.name}")
        began = time.perf_counter()
        optima = minimizer.minimize(task, k, optimization.limits, watch.on_progress)
        seconds = time.perf_counter() - began
    if json:
        found = [
            {"graph": one.graph.to_json(), "certificate": one.certificate.to_json()}
            for one in optima
        ]
        print_json({**found[0], "seconds": seconds, **({"optima": found} if k > 1 else {})})
    else:
        for i, one in enumerate(optima, start=1):
            stdout().print(f"\n{i} of {k}" if k > 1 else "")
            stdout().print(draw(one.graph, space), markup=False)
            stdout().print(certificate_lines(one.certificate))
    if any(one.certificate.status == "interrupted" for one in optima):
        stderr().print("interrupted", style="yellow")
        raise typer.Exit(INTERRUPTED)


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
    return FIXED_SPACES[name]()


def _node_counts(text: str) -> list[int]:
    counts: list[int] = []
    for part in text.split(","):
        low, dash, high = part.partition("-")
        try:
            sizes = range(int(low), int(high if dash else low) + 1)
        except ValueError:
            msg = f"--nodes takes numbers like 5, 6,7 or 2-7, got {text!r}"
            raise ValueError(msg) from None
        if not sizes:
            msg = f"the range {part!r} of --nodes is empty; write the smaller number first"
            raise ValueError(msg)
        counts += sizes
    if max(counts) > 10:
        msg = f"nasbench101 cells have 9 edges, so at most 10 nodes, got --nodes {text}"
        raise ValueError(msg)
    if min(counts) < 2:
        msg = f"nasbench101 cells have at least 2 nodes, got --nodes {text}"
        raise ValueError(msg)
    return counts


def synthetic_task(space: CellSpace, settings: SolveSettings) -> Task:
    """An acquisition problem whose observed graphs and targets are drawn from the seed.

    The targets are a draw from a linear-kernel prior with unit weights, standardised, plus noise.

    Raises:
        UnknownNameError: there is no such acquisition function.
    """
    rng = np.random.default_rng(settings.seed)
    maps = feature_maps_of(space, settings.features)
    linear = LinearKernel(maps, (1.0,) * len(maps))
    graphs = _distinct(space, settings.observations, rng)
    batch = GraphBatch.of(graphs, max(space.sizes))
    phi = stacked_features(maps, batch)
    signal = phi @ rng.standard_normal(phi.shape[1])
    spread = signal.std() or 1.0
    noise = np.sqrt(NOISE) * rng.standard_normal(len(graphs))
    targets = (signal - signal.mean()) / spread + noise
    posterior: FeaturePosterior | KernelPosterior
    if settings.kernel == "linear":
        posterior = FeaturePosterior.of(linear, batch, targets, NOISE)
    else:
        posterior = KernelPosterior.of(ExponentialKernel(linear), batch, targets, NOISE)
    rule = acquisition_rule(settings.acquisition, settings.beta)
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
