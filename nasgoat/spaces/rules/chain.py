"""The rule of networks that are a chain of layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.rules.base import Flags, Rule


@dataclass(frozen=True, slots=True)
class Chain(Rule):
    """Every node feeds the next one, and only the second to last node feeds the last.

    In a topological order no other numbering of such a graph is one.

    Args:
        skips: whether nodes may feed others beside the next, the last node aside.
    """

    skips: bool = False

    def holds(self, batch: GraphBatch) -> Flags:
        n = batch.n
        last = batch.sizes[:, None, None] - 1
        tails, heads = np.arange(n)[:, None], np.arange(n)
        steps = (heads == tails + 1) & (heads <= last)
        barred = ~steps & (heads == last) if self.skips else ~steps
        broken: NDArray[np.bool_] = (steps & ~batch.adjacency) | (barred & batch.adjacency)
        return ~broken.any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del ordered
        if self.skips and prefixes.n < n:  # the last of a prefix is no sink yet
            k = np.arange(prefixes.n - 1)
            return prefixes.adjacency[:, k, k + 1].all(axis=1)
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        missing = [v for v in range(graph.n - 1) if (v, v + 1) not in graph.edges]
        if missing:
            return f"node {missing[0]} does not feed node {missing[0] + 1}; the space is a chain"
        u, v = next(
            (u, v) for u, v in graph.edges if v != u + 1 and (v == graph.n - 1 or not self.skips)
        )
        return f"edge {u} -> {v} leaves the chain; the space does not allow it"
