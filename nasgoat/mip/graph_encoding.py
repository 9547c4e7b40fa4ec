"""Graph-Encoding: any directed graph, its reachability and its shortest paths as linear rows.

The feasible points are exactly the graphs of ``n0 .. n`` nodes: each adjacency matrix has one
point, with the values of ``nasgoat.graphs.paths``. Restrictions to fewer graphs are in
``nasgoat.mip.restrictions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

import pyomo.environ as pyo

from nasgoat.mip.handles import OrZero, Pair, PathHandles, Term
from nasgoat.mip.terms import constant

# Families that cut off no integer point, singly or together, as long as one family of C2 stays.
IMPLIED = frozenset(
    {
        "C2_edge",
        "C2_reach",
        "C2_distance_tail",
        "C2_distance_head",
        "C4_reach",
        "C5_upper",
        "C6_path",
        "C6_reach",
        "C7_upper",
    }
)


@dataclass(frozen=True, slots=True)
class GraphEncoding:
    """The variables of a graph of ``n0 .. n`` nodes; indices run over ``range(n)``."""

    block: pyo.Block  # the Pyomo block that holds the variables and rows
    n: int  # largest node count; stands for infinity in d
    n0: int  # least node count
    A: pyo.Var  # A[u, v] = 1 iff there is the edge u -> v; A[v, v] = 1 iff node v exists
    r: pyo.Var  # r[u, v] = 1 iff v can be reached from u; r[v, v] = 1
    d: pyo.Var  # d[u, v] = hops of a shortest path u -> v, n if there is none; d[v, v] = 0
    delta: pyo.Var  # delta[u, v, w] = 1 iff w is on some shortest path u -> v; its ends are
    is_at: pyo.Var  # is_at[u, v, s] = 1 iff d[u, v] = s, u != v, 1 <= s <= n

    @property
    def pairs(self) -> list[Pair]:
        """All ordered pairs ``u != v``."""
        return list(permutations(range(self.n), 2))

    @property
    def triples(self) -> list[tuple[int, int, int]]:
        """All ordered triples ``u, v, w`` without a repeat."""
        return list(permutations(range(self.n), 3))

    def handles(
        self,
        label: Mapping[Pair, Term] | None = None,
        edge_label: Mapping[tuple[int, int, int], Term] | None = None,
    ) -> PathHandles:
        """What rules and features see; fixed variables appear as plain numbers.

        Call it after the restrictions, which fix variables.

        Args:
            label: ``[v, a]`` = 1 iff node ``v`` has label ``a``.
            edge_label: ``[u, v, a]`` = 1 iff the edge ``u -> v`` has label ``a``.
        """
        finite = range(1, self.n)
        return PathHandles(
            n=self.n,
            n_least=self.n0,
            ordered=all(constant(self.A[u, v]) == 0.0 for u, v in self.pairs if u > v),
            exists={v: _known(self.A[v, v]) for v in range(self.n)},
            edge={(u, v): _known(self.A[u, v]) for u, v in self.pairs},
            reach={(u, v): _known(self.r[u, v]) for u, v in self.pairs},
            at_distance=OrZero(
                {(u, v, s): _known(self.is_at[u, v, s]) for u, v in self.pairs for s in finite}
            ),
            label=label or {},
            edge_label=edge_label or {},
        )


def _known(variable: pyo.Var) -> Term:
    """The number that a variable is fixed to, or the variable if it is free."""
    number = constant(variable)
    return variable if number is None else number


def settle(rows: pyo.Constraint) -> None:
    """Fix the variable of every row ``variable == number``.

    The row stays and says why: compiled, it is empty, and infeasible under its own name if the
    variable is fixed to another number later.
    """
    for row in rows.values():
        row.body.fix(pyo.value(row.upper))


def graph_encoding(
    block: pyo.Block,
    n: int,
    n0: int | None = None,
    *,
    integer_distances: bool = False,
    presolve: bool = True,
) -> GraphEncoding:
    """Write conditions C1 to C8 and the distance indicators on a block.

    The conditions are those of NAS-GOAT's appendix A, the indicators those of its appendix B. A
    point meets them iff ``A`` is the adjacency matrix of a graph of ``n0 .. n`` nodes, the first
    ones, its diagonal says which nodes exist, and

    * ``r``, ``d``, ``delta`` are the graph's ``reachability``, ``shortest_distances`` and
      ``on_shortest_path`` (``nasgoat.graphs``), where absent nodes are isolated ones;
    * ``is_at[u, v, s] = (d[u, v] == s)``.

    Args:
        block: an empty, constructed Pyomo block.
        n: largest number of nodes.
        n0: least number of nodes, ``n`` if None.
        integer_distances: declare ``d`` integer. There is no need to: the rows force every ``d`` to
            0, 1, ``n`` or a sum of two smaller ones. It is there for counting and comparisons.
        presolve: fix the variables that C1, C3 and C7 determine.

    Raises:
        ValueError: not ``1 <= n0 <= n``.
    """
    n0 = n if n0 is None else n0
    if not 1 <= n0 <= n:
        msg = f"a graph encoding needs 1 <= n0 <= n, got n0={n0} and n={n}"
        raise ValueError(msg)
    nodes = range(n)
    block.A = pyo.Var(nodes, nodes, domain=pyo.Binary)
    block.r = pyo.Var(nodes, nodes, domain=pyo.Binary)
    whole = pyo.Integers if integer_distances else pyo.Reals
    block.d = pyo.Var(nodes, nodes, domain=whole, bounds=(0, n))
    block.delta = pyo.Var(nodes, nodes, nodes, domain=pyo.Binary)
    block.is_at = pyo.Var(list(permutations(nodes, 2)), range(1, n + 1), domain=pyo.Binary)
    encoding = GraphEncoding(block, n, n0, block.A, block.r, block.d, block.delta, block.is_at)
    _existence(encoding)
    _edges_and_distances(encoding)
    _shortest_paths(encoding)
    _indicators(encoding)
    if presolve:
        for v in range(n0):
            block.A[v, v].fix(1)  # by C1
        settle(block.C3_reach)
        settle(block.C3_distance)
        settle(block.C3_path)
        settle(block.C7_start)
        settle(block.C7_end)
    return encoding


def _existence(encoding: GraphEncoding) -> None:
    """C1: the nodes that exist are the first ones.  C2: no edge or path at a node that does not."""
    b, n, nodes = encoding.block, encoding.n, range(encoding.n)
    A, r, d = encoding.A, encoding.r, encoding.d

    @b.Constraint()
    def C1_least(_):
        return sum(A[v, v] for v in nodes) >= encoding.n0

    @b.Constraint(range(n - 1))
    def C1_order(_, v):
        return A[v, v] >= A[v + 1, v + 1]

    @b.Constraint(encoding.pairs)
    def C2_edge(_, u, v):  # implied, by C4_reach and C2_reach even in the LP
        return 2 * A[u, v] <= A[u, u] + A[v, v]

    @b.Constraint(encoding.pairs)
    def C2_reach(_, u, v):  # implied; tightens the LP bound
        return 2 * r[u, v] <= A[u, u] + A[v, v]

    @b.Constraint(encoding.pairs)
    def C2_distance_tail(_, u, v):  # implied; tightens the LP bound
        return d[u, v] >= n * (1 - A[u, u])

    @b.Constraint(encoding.pairs)
    def C2_distance_head(_, u, v):  # implied; tightens the LP bound
        return d[u, v] >= n * (1 - A[v, v])


def _edges_and_distances(encoding: GraphEncoding) -> None:
    """C3: a node and itself.  C4: edges are the paths of length 1.  C5: d < n iff reachable."""
    b, n, nodes = encoding.block, encoding.n, range(encoding.n)
    A, r, d, delta = encoding.A, encoding.r, encoding.d, encoding.delta

    @b.Constraint(nodes)
    def C3_reach(_, v):
        return r[v, v] == 1

    @b.Constraint(nodes)
    def C3_distance(_, v):
        return d[v, v] == 0

    @b.Constraint(nodes, nodes)
    def C3_path(_, v, w):
        return delta[v, v, w] == (1 if w == v else 0)

    @b.Constraint(encoding.pairs)
    def C4_reach(_, u, v):  # implied, by C7 even in the LP from n = 4 on
        return r[u, v] >= A[u, v]

    @b.Constraint(encoding.pairs)
    def C4_upper(_, u, v):
        return d[u, v] <= 1 + (n - 1) * (1 - A[u, v])

    @b.Constraint(encoding.pairs)
    def C4_lower(_, u, v):
        return d[u, v] >= 2 - A[u, v]

    @b.Constraint(encoding.pairs)
    def C5_upper(_, u, v):  # implied; tightens the LP bound
        return d[u, v] <= n - r[u, v]

    @b.Constraint(encoding.pairs)
    def C5_lower(_, u, v):
        return d[u, v] >= n * (1 - r[u, v])


def _shortest_paths(encoding: GraphEncoding) -> None:
    """C6: paths compose.  C7: where an interior node is needed.  C8: the triangle inequality."""
    b, n, nodes = encoding.block, encoding.n, range(encoding.n)
    A, r, d, delta = encoding.A, encoding.r, encoding.d, encoding.delta

    @b.Constraint(encoding.triples)
    def C6_path(_, u, v, w):  # implied; tightens the LP bound
        return 2 * delta[u, v, w] <= r[u, w] + r[w, v]

    @b.Constraint(encoding.triples)
    def C6_reach(_, u, v, w):  # implied; tightens the LP bound
        return r[u, v] >= r[u, w] + r[w, v] - 1

    @b.Constraint(encoding.pairs)
    def C7_start(_, u, v):
        return delta[u, v, u] == 1

    @b.Constraint(encoding.pairs)
    def C7_end(_, u, v):
        return delta[u, v, v] == 1

    @b.Constraint(encoding.pairs)
    def C7_upper(_, u, v):  # implied; tightens the LP bound
        return sum(delta[u, v, w] for w in nodes) <= 2 + (n - 2) * (r[u, v] - A[u, v])

    @b.Constraint(encoding.pairs)
    def C7_lower(_, u, v):
        return sum(delta[u, v, w] for w in nodes) >= 2 + (r[u, v] - A[u, v])

    # Without big-M: where r[u, w] or r[w, v] is 0, the right side is at least n. Strict unless w is
    # on a shortest path, or delta would not be determined.
    @b.Constraint(encoding.triples)
    def C8_triangle_upper(_, u, v, w):
        return d[u, v] <= d[u, w] + d[w, v] - (1 - delta[u, v, w])

    # 2 n - 1 is tight: n + n - 1 where u -> v is an edge and w is cut off from both.
    @b.Constraint(encoding.triples)
    def C8_triangle_lower(_, u, v, w):
        return d[u, v] >= d[u, w] + d[w, v] - (2 * n - 1) * (1 - delta[u, v, w])


def _indicators(encoding: GraphEncoding) -> None:
    """Distance indicators: d as a one-hot choice among 1 .. n, where n means unreachable."""
    b, lengths = encoding.block, range(1, encoding.n + 1)
    d, is_at = encoding.d, encoding.is_at

    @b.Constraint(encoding.pairs)
    def D_one(_, u, v):
        return sum(is_at[u, v, s] for s in lengths) == 1

    @b.Constraint(encoding.pairs)
    def D_distance(_, u, v):
        return sum(s * is_at[u, v, s] for s in lengths) == d[u, v]
