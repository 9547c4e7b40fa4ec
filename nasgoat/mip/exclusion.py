"""Rows that cut off given graphs and nothing else (docs/math.md, 6.4 and 6.11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nasgoat.graphs import LabeledGraph
from nasgoat.mip.cell import Cell
from nasgoat.mip.curves import Cut
from nasgoat.mip.handles import Term
from nasgoat.mip.joint import JointLabels
from nasgoat.mip.terms import constant


def exclusions(
    cell: Cell, joint: JointLabels | None, graphs: Sequence[LabeledGraph]
) -> Iterator[Cut]:
    """Cut off every feasible copy of graphs; nothing for graphs of another size."""
    copies = [copy for g in graphs if g.n == cell.handles.n for copy in cell.copies(g)]
    rows = []
    if joint is not None:
        rows = list(joint.excluding([_states(cell, copy) for copy in copies]))
    for indicators, most in rows:
        yield Cut(tuple((z, -1.0) for z in indicators), -float(most))
    for copy in () if rows else copies:
        yield from _no_good(cell, copy)


def _states(cell: Cell, graph: LabeledGraph) -> dict[tuple[int, int], int]:
    """The state of every edge: 0 for none, a + 1 for label a."""
    label = graph.edge_label_of
    return {pair: label.get(pair, -1) + 1 for pair in cell.handles.pairs}


def _no_good(cell: Cell, graph: LabeledGraph) -> list[Cut]:
    """At least one design binary that differs; no terms if this is the only graph there is."""
    terms: list[tuple[Term, float]] = []
    lower = 1.0
    written = set()  # both directions of an undirected edge are one variable
    # labels are one-hot, so a change shows in a chosen one: the other zeros need no term
    n_pairs = len(list(cell.handles.pairs))
    for i, (term, value) in enumerate(zip(cell.design, cell.design_of(graph), strict=True)):
        known = constant(term)
        if known is not None and known != value:
            return []  # the model does not hold this graph
        if known is not None or (value == 0 and i >= n_pairs) or id(term) in written:
            continue
        written.add(id(term))
        terms.append((term, -1.0 if value else 1.0))
        lower -= value
    return [Cut(tuple(terms), lower)]
