"""Evolution of whole populations at once: what single edits cannot reach from the best graphs.

At the edge budget of a space, every single edit leads outside: an edge has to go before another can
come. Here every child has one to four random edits, and rules and values are computed for all
children together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.optimize.base import Task
from nasgoat.spaces import SearchSpace, Undirected
from nasgoat.spaces.listing import label_domains

GENERATIONS = 30
PARENTS = 128  # survive a generation
CHILDREN = 32  # of every parent
PATIENCE = 6  # generations without a better graph
MOST_EDITS = 4


def evolved(task: Task, first: GraphBatch, rng: np.random.Generator) -> GraphBatch:
    """The best graphs of an evolution on the acquisition function, best first.

    Args:
        task: its space's rules hold for every graph returned.
        first: graphs of the space, of one node count, to begin with.
        rng: of the edits.
    """
    population = _distinct(first)
    values = task.acquisition.values(task.posterior, population)
    best, waited = np.inf, 0
    for _ in range(GENERATIONS):
        parents = np.repeat(np.arange(len(population)), CHILDREN)
        children = _edited(task.space, population.take(parents), rng)
        joined = _distinct(GraphBatch.concatenate([population, task.space.members(children)]))
        values = task.acquisition.values(task.posterior, joined)
        kept = np.argsort(values, kind="stable")[:PARENTS]
        population, values = joined.take(kept), values[kept]
        waited = 0 if values[0] < best else waited + 1
        best = min(best, float(values[0]))
        if waited == PATIENCE:
            break
    return population.take(np.argsort(values, kind="stable"))


def _edited(space: SearchSpace, batch: GraphBatch, rng: np.random.Generator) -> GraphBatch:
    """One to ``MOST_EDITS`` random changes of every graph, whatever the rules say."""
    adjacency, nodes = batch.adjacency.copy(), batch.node_labels.copy()
    edges = batch.edge_labels.copy()
    edits = rng.integers(1, MOST_EDITS + 1, size=len(batch))
    for turn in range(MOST_EDITS):
        active = edits > turn
        relabel = active & (rng.random(len(batch)) < (0.5 if space.node_alphabet else 0.0))
        _change_labels(space, nodes, np.flatnonzero(relabel), rng)
        _flip_edges(space, adjacency, edges, np.flatnonzero(active & ~relabel), rng)
    edges[~adjacency] = -1
    return GraphBatch(batch.sizes, adjacency, nodes, edges)


def _change_labels(
    space: SearchSpace, labels: NDArray[np.int8], rows: NDArray[np.int64], rng: np.random.Generator
) -> None:
    domains = label_domains(space, labels.shape[1])
    open_nodes = [v for v, domain in enumerate(domains) if len(domain) > 1]
    if not open_nodes:
        return
    chosen = rng.choice(open_nodes, size=len(rows))
    for v in open_nodes:
        here = rows[chosen == v]
        labels[here, v] = rng.choice(domains[v], size=len(here))


def _flip_edges(
    space: SearchSpace,
    adjacency: NDArray[np.bool_],
    labels: NDArray[np.int8],
    rows: NDArray[np.int64],
    rng: np.random.Generator,
) -> None:
    """Add or drop an edge; where edges have labels, one in two edges gets another label instead."""
    n = adjacency.shape[1]
    undirected = any(isinstance(rule, Undirected) for rule in space.rules)
    one_way = space.is_topological or undirected
    tails, heads = np.nonzero(np.triu(np.ones((n, n)), 1) if one_way else 1 - np.eye(n))
    if len(tails) == 0:
        return
    pair = rng.integers(len(tails), size=len(rows))
    u, v = tails[pair], heads[pair]
    there = adjacency[rows, u, v]
    stays = there & (rng.random(len(rows)) < (0.5 if space.edge_alphabet else 0.0))
    adjacency[rows, u, v] = ~there | stays
    if space.edge_alphabet:
        labels[rows, u, v] = rng.integers(len(space.edge_alphabet), size=len(rows))
    if undirected:
        adjacency[rows, v, u] = adjacency[rows, u, v]


def _distinct(batch: GraphBatch) -> GraphBatch:
    parts = (batch.adjacency, batch.node_labels, batch.edge_labels)
    flat = [part.reshape(len(batch), -1).astype(np.int8) for part in parts]
    rows = np.unique(np.concatenate(flat, axis=1), axis=0, return_index=True)[1]
    return batch.take(np.sort(rows))
