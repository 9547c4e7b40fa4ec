"""Layered encoding of the distances in a topologically indexed DAG (docs/math.md, 6.1): no big-M.

For ``u < v`` and ``s = 1 .. v-u``, ``R[u, v, s] = 1`` iff there is a path ``u -> v`` of at most
``s`` edges::

    L1  R[u,v,1] = A[u,v]
    L2  R[u,v,s] >= R[u,v,s-1]
    L3  R[u,v,s] >= R[u,w,s-1] + A[w,v] - 1                     u < w < v
    L4  R[u,v,s] <= A[u,v] + sum_w m[u,w,v,s]
    L5  m[u,w,v,s] <= R[u,w,s-1],   m[u,w,v,s] <= A[w,v]

where ``R[u,w,s]`` with ``s > w-u`` means ``R[u,w,w-u]``. ``R`` and ``m`` are continuous: they are
forced to 0 or 1 once ``A`` is.

Pairs between which the space allows no edge have no ``A``; ``R[u, v, s]`` is there up to the
length of the longest path that could lead from ``u`` to ``v``. What is not there is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import pyomo.environ as pyo

from nasgoat.mip.handles import OrZero, Pair, PathHandles, Term


@dataclass(frozen=True, slots=True)
class LayeredEncoding:
    """The variables of the encoding."""

    n: int
    A: pyo.Var  # A[u, v] = 1 iff u -> v; u < v, where the space allows such an edge
    R: pyo.Var  # R[u, v, s] = 1 iff there is a path u -> v of at most s edges; 2 <= s <= longest
    m: pyo.Var  # m[u, w, v, s] = 1 only if a path of at most s-1 edges leads u -> w, and w -> v

    def within(self, u: int, v: int, s: int) -> Term:
        """1 iff there is a path ``u -> v`` of at most ``s`` edges, for any ``s >= 0``."""
        s = min(s, v - u)
        if s <= 0:
            return 1.0 if u == v else 0.0
        while s > 1 and (u, v, s) not in self.R:
            s -= 1  # no path is as long
        return self.R[u, v, s] if s > 1 else self.edge(u, v)

    def edge(self, u: int, v: int) -> Term:
        """1 iff ``u -> v``, ``u < v``."""
        return self.A[u, v] if (u, v) in self.A else 0.0  # noqa: SIM401  (a Var has no get)

    def handles(
        self, label: dict[Pair, Term], edge_label: dict[tuple[int, int, int], Term]
    ) -> PathHandles:
        """The encoding as rules and features see it."""
        pairs = list(combinations(range(self.n), 2))
        backwards = [(v, u) for u, v in pairs]
        distances = [(u, v, 1) for u, v in pairs] + list(self.R)
        return PathHandles(
            n=self.n,
            n_least=self.n,
            ordered=True,
            exists=dict.fromkeys(range(self.n), 1.0),
            edge={pair: self.edge(*pair) for pair in pairs} | dict.fromkeys(backwards, 0.0),
            reach={(u, v): self.within(u, v, v - u) for u, v in pairs}
            | dict.fromkeys(backwards, 0.0),
            at_distance=OrZero(
                {
                    (u, v, s): self.within(u, v, s) - self.within(u, v, s - 1)
                    for u, v, s in distances
                }
            ),
            label=label,
            edge_label=edge_label,
        )


def layered_encoding(
    block: pyo.Block, n: int, allowed: Iterable[Pair] | None = None
) -> LayeredEncoding:
    """Write the encoding of DAGs with ``n`` topologically indexed nodes onto a block.

    Args:
        block: an empty, constructed Pyomo block.
        n: number of nodes.
        allowed: the pairs ``u < v`` between which an edge is possible; all of them if None.
    """
    every = list(combinations(range(n), 2))
    kept = set(every if allowed is None else allowed)
    pairs = [pair for pair in every if pair in kept]
    longest = _longest_paths(n, kept)
    layers = [(u, v, s) for u, v in every for s in range(2, longest[u, v] + 1)]
    middles = [
        (u, w, v, s)
        for u, v, s in layers
        for w in range(u + 1, v)
        if (w, v) in kept and longest[u, w] > 0
    ]

    block.A = pyo.Var(pairs, domain=pyo.Binary)
    block.R = pyo.Var(layers, bounds=(0.0, 1.0))
    block.m = pyo.Var(middles, bounds=(0.0, 1.0))
    encoding = LayeredEncoding(n, block.A, block.R, block.m)
    A, R, m = block.A, block.R, block.m
    within, edge = encoding.within, encoding.edge

    @block.Constraint(layers)
    def L2_monotone(_, u, v, s):
        return R[u, v, s] >= within(u, v, s - 1)

    @block.Constraint(middles)
    def L3_composition(_, u, w, v, s):
        return R[u, v, s] >= within(u, w, s - 1) + A[w, v] - 1

    @block.Constraint(layers)
    def L4_support(_, u, v, s):
        through = sum(m[u, w, v, s] for w in range(u + 1, v) if (u, w, v, s) in m)
        return R[u, v, s] <= edge(u, v) + through

    @block.Constraint(middles)
    def L5_support_path(_, u, w, v, s):
        return m[u, w, v, s] <= within(u, w, s - 1)

    @block.Constraint(middles)
    def L5_support_edge(_, u, w, v, s):
        return m[u, w, v, s] <= A[w, v]

    return encoding


def _longest_paths(n: int, allowed: set[Pair]) -> dict[Pair, int]:
    """Edges of the longest path that could lead from ``u`` to ``v``, 0 if none could."""
    longest: dict[Pair, int] = {}
    for u, v in sorted(combinations(range(n), 2), key=lambda pair: pair[1]):
        lengths = [
            longest[u, w] + 1 for w in range(u + 1, v) if (w, v) in allowed and longest[u, w]
        ]
        longest[u, v] = max([*lengths, int((u, v) in allowed)])
    return longest
