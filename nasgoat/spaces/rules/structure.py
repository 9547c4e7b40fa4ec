"""Rules about edges: order, connections, degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph, reachability
from nasgoat.spaces.rules.base import Flags, Rule, check


@dataclass(frozen=True, slots=True)
class TopologicalOrder(Rule):
    """Acyclic, and indexed so that every edge goes from a lower to a higher index."""

    def holds(self, batch: GraphBatch) -> Flags:
        return ~(batch.adjacency & ~_upper(batch.n)).any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def edge_allowed(self, tail: int, head: int, n: int) -> bool:
        del n
        return tail < head

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        back = next((u, v) for u, v in graph.edges if u > v)
        return f"edge {back[0]} -> {back[1]} goes against the index order; renumber the nodes"


@dataclass(frozen=True, slots=True)
class Acyclic(Rule):
    """No directed cycle; any numbering."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        both_ways = reach & reach.transpose(0, 2, 1) & ~np.eye(batch.n, dtype=np.bool_)
        return ~both_ways.any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        u, v = next((u, v) for u, v in graph.edges if reach[v, u])
        return f"edge {u} -> {v} closes a cycle; the space allows none"


@dataclass(frozen=True, slots=True)
class SingleSource(Rule):
    """Node 0, and no other node, is without predecessor."""

    def holds(self, batch: GraphBatch) -> Flags:
        has_predecessor = batch.adjacency.any(axis=1) | ~batch.exists
        return ~has_predecessor[:, 0] & has_predecessor[:, 1:].all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n
        return self.holds(prefixes) if ordered else np.ones(len(prefixes), dtype=np.bool_)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        sources = np.flatnonzero(~graph.adjacency.any(axis=0)).tolist()
        return f"the nodes without predecessor are {sources}; it must be node 0 alone"


@dataclass(frozen=True, slots=True)
class SingleSink(Rule):
    """The last node, and no other node, is without successor."""

    def holds(self, batch: GraphBatch) -> Flags:
        has_successor = batch.adjacency.any(axis=2)
        last = np.arange(batch.n) == batch.sizes[:, None] - 1
        return (has_successor == (batch.exists & ~last)).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        sinks = np.flatnonzero(~graph.adjacency.any(axis=1)).tolist()
        return f"the nodes without successor are {sinks}; it must be node {graph.n - 1} alone"


@dataclass(frozen=True, slots=True)
class OnPath(Rule):
    """Every node lies on a path from node 0 to the last node (conditions 1b, 1c)."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        to_sink = reach[np.arange(len(batch)), :, batch.sizes - 1]
        return ((reach[:, 0] & to_sink) | ~batch.exists).all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        return SingleSource().may_extend(prefixes, n, ordered=ordered)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        off = np.flatnonzero(~(reach[0] & reach[:, -1])).tolist()
        return f"nodes {off} lie on no path from node 0 to node {graph.n - 1}; connect or drop them"


@dataclass(frozen=True, slots=True)
class SourceReachesSink(Rule):
    """There is a path from node 0 to the last node."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        return reach[np.arange(len(batch)), 0, batch.sizes - 1]

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        return f"no path leads from node 0 to node {graph.n - 1}"


@dataclass(frozen=True, slots=True)
class StronglyConnected(Rule):
    """Every node reaches every other node."""

    def holds(self, batch: GraphBatch) -> Flags:
        both = batch.exists[:, :, None] & batch.exists[:, None, :]
        return (reachability(batch.adjacency) | ~both).all(axis=(1, 2))

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        u, v = np.argwhere(~reach)[0].tolist()
        return f"node {v} cannot be reached from node {u}; every node must reach every other"


@dataclass(frozen=True, slots=True)
class Undirected(Rule):
    """Every edge is there in both directions (a symmetric adjacency matrix)."""

    def holds(self, batch: GraphBatch) -> Flags:
        return (batch.adjacency == batch.adjacency.transpose(0, 2, 1)).all(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        u, v = next((u, v) for u, v in graph.edges if (v, u) not in graph.edges)
        return f"edge {u} -> {v} is there without {v} -> {u}; the space is undirected"


@dataclass(frozen=True, slots=True)
class MaxEdges(Rule):
    """At most ``at_most`` edges (condition 1e)."""

    at_most: int

    def __post_init__(self) -> None:
        check(self.at_most >= 0, self, "a number of edges is at least 0")

    def holds(self, batch: GraphBatch) -> Flags:
        return batch.adjacency.sum(axis=(1, 2)) <= self.at_most

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        return f"graph has {len(graph.edges)} edges, the space allows {self.at_most}; drop some"


@dataclass(frozen=True, slots=True)
class InDegree(Rule):
    """Every interior node (not 0, not the last) has ``at_least`` to ``at_most`` predecessors.

    ``InDegree.exactly(d)`` and ``InDegree(at_most=d)`` are the usual forms.
    """

    at_most: int
    at_least: int = 0

    def __post_init__(self) -> None:
        check(self.at_least >= 0, self, "an in-degree is at least 0")

    @classmethod
    def exactly(cls, d: int) -> InDegree:
        """In-degree ``d``, no more and no less."""
        return cls(d, d)

    def holds(self, batch: GraphBatch) -> Flags:
        degree = batch.adjacency.sum(axis=1)
        nodes = np.arange(batch.n)
        interior = (nodes > 0) & (nodes < batch.sizes[:, None] - 1)
        fits = (degree >= self.at_least) & (degree <= self.at_most)
        return (fits | ~interior).all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        degree = prefixes.adjacency.sum(axis=1)[:, 1 : n - 1]
        enough = (degree >= self.at_least) | (not ordered)
        return (enough & (degree <= self.at_most)).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        degree = graph.adjacency.sum(axis=0)
        v = next(v for v in range(1, graph.n) if not self.at_least <= degree[v] <= self.at_most)
        asked = (
            f"exactly {self.at_most}"
            if self.at_least == self.at_most
            else f"{self.at_least} to {self.at_most}"
        )
        return f"node {v} has {degree[v]} predecessors, interior nodes have {asked}"


def _upper(n: int) -> NDArray[np.bool_]:
    return np.triu(np.ones((n, n), dtype=np.bool_), 1)
