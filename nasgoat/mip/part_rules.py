"""Rules of architectures that are several graphs side by side: rows of ``Parts``, ``InDegrees``."""

from __future__ import annotations

import pyomo.environ as pyo

from nasgoat.errors import EmptySpaceError
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.rules import encode_rule, fixed_size, pin_all
from nasgoat.mip.terms import constant, row
from nasgoat.spaces import InDegrees, Parts, Rule


@encode_rule.register
def _(rule: InDegrees, block: pyo.Block, h: PathHandles) -> None:
    """Sum over u of A[u,v] = degrees[v]; all of A[u,v] are settled where no choice is left."""
    nodes = _nodes(h, len(rule.degrees), rule)
    into = {v: [h.edge[u, v] for u in nodes if u != v] for v in nodes}
    free = {v: [term for term in into[v] if constant(term) != 0.0] for v in nodes}
    settled = [v for v in nodes if rule.degrees[v] in (0, len(free[v]))]
    pin_all(
        block,
        [(term, float(rule.degrees[v] > 0)) for v in settled for term in free[v]],
    )

    @block.Constraint([v for v in nodes if v not in settled])
    def in_degrees(_, v):
        return row(sum(into[v]) == rule.degrees[v])


@encode_rule.register
def _(rule: Parts, block: pyo.Block, h: PathHandles) -> None:
    """A[u,v] = r[u,v] = 0 for u, v in different parts."""
    _nodes(h, sum(rule.sizes), rule)
    parts = rule.part_of
    across = [pair for pair in h.edge if parts[pair[0]] != parts[pair[1]]]
    pin_all(block, [(term, 0.0) for pair in across for term in (h.edge[pair], h.reach[pair])])


def _nodes(h: PathHandles, n: int, rule: Rule) -> range:
    if h.n != n:
        msg = f"graphs of {h.n} nodes break {rule}, which speaks of {n}"
        raise EmptySpaceError(msg)
    return fixed_size(rule, h)
