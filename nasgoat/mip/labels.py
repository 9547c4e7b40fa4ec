"""One-hot labels on nodes (1d) and on edges (2c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyomo.environ as pyo

from nasgoat.mip.handles import Pair, Term
from nasgoat.mip.terms import constant


def node_labels(block: pyo.Block, exists: Mapping[int, Term], n_labels: int) -> dict[Pair, Term]:
    """``F[v, a]`` = 1 iff node ``v`` has label ``a``: one label per existing node."""
    nodes = list(exists)
    block.F = pyo.Var(nodes, range(n_labels), domain=pyo.Binary)

    @block.Constraint(nodes)
    def N1d_one_label(b, v):
        return sum(b.F[v, a] for a in range(n_labels)) == exists[v]

    return {(v, a): block.F[v, a] for v in nodes for a in range(n_labels)}


def edge_labels(
    block: pyo.Block, pairs: Iterable[Pair], edge: Mapping[Pair, Term], n_labels: int
) -> dict[tuple[int, int, int], Term]:
    """``F[u, v, a]`` = 1 iff the edge ``u -> v`` has label ``a``: one label per edge.

    Where no edge is possible the labels are the number 0.
    """
    pairs = list(pairs)
    possible = [pair for pair in pairs if constant(edge[pair]) != 0.0]
    block.F = pyo.Var(possible, range(n_labels), domain=pyo.Binary)

    @block.Constraint(possible)
    def E2c_one_label(b, u, v):
        return sum(b.F[u, v, a] for a in range(n_labels)) == edge[u, v]

    found: dict[tuple[int, int, int], Term] = dict(block.F)
    return {(u, v, a): found.get((u, v, a), 0.0) for u, v in pairs for a in range(n_labels)}
