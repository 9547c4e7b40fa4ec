"""Descent on the acquisition function through a space's neighbors: good starts, no proof."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from nasgoat.errors import EmptySpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import Task

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
