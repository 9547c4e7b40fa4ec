"""Rules of architectures that are several graphs side by side, such as a pair of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.rules.base import Flags, Rule, check


@dataclass(frozen=True, slots=True)
class Parts(Rule):
    """The nodes are several graphs side by side: no edge leads from one part to another.

    Args:
        sizes: number of nodes of each part; the first part has the first nodes, and so on.
    """

    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))
        check(min(self.sizes, default=0) >= 1, self, "there are parts, of at least 1 node each")

    @property
    def relabelling_invariant(self) -> bool:  # type: ignore[override]
        """Renumbering can mix the parts, unless there is only one."""
        return len(self.sizes) == 1

    @property
    def part_of(self) -> NDArray[np.int64]:
        """``(n,)``, the part that each node is in."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def holds(self, batch: GraphBatch) -> Flags:
        fits = batch.sizes == sum(self.sizes)
        parts = self.part_of[: batch.n]
        parts = np.concatenate([parts, np.full(batch.n - len(parts), -1)])
        across = parts[:, None] != parts
        return fits & ~(batch.adjacency & across).any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del ordered
        parts = self.part_of[: prefixes.n]
        if n != sum(self.sizes):
            return np.zeros(len(prefixes), dtype=np.bool_)
        return ~(prefixes.adjacency & (parts[:, None] != parts)).any(axis=(1, 2))

    def edge_allowed(self, tail: int, head: int, n: int) -> bool:
        parts = self.part_of
        return n == len(parts) and bool(parts[tail] == parts[head])

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        if graph.n != sum(self.sizes):
            return f"graph has {graph.n} nodes, its parts have {self.sizes}"
        parts = self.part_of
        u, v = next((u, v) for u, v in graph.edges if parts[u] != parts[v])
        return f"edge {u} -> {v} leads from part {parts[u]} to part {parts[v]}; parts do not touch"


@dataclass(frozen=True, slots=True)
class InDegrees(Rule):
    """Node ``v`` has exactly ``degrees[v]`` predecessors.

    Args:
        degrees: one number per node; 0 for a node that is an input.
    """

    degrees: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "degrees", tuple(self.degrees))
        n = len(self.degrees)
        right = n >= 1 and all(0 <= degree < n for degree in self.degrees)
        check(right, self, "an in-degree is at least 0 and less than the number of nodes")

    @property
    def relabelling_invariant(self) -> bool:  # type: ignore[override]
        """Only where all inner nodes are asked for the same."""
        return len(set(self.degrees[1:-1])) <= 1

    def holds(self, batch: GraphBatch) -> Flags:
        fits = batch.sizes == len(self.degrees)
        asked = np.zeros(batch.n, dtype=np.int64)
        kept = min(batch.n, len(self.degrees))
        asked[:kept] = self.degrees[:kept]
        return fits & (batch.adjacency.sum(axis=1) == asked).all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        if n != len(self.degrees):
            return np.zeros(len(prefixes), dtype=np.bool_)
        asked = np.array(self.degrees)[: prefixes.n]
        degree = prefixes.adjacency.sum(axis=1)
        return ((degree == asked) | ((degree < asked) & (not ordered))).all(axis=1)

    def edge_allowed(self, tail: int, head: int, n: int) -> bool:
        del tail
        return n == len(self.degrees) and self.degrees[head] > 0

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        if graph.n != len(self.degrees):
            return f"graph has {graph.n} nodes, in-degrees are given for {len(self.degrees)}"
        degree = graph.adjacency.sum(axis=0).tolist()
        v = next(v for v in range(graph.n) if degree[v] != self.degrees[v])
        return f"node {v} has {degree[v]} predecessors, it must have {self.degrees[v]}"
