"""Decoded graphs against the rules of their space: valid, repaired or refused, and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph, index_keys, reachability
from nasgoat.spaces import OnPath, SearchSpace

EDITS = 2  # single edits that a repair may take: some thousand graphs of 8 nodes
MOST = 20_000  # graphs that a repair looks at; about a second


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of decoded graphs.

    Args:
        graphs: one per decoded graph, a member of the space or None where it was refused.
        valid: how many were members as they were decoded.
        repaired: how many others a repair made members.
    """

    graphs: tuple[LabeledGraph | None, ...]
    valid: int
    repaired: int

    @property
    def refused(self) -> int:
        """How many are no members and could not be repaired."""
        return len(self.graphs) - self.valid - self.repaired

    @property
    def members(self) -> list[LabeledGraph]:
        """Those that are left."""
        return [graph for graph in self.graphs if graph is not None]


def checked(space: SearchSpace, decoded: GraphBatch, *, repair: bool = True) -> Checked:
    """Hold decoded graphs against the rules of a space.

    Where the space wants all nodes on paths from the first to the last one, the others are dropped
    first, as the benchmarks do. What is still no member becomes the first member that one edit
    leads to (an edge more, less or relabelled, another label), or two edits.

    Args:
        space: says what is a member.
        decoded: acyclic graphs, numbered along their edges, with labels of the space.
        repair: whether to try; else whatever breaks a rule is refused.
    """
    valid = are_members(space, decoded)
    graphs: list[LabeledGraph | None] = []
    repaired = 0
    for i, fits in enumerate(valid.tolist()):
        found = decoded[i] if fits else _repaired(space, decoded[i]) if repair else None
        repaired += not fits and found is not None
        graphs.append(found)
    return Checked(tuple(graphs), int(valid.sum()), repaired)


def are_members(space: SearchSpace, batch: GraphBatch) -> NDArray[np.bool_]:
    """``(N,)``: which graphs are members; labels are taken as right, sizes are not."""
    fits = np.isin(batch.sizes, space.sizes)
    inside = set(index_keys(space.members(batch.take(fits)))) if fits.any() else set()
    return np.array([key in inside for key in index_keys(batch)], dtype=np.bool_) & fits


def _repaired(space: SearchSpace, graph: LabeledGraph) -> LabeledGraph | None:
    """The nearest member, None where there is none within ``EDITS``."""
    if any(isinstance(rule, OnPath) for rule in space.rules):
        graph = on_paths(graph)
    if graph.n not in space.sizes:
        return None
    reached = GraphBatch.of([graph])
    for _ in range(EDITS + 1):
        if len(members := space.members(reached)):
            return members[0]
        reached = _edited(space, reached)
    return None


def on_paths(graph: LabeledGraph) -> LabeledGraph:
    """The graph without nodes that lie on no path from the first to the last node.

    The graph itself where no path leads from the first to the last node.
    """
    batch = GraphBatch.of([graph])
    reach = reachability(batch.adjacency)[0]
    if not reach[0, -1]:
        return graph
    kept = np.flatnonzero(reach[0] & reach[:, -1])
    square = np.ix_(kept, kept)
    labels = None if graph.node_labels is None else [graph.node_labels[v] for v in kept]
    edge_labels = None if graph.edge_labels is None else batch.edge_labels[0][square]
    return LabeledGraph.from_adjacency(batch.adjacency[0][square], labels, edge_labels)


def _edited(space: SearchSpace, batch: GraphBatch) -> GraphBatch:
    """What one edit makes of graphs of one size, repeats included: labels first, then edges.

    At most ``MOST`` graphs.
    """
    n, labels = batch.n, len(space.node_alphabet)
    tails, heads = np.triu_indices(n, 1)
    kinds = 1 + max(len(space.edge_alphabet), 1)
    relabelled = n * max(labels - 1, 0)
    edits = relabelled + len(tails) * (kinds - 1)
    new = batch.take(np.repeat(np.arange(len(batch)), edits)[:MOST])
    rows = np.arange(len(new))
    place = rows % edits
    of_node = place < relabelled
    r, e = rows[of_node], place[of_node]
    if labels:
        v, step = e // (labels - 1), e % (labels - 1) + 1
        new.node_labels[r, v] = (new.node_labels[r, v] + step) % labels
    r, e = rows[~of_node], place[~of_node] - relabelled
    u, v, step = tails[e // (kinds - 1)], heads[e // (kinds - 1)], e % (kinds - 1) + 1
    now = np.where(new.adjacency[r, u, v], np.maximum(new.edge_labels[r, u, v], 0) + 1, 0)
    kind = (now + step) % kinds
    new.adjacency[r, u, v] = kind > 0
    new.edge_labels[r, u, v] = kind - 1 if space.edge_alphabet else -1
    return new
