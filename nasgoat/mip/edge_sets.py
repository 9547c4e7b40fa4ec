"""The rule ``EdgeSets`` as rows; importing this module registers its encoder."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from nasgoat.errors import EmptySpaceError
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.terms import pin
from nasgoat.spaces import EdgeSets


@encode_rule.register
def _(rule: EdgeSets, block: pyo.Block, h: PathHandles) -> None:
    """A = sum of the matrices of the sets, each with its share: the convex hull of the sets."""
    if not rule.n == h.n == h.n_least:
        msg = f"the edge sets are those of graphs with {rule.n} nodes, these have {h.n}"
        raise EmptySpaceError(msg)
    pairs = [(u, v) for u in range(h.n) for v in range(h.n) if u != v]
    matrices = rule.adjacency
    share = matrices.mean(axis=0)
    settled = [pair for pair in pairs if share[pair] in (0.0, 1.0)]
    block.pinned = pyo.ConstraintList()
    for pair in settled:
        fixed = pin(h.edge[pair], float(share[pair]))
        if fixed is not None:
            block.pinned.add(fixed)
    block.share = pyo.Var(range(len(matrices)), bounds=(0.0, 1.0))
    block.one_set = pyo.Constraint(expr=sum(block.share.values()) == 1.0)

    @block.Constraint([pair for pair in pairs if pair not in settled])
    def edges_of_sets(b, u, v):
        return sum(b.share[i] for i in np.flatnonzero(matrices[:, u, v])) == h.edge[u, v]
