"""When two indexed graphs are the same architecture: identity belongs to the space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from nasgoat.graphs import GraphBatch, LabeledGraph, canonical_orders, index_keys


class Identity(Protocol):
    """Names the classes of indexed graphs that a space does not tell apart."""

    def representatives(self, batch: GraphBatch) -> GraphBatch:
        """One fixed member of each graph's class, in a topological numbering if there is one."""

    def copies(self, graph: LabeledGraph, *, ordered: bool) -> Iterator[LabeledGraph]:
        """Every member of a graph's class once; if ``ordered``, the topologically numbered ones."""


def keys(identity: Identity, batch: GraphBatch) -> list[str]:
    """A string per graph that two graphs share iff they are the same architecture."""
    return index_keys(identity.representatives(batch))


@dataclass(frozen=True, slots=True)
class Indexed:
    """The index of a node means something: every indexed graph is an architecture of its own."""

    def representatives(self, batch: GraphBatch) -> GraphBatch:
        return batch

    def copies(self, graph: LabeledGraph, *, ordered: bool) -> Iterator[LabeledGraph]:
        del ordered
        yield graph


@dataclass(frozen=True, slots=True)
class UpToIsomorphism:
    """Node numbers are only names, but for the ``fixed`` nodes (negative: from the last node)."""

    fixed: tuple[int, ...] = (0, -1)

    def representatives(self, batch: GraphBatch) -> GraphBatch:
        return batch.permuted(canonical_orders(batch, self.fixed))

    def copies(self, graph: LabeledGraph, *, ordered: bool) -> Iterator[LabeledGraph]:
        seen = set()
        kept = {index % graph.n for index in self.fixed}
        for new_index in _numberings(graph, kept, ordered=ordered):
            copy = graph.relabeled(new_index)
            if copy not in seen:
                seen.add(copy)
                yield copy


def _numberings(graph: LabeledGraph, kept: set[int], *, ordered: bool) -> Iterator[list[int]]:
    """All ``new_index`` lists that leave the kept nodes in place (and make edges go upwards)."""
    predecessors: list[set[int]] = [set() for _ in range(graph.n)]
    for u, v in graph.edges if ordered else ():
        predecessors[v].add(u)
    order: list[int] = []  # order[i] = the old node that gets the new index i

    def extend() -> Iterator[list[int]]:
        i = len(order)
        if i == graph.n:
            new_index = [0] * graph.n
            for new, old in enumerate(order):
                new_index[old] = new
            yield new_index
            return
        for v in [i] if i in kept else range(graph.n):
            if v in order or (v in kept and v != i) or not predecessors[v] <= set(order):
                continue
            order.append(v)
            yield from extend()
            order.pop()

    yield from extend()
