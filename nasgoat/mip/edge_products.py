"""Products of the labels of two edges, as variables (docs/math.md, 6.9).

Every pair of nodes has one of several states: no edge, or an edge with one of the labels. For two
of them, the product of the two one-hot choices has these marginals::

    P1  sum_b p[i,a,j,b] = F[i,a]          P2  sum_a p[i,a,j,b] = F[j,b]

and like the products of 6.2 it is forced by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pyomo.environ as pyo

from nasgoat.mip.handles import Pair, PathHandles, Term
from nasgoat.mip.terms import constant

NO_EDGE = -1
State = tuple[Pair, int]  # of a pair of nodes: its label, or NO_EDGE


@dataclass(frozen=True, slots=True)
class EdgeProducts:
    """``of(first, second)`` = 1 iff two pairs of nodes have these states."""

    states: dict[Pair, dict[int, Term]]  # [pair][state], those that are possible
    p: pyo.Var  # p[i, a, j, b], i < j

    def of(self, first: State, second: State) -> Term:
        """The product of two states of different pairs."""
        (i, a), (j, b) = sorted([first, second])
        if a not in self.states[i] or b not in self.states[j]:
            return 0.0
        return self.p[i, a, j, b]


def states_of(h: PathHandles) -> dict[Pair, dict[int, Term]]:
    """The states of every pair of nodes that can have an edge."""
    found = {}
    for u, v in h.pairs:
        edge = h.edge[u, v]
        if constant(edge) == 0.0:
            continue
        states = {a: term for (i, j, a), term in h.edge_label.items() if (i, j) == (u, v)}
        if constant(edge) is None:
            states[NO_EDGE] = 1.0 - edge
        found[u, v] = states
    return found


def product_count(h: PathHandles) -> int:
    """How many products there are."""
    sizes = [len(states) for states in states_of(h).values()]
    return sum(a * b for a, b in combinations(sizes, 2))


def edge_products(block: pyo.Block, h: PathHandles) -> EdgeProducts:
    """Write P1 and P2."""
    states = states_of(h)
    pairs = list(combinations(states, 2))
    index = [(i, a, j, b) for i, j in pairs for a in states[i] for b in states[j]]
    block.p = pyo.Var(pyo.Set(initialize=index, dimen=6), bounds=(0.0, 1.0))
    p = block.p

    @block.Constraint(pyo.Set(initialize=[(i, j, a) for i, j in pairs for a in states[i]], dimen=5))
    def P1_first(_, u, v, s, t, a):
        i, j = (u, v), (s, t)
        return sum(p[i, a, j, b] for b in states[j]) == states[i][a]

    @block.Constraint(pyo.Set(initialize=[(i, j, b) for i, j in pairs for b in states[j]], dimen=5))
    def P2_second(_, u, v, s, t, b):
        i, j = (u, v), (s, t)
        return sum(p[i, a, j, b] for a in states[i]) == states[j][b]

    return EdgeProducts(states, p)
