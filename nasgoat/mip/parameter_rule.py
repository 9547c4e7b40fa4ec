"""Rows of ``ParameterLimit``: a limit for every number of operations that feed the output."""

from __future__ import annotations

from itertools import product

import pyomo.environ as pyo

from nasgoat.mip.handles import PathHandles
from nasgoat.mip.rules import encode_rule, fixed_size
from nasgoat.mip.terms import row
from nasgoat.spaces import ParameterLimit
from nasgoat.spaces.rules.parameters import OUTSIDE_CELLS, Shares, largest_shares


@encode_rule.register
def _(rule: ParameterLimit, block: pyo.Block, h: PathHandles) -> None:
    """A limit for every ``k``, in force where ``feeding[k]`` = 1: ``k`` operations feed the output.

    ::

        P1_one       sum_k feeding[k] = 1
        P2_feeding   sum_k k feeding[k] = sum_v A[v,n-1]             v = 1 .. n-2
        P3_limit     shares_k . pieces <= limit_k + (most_k - limit_k) (1 - feeding[k])

    The pieces are the numbers of 3x3 and of 1x1 convolutions, of edges from the input to
    operations, and of the edge from the input to the output. ``limit_k`` lies halfway between the
    largest number that is allowed and the next one that is possible, so that no tolerance of a
    solver decides.
    """
    nodes = fixed_size(rule, h)
    sink, inner = h.n - 1, list(nodes[1:-1])
    pieces = [
        sum(h.label[v, 1] for v in nodes),
        sum(h.label[v, 2] for v in nodes),
        sum(h.edge[0, v] for v in inner),
        h.edge[0, sink] if h.n > 1 else 0.0,
    ]
    budget = rule.at_most - OUTSIDE_CELLS
    ks = range(len(inner) + 1)
    block.feeding = pyo.Var(ks, domain=pyo.Binary)
    block.P1_one = pyo.Constraint(expr=sum(block.feeding.values()) == 1)
    found = sum(h.edge[v, sink] for v in inner)
    block.P2_feeding = pyo.Constraint(expr=row(sum(k * block.feeding[k] for k in ks if k) == found))

    @block.Constraint(ks)
    def P3_limit(b, k):
        shares = largest_shares(k)
        limit, most = _limit(shares, h.n, budget)
        used = sum(share / most * piece for share, piece in zip(shares, pieces, strict=True))
        return row(used <= limit / most + max(0.0, 1 - limit / most) * (1 - b.feeding[k]))


def _limit(shares: Shares, n: int, budget: int) -> tuple[float, float]:
    """Halfway between the numbers at most ``budget`` and those above it, and the largest number."""
    some = range(n + 1)
    possible = [
        sum(share * piece for share, piece in zip(shares, pieces, strict=True))
        for pieces in product(some, some, some, (0, 1))
    ]
    below = max((count for count in possible if count <= budget), default=-1)
    above = min((count for count in possible if count > budget), default=max(possible) + 1)
    return (below + above) / 2, float(max(possible))
