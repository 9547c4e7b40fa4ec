"""Symmetry rows: of a DAG's topological numberings, keep few (docs/math.md, 6.4).

Interior nodes may be renumbered along any topological order. Swapping the consecutive nodes ``u``
and
``u+1`` gives another topological order iff there is no edge between them, so a numbering exists in
which, for every such ``u``::

    S1  label(u) <= label(u+1)                       unless A[u,u+1]
    S2  in-column(u) <= in-column(u+1)               unless A[u,u+1] or label(u) < label(u+1)

where ``in-column(u) = sum_{w<u} 2^w A[w,u]``: the numbering with the least sequence of (label,
in-column) pairs has both. Legal only where every rule, feature and further constraint is invariant
under relabelling.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyomo.environ as pyo

from nasgoat.graphs import LabeledGraph
from nasgoat.mip.handles import PathHandles


@dataclass(frozen=True, slots=True)
class Symmetry:
    """Which symmetry rows to use.

    Args:
        labels: S1.
        columns: S2, in addition.

    Raises:
        ValueError: S2 without S1.
    """

    labels: bool = True
    columns: bool = True

    def __post_init__(self) -> None:
        if self.columns and not self.labels:
            msg = "the symmetry rows of columns break ties among equal labels; use labels, too"
            raise ValueError(msg)

    def holds(self, graph: LabeledGraph) -> bool:
        """Whether a topologically numbered graph meets the rows."""
        labels = graph.node_labels or (0,) * graph.n
        edges = set(graph.edges)
        for u in range(1, graph.n - 2):
            if (u, u + 1) in edges or not self.labels:
                continue
            if labels[u] > labels[u + 1]:
                return False
            tie = labels[u] == labels[u + 1]
            if self.columns and tie and _in_column(graph, u) > _in_column(graph, u + 1):
                return False
        return True


NO_SYMMETRY = Symmetry(labels=False, columns=False)


def _in_column(graph: LabeledGraph, v: int) -> int:
    return sum(1 << u for u, w in graph.edges if w == v)


def encode_symmetry(symmetry: Symmetry, block: pyo.Block, h: PathHandles) -> None:
    """Write the rows onto a block."""
    consecutive = range(1, h.n - 2)
    n_labels = 1 + max((a for _, a in h.label), default=0)

    def label(v: int) -> pyo.Expression:
        return sum(a * h.label[v, a] for a in range(1, n_labels)) if n_labels > 1 else 0.0

    def in_column(v: int) -> pyo.Expression:
        return sum(float(1 << u) * h.edge[u, v] for u in range(v))

    if symmetry.labels and n_labels > 1:

        @block.Constraint(consecutive)
        def S1_labels(_, u):  # implied by S2; tightens the LP bound
            return label(u) <= label(u + 1) + (n_labels - 1) * h.edge[u, u + 1]

    if symmetry.columns:

        @block.Constraint(consecutive)
        def S2_columns(_, u):
            # in-column(u) < 2^u; an edge u -> u+1 may come with a label that falls by n_labels - 1
            relaxed = label(u + 1) - label(u) + n_labels * h.edge[u, u + 1]
            return in_column(u) <= in_column(u + 1) + float(1 << u) * relaxed
