"""Random constraints of a user: the same condition as rows and as a test of graphs."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, shortest_distances
from nasgoat.mip import PathHandles, UserConstraint, row
from nasgoat.spaces import CellSpace

Flags = NDArray[np.bool_]


def random_constraint(space: CellSpace, rng: np.random.Generator) -> UserConstraint:
    """A budget in half of the cases, else one that looks at the numbers of nodes."""
    choice = rng.integers(6)
    if choice < 3:
        return budget(space, rng)
    return {3: no_shortcut, 4: first_edge, 5: near}[int(choice)]()


def budget(space: CellSpace, rng: np.random.Generator) -> UserConstraint:
    """Labels and edges have costs; some share of the space keeps to the budget."""
    costs = rng.integers(0, 4, size=len(space.label_names))
    per_edge = int(rng.integers(1, 3))
    with_variable = bool(rng.random() < 0.5)

    def used(batch: GraphBatch) -> NDArray[np.int64]:
        total: NDArray[np.int64] = per_edge * batch.adjacency.sum(axis=(1, 2))
        for label, cost in enumerate(costs):
            if space.node_alphabet:
                total = total + cost * ((batch.node_labels == label) & batch.exists).sum(axis=1)
            else:
                held = (batch.edge_labels == label) & batch.adjacency
                total = total + cost * held.sum(axis=(1, 2))
        return total

    most = float(np.quantile(used(space.listing()), rng.uniform(0.1, 0.9)).round()) + 0.5

    def write(block: pyo.Block, h: PathHandles) -> None:
        total = per_edge * sum(h.edge[pair] for pair in h.pairs)
        total += sum(int(costs[a]) * term for (_, a), term in h.label.items())
        total += sum(int(costs[a]) * term for (_, _, a), term in h.edge_label.items())
        if with_variable:
            block.used = pyo.Var(bounds=(0.0, most))
            block.total = pyo.Constraint(expr=block.used == total)
        else:
            block.total = pyo.Constraint(expr=row(total <= most))

    def allows(batch: GraphBatch) -> Flags:
        return used(batch) <= most

    invariant = bool(rng.random() < 0.7)
    return UserConstraint(write, allows, relabelling_invariant=invariant, name="budget")


def no_shortcut() -> UserConstraint:
    """No edge from the first node to the last one."""

    def write(block: pyo.Block, h: PathHandles) -> None:
        block.none = pyo.Constraint(expr=row(h.edge[0, h.n - 1] <= 0))

    def allows(batch: GraphBatch) -> Flags:
        direct: Flags = batch.adjacency[np.arange(len(batch)), 0, batch.sizes - 1]
        return ~direct

    return UserConstraint(write, allows, name="no shortcut")


def first_edge() -> UserConstraint:
    """An edge from node 0 to node 1: which numbering a graph has matters."""

    def write(block: pyo.Block, h: PathHandles) -> None:
        block.first = pyo.Constraint(expr=row(h.edge[0, 1] >= 1))

    def allows(batch: GraphBatch) -> Flags:
        there: Flags = batch.adjacency[:, 0, 1]
        return there

    return UserConstraint(write, allows, name="first edge")


def near() -> UserConstraint:
    """The last node is at most two edges away from the first one, and node 1 reaches it."""

    def write(block: pyo.Block, h: PathHandles) -> None:
        last = h.n - 1
        steps = range(1, min(3, h.n))
        block.near = pyo.Constraint(expr=row(sum(h.at_distance[0, last, s] for s in steps) >= 1))
        if last > 1:
            block.reached = pyo.Constraint(expr=row(h.reach[1, last] >= 1))

    def allows(batch: GraphBatch) -> Flags:
        distance = shortest_distances(batch.adjacency)
        each, last = np.arange(len(batch)), batch.sizes - 1
        reached = (last <= 1) | (distance[each, np.minimum(1, last), last] < batch.n)
        steps = distance[each, 0, last]
        met: Flags = (steps <= 2) & (steps < batch.n) & reached
        return met

    return UserConstraint(write, allows, name="near")
