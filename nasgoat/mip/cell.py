"""A search space of one node count as a Pyomo block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyomo.environ as pyo

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip.graph_encoding import graph_encoding
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.labels import edge_labels, node_labels
from nasgoat.mip.layered import layered_encoding
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry, encode_symmetry
from nasgoat.spaces import CellSpace

Encoding = Literal["layered", "paper"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A space of one node count as variables and rows."""

    space: CellSpace
    symmetry: Symmetry
    handles: PathHandles

    @property
    def design(self) -> list[Term]:
        """The binaries that say which graph it is: edges, then labels; numbers where they are known."""
        h = self.handles
        labels = [*h.label.values(), *h.edge_label.values()]
        return [*(h.edge[pair] for pair in h.pairs), *labels]

    def design_of(self, graph: LabeledGraph) -> list[int]:
        """The values of ``design`` at a graph."""
        h = self.handles
        edges, edge_label = set(graph.edges), graph.edge_label_of
        values = [pair in edges for pair in h.pairs]
        nodes = graph.node_labels or ()
        values += [nodes[v] == a for v, a in h.label]
        values += [edge_label.get((u, v)) == a for u, v, a in h.edge_label]
        return [int(value) for value in values]

    def graph_at(self, design: list[float]) -> LabeledGraph:
        """The graph whose ``design`` values these are (rounded)."""
        h = self.handles
        index = [*h.pairs, *h.label, *h.edge_label]
        chosen = [i for i, value in zip(index, design, strict=True) if value > 0.5]
        n_pairs = len(list(h.pairs))
        present = sum(value > 0.5 for value in design[:n_pairs])
        edges, labels = chosen[:present], chosen[present:]
        if h.label:
            by_node = dict(labels)
            return LabeledGraph(h.n, tuple(edges), tuple(by_node[v] for v in range(h.n)))
        if h.edge_label:
            by_edge = {(u, v): a for u, v, a in labels}
            return LabeledGraph(h.n, tuple(edges), None, tuple(by_edge[edge] for edge in edges))
        return LabeledGraph(h.n, tuple(edges))

    def copies(self, graph: LabeledGraph) -> list[LabeledGraph]:
        """All feasible points of the block that are the same architecture as ``graph``."""
        return [g for g in self.space.identity.copies(graph) if self.symmetry.holds(g)]


def cell_block(
    block: pyo.Block,
    space: CellSpace,
    encoding: Encoding = "layered",
    symmetry: Symmetry = NO_SYMMETRY,
) -> Cell:
    """Write a space's graphs, labels, rules and symmetry rows onto a block.

    Raises:
        NoEncodingError: the space has several node counts, or no topological indexing where the
            layered encoding or symmetry rows need one.
    """
    if len(space.sizes) != 1:
        msg = f"space {space.name!r} has node counts {space.sizes}; encode them one by one"
        raise NoEncodingError(msg)
    if not space.is_topological and (encoding == "layered" or symmetry != NO_SYMMETRY):
        msg = f"space {space.name!r} has no topological indexing; use the paper's encoding of it"
        raise NoEncodingError(msg)
    n = space.sizes[0]
    block.paths, block.labels, block.rules = pyo.Block(), pyo.Block(), pyo.Block(pyo.Any)
    paths = (layered_encoding if encoding == "layered" else graph_encoding)(block.paths, n)
    bare = paths.handles({}, {})
    label: dict[tuple[int, int], Term] = {}
    edge_label: dict[tuple[int, int, int], Term] = {}
    if space.node_alphabet:
        label = node_labels(block.labels, bare.exists, len(space.node_alphabet))
    if space.edge_alphabet:
        edge_label = edge_labels(block.labels, bare.pairs, bare.edge, len(space.edge_alphabet))
    handles = paths.handles(label, edge_label)
    for i, rule in enumerate(space.rules):
        encode_rule(rule, block.rules[f"{i}_{type(rule).__name__}"], handles)
    if symmetry != NO_SYMMETRY:
        block.symmetry = pyo.Block()
        encode_symmetry(symmetry, block.symmetry, handles)
    return Cell(space, symmetry, handles)
