"""Layered encoding of the distances in any graph of a fixed size (docs/math.md, 6.8): no big-M.

For ``u != v`` and ``s = 2 .. n-1``, ``R[u, v, s] = 1`` iff there is a path ``u -> v`` of at most
``s`` edges, and ``R[u, v, 1] = A[u, v]``::

    G1_monotone         R[u,v,s] >= R[u,v,s-1]
    G2_composition      R[u,v,s] >= R[u,w,s-1] + A[w,v] - 1            w != u, v
    G3_support          R[u,v,s] <= A[u,v] + sum_w m[u,w,v,s]
    G4_support_path     m[u,w,v,s] <= R[u,w,s-1]
    G5_support_edge     m[u,w,v,s] <= A[w,v]

``R`` and ``m`` are continuous: they are forced to 0 or 1 once ``A`` is. In an undirected space
``A`` and ``R`` have one variable for both directions. In a strongly connected one ``R[u,v,n-1]`` is
1, and degrees and edges are bounded from below::

    G6_out, G6_in       sum_v A[u,v] >= 1,   sum_u A[u,v] >= 1
    G7_edges            sum A >= n           undirected: n-1 edges
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations

import pyomo.environ as pyo

from nasgoat.mip.handles import OrZero, Pair, PathHandles, Term


@dataclass(frozen=True, slots=True)
class GeneralLayeredEncoding:
    """The variables of the encoding."""

    n: int
    undirected: bool  # A and R are indexed by u < v only
    connected: bool  # every node reaches every other
    A: pyo.Var  # A[u, v] = 1 iff u -> v
    R: pyo.Var  # R[u, v, s] = 1 iff there is a path u -> v of at most s edges; s >= 2
    m: pyo.Var  # m[u, w, v, s] = 1 only if a path of at most s-1 edges leads u -> w, and w -> v

    @property
    def pairs(self) -> list[Pair]:
        """The pairs that ``A`` and ``R`` are indexed by."""
        return _pairs(self.n, self.undirected)

    def edge(self, u: int, v: int) -> Term:
        """1 iff there is the edge ``u -> v``."""
        return self.A[min(u, v), max(u, v)] if self.undirected else self.A[u, v]

    def within(self, u: int, v: int, s: int) -> Term:
        """1 iff there is a path ``u -> v``, ``u != v``, of at most ``s < n`` edges."""
        if s == 0:
            return 0.0
        if s == 1:
            return self.edge(u, v)
        if self.connected and s == self.n - 1:
            return 1.0
        return self.R[min(u, v), max(u, v), s] if self.undirected else self.R[u, v, s]

    def handles(
        self, label: dict[Pair, Term], edge_label: dict[tuple[int, int, int], Term]
    ) -> PathHandles:
        """The encoding as rules and features see it."""
        n, pairs = self.n, list(permutations(range(self.n), 2))
        return PathHandles(
            n=n,
            n_least=n,
            ordered=False,
            exists=dict.fromkeys(range(n), 1.0),
            edge={pair: self.edge(*pair) for pair in pairs},
            reach={pair: self.within(*pair, n - 1) for pair in pairs},
            at_distance=OrZero(
                {
                    (u, v, s): self.within(u, v, s) - self.within(u, v, s - 1)
                    if s > 1
                    else self.edge(u, v)
                    for u, v in pairs
                    for s in range(1, n)
                }
            ),
            label=label,
            edge_label=edge_label,
        )


def general_layered_encoding(
    block: pyo.Block, n: int, *, undirected: bool = False, connected: bool = False
) -> GeneralLayeredEncoding:
    """Write the encoding of graphs with ``n`` nodes onto a block.

    Args:
        block: an empty, constructed Pyomo block.
        n: number of nodes.
        undirected: undirected graphs only.
        connected: strongly connected graphs only.
    """
    pairs = _pairs(n, undirected)
    longest = n - 2 if connected else n - 1  # beyond, R is known
    layers = [(u, v, s) for u, v in pairs for s in range(2, n)]
    middles = [(u, w, v, s) for u, v, s in layers for w in range(n) if w not in (u, v)]

    block.A = pyo.Var(pairs, domain=pyo.Binary)
    block.R = pyo.Var([i for i in layers if i[2] <= longest], bounds=(0.0, 1.0))
    block.m = pyo.Var(middles, bounds=(0.0, 1.0))
    encoding = GeneralLayeredEncoding(n, undirected, connected, block.A, block.R, block.m)
    edge, within, m = encoding.edge, encoding.within, block.m

    @block.Constraint([i for i in layers if i[2] <= longest])
    def G1_monotone(_, u, v, s):
        return within(u, v, s) >= within(u, v, s - 1)

    @block.Constraint([i for i in middles if i[3] <= longest])
    def G2_composition(_, u, w, v, s):
        return within(u, v, s) >= within(u, w, s - 1) + edge(w, v) - 1

    @block.Constraint(layers)
    def G3_support(_, u, v, s):
        return edge(u, v) + sum(m[u, w, v, s] for w in range(n) if w not in (u, v)) >= within(
            u, v, s
        )

    @block.Constraint(middles)
    def G4_support_path(_, u, w, v, s):
        return m[u, w, v, s] <= within(u, w, s - 1)

    @block.Constraint(middles)
    def G5_support_edge(_, u, w, v, s):
        return m[u, w, v, s] <= edge(w, v)

    if connected and n > 1:
        _degrees(block, encoding)
    elif n == 2:

        @block.Constraint()
        def G7_edges(_):  # implied; no edge would be in any row, and solvers would not know it
            return sum(edge(u, v) for u, v in pairs) >= 0

    return encoding


def _degrees(block: pyo.Block, encoding: GeneralLayeredEncoding) -> None:
    """G6 and G7; needed at two nodes, where there is no G3, and implied from three on."""
    nodes, edge = range(encoding.n), encoding.edge

    @block.Constraint(nodes)
    def G6_out(_, u):  # implied from n = 3 on; tightens the LP bound
        return sum(edge(u, v) for v in nodes if v != u) >= 1

    if not encoding.undirected:

        @block.Constraint(nodes)
        def G6_in(_, v):  # implied from n = 3 on; tightens the LP bound
            return sum(edge(u, v) for u in nodes if u != v) >= 1

    least = encoding.n - 1 if encoding.undirected else encoding.n

    @block.Constraint()
    def G7_edges(_):  # implied; tightens the LP bound
        return sum(edge(u, v) for u, v in encoding.pairs) >= least


def _pairs(n: int, undirected: bool) -> list[Pair]:
    return list(combinations(range(n), 2) if undirected else permutations(range(n), 2))
