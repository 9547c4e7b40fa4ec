"""Restrictions of Graph-Encoding to fewer graphs.

Each function writes one defining family of rows. With ``presolve`` it also settles what that family
determines: variables are fixed, and rows that can no longer bind are switched off.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from nasgoat.mip.graph_encoding import GraphEncoding, settle

PAIR_ROWS = (
    "C2_edge",
    "C2_reach",
    "C2_distance_tail",
    "C2_distance_head",
    "C4_reach",
    "C4_upper",
    "C4_lower",
    "C5_upper",
    "C5_lower",
    "C7_upper",
    "C7_lower",
)
TRIPLE_ROWS = ("C6_path", "C6_reach", "C8_triangle_upper", "C8_triangle_lower")


def acyclic(encoding: GraphEncoding) -> None:
    """Directed acyclic graphs in any numbering: no two nodes reach each other."""
    r = encoding.r

    @encoding.block.Constraint(list(combinations(range(encoding.n), 2)))
    def DAG_one_way(_, u, v):
        return r[u, v] + r[v, u] <= 1


def topological(encoding: GraphEncoding, *, presolve: bool = True) -> None:
    """Directed acyclic graphs whose edges go from lower to higher indices (1a, 2a).

    Presolve leaves ``n (n - 1) / 2`` pairs and ``n (n - 1) (n - 2) / 6`` triples ``u < w < v``:
    there is no path backwards, and none of more than ``v - u`` edges.
    """
    n, A, r, d, delta = encoding.n, encoding.A, encoding.r, encoding.d, encoding.delta
    backwards = [(u, v) for u, v in encoding.pairs if u > v]

    @encoding.block.Constraint(backwards)
    def TOP_edge(_, u, v):
        return A[u, v] == 0

    if not presolve:
        return
    settle(encoding.block.TOP_edge)
    for u, v in backwards:
        r[u, v].fix(0)
        d[u, v].fix(n)
    for u, v, w in encoding.triples:
        if not u < w < v:
            delta[u, v, w].fix(0)
    for u, v in encoding.pairs:
        longest = v - u if u < v else 0
        for s in range(longest + 1, n):
            encoding.is_at[u, v, s].fix(0)
        if u > v:
            encoding.is_at[u, v, n].fix(1)
    _keep_pairs(encoding, lambda u, v: u < v)
    _keep_triples(encoding, lambda u, v, w: u < w < v)


def undirected(encoding: GraphEncoding, *, presolve: bool = True) -> None:
    """Undirected graphs: a symmetric adjacency matrix.

    The symmetry of paths follows. Presolve states it, and leaves one of each two rows that are then
    mirror images of each other.
    """
    n, A, r, d, delta = encoding.n, encoding.A, encoding.r, encoding.d, encoding.delta
    b, unordered = encoding.block, list(combinations(range(encoding.n), 2))

    @b.Constraint(unordered)
    def UND_edge(_, u, v):
        return A[u, v] == A[v, u]

    if not presolve:
        return

    @b.Constraint(unordered)
    def UND_reach(_, u, v):
        return r[u, v] == r[v, u]

    @b.Constraint(unordered)
    def UND_distance(_, u, v):
        return d[u, v] == d[v, u]

    @b.Constraint(unordered, range(n))
    def UND_path(_, u, v, w):
        return delta[u, v, w] == delta[v, u, w]

    _keep_pairs(encoding, lambda u, v: u < v)
    _keep_triples(encoding, lambda u, v, _: u < v)


def strongly_connected(encoding: GraphEncoding, *, presolve: bool = True) -> None:
    """Every existing node reaches every other.

    With a fixed size presolve sets ``r`` to 1 and bounds ``d`` by ``n - 1``; C5 and C6 say nothing
    more and go. What is left is BoGrape's encoding of connected graphs, with ``A``, ``d`` and
    ``delta`` alone.
    """
    n, A, r, d = encoding.n, encoding.A, encoding.r, encoding.d
    b = encoding.block

    @b.Constraint(encoding.pairs)
    def CON_reach(_, u, v):
        return r[u, v] >= A[u, u] + A[v, v] - 1

    if encoding.n0 < n or not presolve:
        return
    for u, v in encoding.pairs:
        r[u, v].fix(1)
        d[u, v].setub(n - 1)
        encoding.is_at[u, v, n].fix(0)
    for family in ("C2_reach", "C4_reach", "C5_upper", "C5_lower", "C6_path", "C6_reach"):
        b.component(family).deactivate()


def _keep_pairs(encoding: GraphEncoding, matters: Callable[[int, int], bool]) -> None:
    """Switch off the rows of all other pairs."""
    for family in PAIR_ROWS:
        for pair, row in encoding.block.component(family).items():
            if not matters(*pair):
                row.deactivate()


def _keep_triples(encoding: GraphEncoding, matters: Callable[[int, int, int], bool]) -> None:
    """Switch off the rows of all other triples ``u, v, w``."""
    for family in TRIPLE_ROWS:
        for triple, row in encoding.block.component(family).items():
            if not matters(*triple):
                row.deactivate()
