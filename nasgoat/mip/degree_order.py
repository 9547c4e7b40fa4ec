"""Symmetry rows of graphs without a topological order: nodes sorted by label and degrees.

Sorting the free nodes of any graph by (label, key) gives a numbering with, for consecutive ones,

::

    G8_labels           label(u) <= label(v)
    G9_degrees          key(u)   <= key(v) + n^2 (label(v) - label(u))

where ``key(v) = n outdegree(v) + indegree(v) < n^2``, in an undirected space the degree. Legal only
where every rule, feature and further constraint is invariant under all renumberings of the free
nodes (docs/math.md, 6.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pyomo.environ as pyo

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    LabelBudget,
    MaxEdges,
    MaxLabelCount,
    Rule,
    StronglyConnected,
    Undirected,
    UpToIsomorphism,
)

MAX_COPIES = 50_000  # numberings of one graph, a row each to exclude it
# Rules that any renumbering leaves as they are, not only one of interior nodes.
NUMBERLESS: frozenset[type[Rule]] = frozenset(
    {Acyclic, LabelBudget, MaxEdges, MaxLabelCount, StronglyConnected, Undirected}
)


@dataclass(frozen=True, slots=True)
class DegreeOrder:
    """Rows G8 and G9.

    Args:
        free: the nodes that are sorted, ascending.
    """

    free: tuple[int, ...]

    def holds(self, graph: LabeledGraph) -> bool:
        """Whether a graph meets the rows."""
        ranks = _ranks(graph)
        return all(ranks[u] <= ranks[v] for u, v in pairwise(self.free))

    def sorted(self, graph: LabeledGraph) -> LabeledGraph:
        """A copy of a graph that meets the rows."""
        ranks = _ranks(graph)
        new_index = list(range(graph.n))
        order = sorted(self.free, key=ranks.__getitem__)
        for slot, node in zip(self.free, order, strict=True):
            new_index[node] = slot
        return graph.relabeled(new_index)

    def copies(self, graph: LabeledGraph) -> Iterator[LabeledGraph]:
        """Every copy of a graph that meets the rows, once: nodes of equal rank change places.

        Raises:
            NoEncodingError: too many nodes are alike.
        """
        ranks = _ranks(self.sorted(graph))
        swaps = [_swapped(graph.n, u, v) for u, v in pairwise(self.free) if ranks[u] == ranks[v]]
        first = self.sorted(graph)
        seen, left = {first}, [first]
        while left:
            copy = left.pop()
            yield copy
            found = {copy.relabeled(swap) for swap in swaps} - seen
            seen |= found
            left += found
            if len(seen) > MAX_COPIES:
                msg = (
                    f"a graph of {graph.n} nodes has more than {MAX_COPIES:,} numberings to "
                    "exclude, as so many nodes have the same label and degrees: use fewer nodes, "
                    "or a space with the identity Indexed()"
                )
                raise NoEncodingError(msg)


def degree_order(space: CellSpace) -> DegreeOrder | None:
    """The rows that a space of one node count allows, if any."""
    identity, n = space.identity, space.sizes[0]
    if space.is_topological or not isinstance(identity, UpToIsomorphism):
        return None
    if not {type(rule) for rule in space.rules} <= NUMBERLESS:
        return None
    kept = {index % n for index in identity.fixed}
    return DegreeOrder(tuple(v for v in range(n) if v not in kept))


def encode_degree_order(order: DegreeOrder, block: pyo.Block, h: PathHandles) -> None:
    """Write the rows onto a block."""
    nodes, n_labels = range(h.n), 1 + max((a for _, a in h.label), default=0)
    undirected = h.undirected
    consecutive = list(pairwise(order.free))
    label = {v: sum(a * h.label[v, a] for a in range(1, n_labels)) for v in order.free}

    def key(v: int) -> Term:
        leaving = sum(h.edge[v, w] for w in nodes if w != v)
        if undirected:
            return leaving
        return h.n * leaving + sum(h.edge[w, v] for w in nodes if w != v)

    if n_labels > 1:

        @block.Constraint(consecutive)
        def G8_labels(_, u, v):
            return label[u] <= label[v]

    @block.Constraint(consecutive)
    def G9_degrees(_, u, v):
        most = h.n if undirected else h.n**2
        return key(u) <= key(v) + float(most) * (label[v] - label[u])


def _ranks(graph: LabeledGraph) -> list[tuple[int, int]]:
    """What the rows sort by: label, then key."""
    keys = [0] * graph.n
    for u, v in graph.edges:
        keys[u] += graph.n
        keys[v] += 1
    return list(zip(graph.node_labels or (0,) * graph.n, keys, strict=True))


def _swapped(n: int, u: int, v: int) -> list[int]:
    """The renumbering that swaps two nodes."""
    return [v if w == u else u if w == v else w for w in range(n)]
