"""Descent on the acquisition function through a space's neighbors: good starts, no proof."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from nasgoat.errors import EmptySpaceError, EncodingMismatchError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import Task
from nasgoat.records import AUDIT_TOL, Certificate

CHALLENGERS = 64  # random graphs that a certificate is tested on: some 30 ms
MAX_STEPS = 50  # of one descent; the neighbor graph of a cell space is a few steps wide


def descend(task: Task, descents: int) -> list[LabeledGraph]:
    """Local minima reached from the best starts of a task, best first, none of them excluded.

    Starts are the task's, ranked by acquisition value; draws from a generator of fixed seed fill
    up.
    """
    rng = np.random.default_rng(0)  # only good starts are asked for: one stream serves every task
    starts = [graph for graph in task.starts if task.space.contains(graph)]
    with suppress(EmptySpaceError):  # members so rare that sampling does not find them
        starts += [task.space.sample(rng) for _ in range(descents)]
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
    return [graph for _, graph in ranked[: 2 * descents]]


def challenge(task: Task, certificate: Certificate) -> None:
    """Look for a graph below a certificate's bound, at random and around the last excluded graph.

    A solver's bound rests on its presolve, its cuts and its arithmetic. This test is cheap, knows
    nothing of them, and has caught solvers.

    Args:
        task: what was minimised; the last excluded graph is the one that the certificate speaks of.
        certificate: of the graph.

    Raises:
        EncodingMismatchError: a graph that was allowed has a value below the bound.
    """
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
