"""A search space of one node count as a Pyomo block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import pyomo.environ as pyo

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip.degree_order import DegreeOrder, encode_degree_order
from nasgoat.mip.general_layered import GeneralLayeredEncoding, general_layered_encoding
from nasgoat.mip.graph_encoding import GraphEncoding, graph_encoding
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.labels import edge_labels, node_labels
from nasgoat.mip.layered import LayeredEncoding, layered_encoding
from nasgoat.mip.restrictions import acyclic, strongly_connected, topological, undirected
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry, encode_symmetry
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    Rule,
    SearchSpace,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
)
from nasgoat.spaces.listing import edge_possible

Encoding = Literal["layered", "paper"]

# Rules that the paper's encoding writes itself, with the presolve that they allow.
RESTRICTIONS: dict[type[Rule], Callable[[GraphEncoding], None]] = {
    TopologicalOrder: topological,
    Acyclic: acyclic,
    Undirected: undirected,
    StronglyConnected: strongly_connected,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A space of one node count as variables and rows."""

    space: CellSpace
    symmetry: Symmetry | DegreeOrder
    handles: PathHandles

    @property
    def design(self) -> list[Term]:
        """The binaries that say which graph it is, or their known values: edges, then labels."""
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
        chosen = iter([value > 0.5 for value in design])
        edges = [pair for pair in h.pairs if next(chosen)]
        label_of = {v: a for v, a in h.label if next(chosen)}
        edge_label_of = {(u, v): a for u, v, a in h.edge_label if next(chosen)}
        return LabeledGraph(
            h.n,
            tuple(edges),
            tuple(label_of[v] for v in range(h.n)) if h.label else None,
            tuple(edge_label_of[edge] for edge in edges) if h.edge_label else None,
        )

    def copies(self, graph: LabeledGraph) -> list[LabeledGraph]:
        """All feasible points of the block that are the same architecture as ``graph``.

        Raises:
            NoEncodingError: there are too many to look at.
        """
        if isinstance(self.symmetry, DegreeOrder):
            return list(self.symmetry.copies(graph)) if self.space.contains(graph) else []
        copies = self.space.identity.copies(graph, ordered=self.space.is_topological)
        return [g for g in copies if self.symmetry.holds(g) and self.space.contains(g)]

    def copy(self, graph: LabeledGraph) -> LabeledGraph | None:
        """One of ``copies``, if there is any."""
        if isinstance(self.symmetry, DegreeOrder):
            return self.symmetry.sorted(graph) if self.space.contains(graph) else None
        if self.symmetry == NO_SYMMETRY and self.space.contains(graph):
            return graph
        return next(iter(self.copies(graph)), None)


def encodable(space: SearchSpace) -> CellSpace:
    """The space itself if rules are all that it consists of.

    Raises:
        NoEncodingError: it is the rows of a table.
    """
    if isinstance(space, CellSpace):
        return space
    msg = (
        f"space {space.name!r} is a list of {space.size():,} graphs; no rules say which, so it has "
        "no MIP form: use --optimizer exhaustive, which is exact here, or auto"
    )
    raise NoEncodingError(msg)


def cell_block(
    block: pyo.Block,
    space: CellSpace,
    encoding: Encoding = "layered",
    symmetry: Symmetry | DegreeOrder = NO_SYMMETRY,
) -> Cell:
    """Write a space's graphs, labels, rules and symmetry rows onto a block.

    Raises:
        NoEncodingError: the space has several node counts, or no topological indexing where
            symmetry rows need one.
    """
    if len(space.sizes) != 1:
        msg = f"space {space.name!r} has node counts {space.sizes}; encode them one by one"
        raise NoEncodingError(msg)
    if not space.is_topological and isinstance(symmetry, Symmetry) and symmetry != NO_SYMMETRY:
        msg = f"space {space.name!r} has no topological indexing; use a DegreeOrder there"
        raise NoEncodingError(msg)
    block.paths, block.labels, block.rules = pyo.Block(), pyo.Block(), pyo.Block(pyo.Any)
    paths, written = _paths(block.paths, space, encoding)
    bare = paths.handles({}, {})
    label: dict[tuple[int, int], Term] = {}
    edge_label: dict[tuple[int, int, int], Term] = {}
    if space.node_alphabet:
        label = node_labels(block.labels, bare.exists, len(space.node_alphabet))
    if space.edge_alphabet:
        edge_label = edge_labels(block.labels, bare.pairs, bare.edge, len(space.edge_alphabet))
    handles = paths.handles(label, edge_label)
    for i, rule in enumerate(space.rules):
        if type(rule) not in written:
            encode_rule(rule, block.rules[f"{i}_{type(rule).__name__}"], handles)
    if isinstance(symmetry, DegreeOrder):
        block.symmetry = pyo.Block()
        encode_degree_order(symmetry, block.symmetry, handles)
    elif symmetry != NO_SYMMETRY:
        block.symmetry = pyo.Block()
        encode_symmetry(symmetry, block.symmetry, handles)
    return Cell(space, symmetry, handles)


def _paths(
    block: pyo.Block, space: CellSpace, encoding: Encoding
) -> tuple[LayeredEncoding | GeneralLayeredEncoding | GraphEncoding, set[type[Rule]]]:
    """The variables of the paths, presolved as far as the rules allow; the rules they obey."""
    n = space.sizes[0]
    kinds = {type(rule) for rule in space.rules}
    if encoding == "layered" and space.is_topological:
        allowed = [pair for pair in combinations(range(n), 2) if edge_possible(space, n, *pair)]
        return layered_encoding(block, n, allowed), set()
    if encoding == "layered":
        undirected, connected = Undirected in kinds, StronglyConnected in kinds
        general = general_layered_encoding(block, n, undirected=undirected, connected=connected)
        return general, {Undirected, StronglyConnected}
    paths = graph_encoding(block, n)
    for kind, restrict in RESTRICTIONS.items():
        if kind in kinds:
            restrict(paths)
    return paths, set(RESTRICTIONS)
