"""Descent on the acquisition function through a space's neighbors: good starts, no proof."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from nasgoat.errors import EmptySpaceError, EncodingMismatchError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import Task
from nasgoat.optimize.evolve import evolved
from nasgoat.records import AUDIT_TOL, Certificate

FOUNDERS = 16  # random graphs of each node count that an evolution begins with
CHALLENGERS = 64  # random graphs that a certificate is tested on: some 30 ms
KEPT = 20  # graphs of a descent: what a solver knows beforehand it need not find
MAX_STEPS = 50  # of one descent; the neighbor graph of a cell space is a few steps wide


def descend(task: Task, descents: int) -> list[LabeledGraph]:
    """Local minima reached from the best graphs of an evolution, best first, none of them excluded.

    The evolution begins with the task's starts and a few draws from a generator of fixed seed. None
    are found where a constraint is known as rows only.
    """
    if not task.members_known:
        return []
    task = task.narrowed()
    rng = np.random.default_rng(0)  # only good starts are asked for: one stream serves every task
    starts = [graph for n in task.space.sizes for graph in _bred(task, n, descents, rng)]
    if not starts:
        return []
    values = task.acquisition.values(task.posterior, GraphBatch.of(starts))
    taken = set(task.space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    found: dict[str, tuple[float, LabeledGraph]] = {}
    for i in np.argsort(values, kind="stable")[:descents]:
        for value, graph, key in _descent(task, starts[i], float(values[i])):
            if key not in taken:
                found[key] = (value, graph)
    ranked = sorted(found.values(), key=lambda pair: pair[0])
    return [graph for _, graph in ranked[: KEPT * descents]]


def _bred(task: Task, n: int, count: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Good graphs of ``n`` nodes."""
    space = task.space.of_size(n)
    first = [graph for graph in task.starts if space.contains(graph)]
    with suppress(EmptySpaceError):  # members so rare that sampling does not find them
        first += [space.sample(rng) for _ in range(FOUNDERS)]
    if not first:
        return []
    best = evolved(replace(task, space=space), GraphBatch.of(first), rng)
    return list(best.take(slice(0, count)))


def challenge(task: Task, certificate: Certificate) -> None:
    """Look for a graph below a certificate's bound, at random and around the last excluded graph.

    A solver's bound rests on its presolve, its cuts and its arithmetic. This test is cheap, knows
    nothing of them, and has caught solvers. Where a constraint is known as rows only it is left
    out.

    Args:
        task: what was minimised; the last excluded graph is the one that the certificate speaks of.
        certificate: of the graph.

    Raises:
        EncodingMismatchError: a graph that was allowed has a value below the bound.
    """
    if not task.members_known:
        return
    task = task.narrowed()
    rng = np.random.default_rng(0)
    challengers = task.space.neighbors(task.exclude[-1])
    with suppress(EmptySpaceError):
        challengers += [task.space.sample(rng) for _ in range(CHALLENGERS)]
    batch = GraphBatch.of(challengers)
    taken = set(task.space.keys(GraphBatch.of(task.exclude)))
    allowed = [key not in taken for key in task.space.keys(batch)]
    values = task.acquisition.values(task.posterior, batch)[allowed]
    best = float(values.min(initial=np.inf))
    bound = certificate.lower_bound
    if bound is not None and best < bound - AUDIT_TOL * max(1.0, abs(bound)):
        msg = (
            f"{certificate.solver} claims that no graph is below {bound:.9g}, but one has the "
            f"value {best:.9g}: the certificate is refused"
        )
        raise EncodingMismatchError(msg)


def _descent(
    task: Task, graph: LabeledGraph, value: float
) -> list[tuple[float, LabeledGraph, str]]:
    """The graphs passed on the way down, and the neighbors of the last one."""
    path = [(value, graph, task.space.key(graph))]
    for _ in range(MAX_STEPS):
        neighbors = task.space.neighbors(graph)
        if not neighbors:
            break
        batch = GraphBatch.of(neighbors)
        values = task.acquisition.values(task.posterior, batch)
        ranked = zip(values.tolist(), neighbors, task.space.keys(batch), strict=True)
        path += ranked
        best = int(values.argmin())
        if values[best] >= value:
            break
        graph, value = neighbors[best], float(values[best])
    return path
