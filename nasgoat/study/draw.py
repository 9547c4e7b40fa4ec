"""Architectures drawn as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import Parts, SearchSpace


def draw(graph: LabeledGraph, space: SearchSpace) -> str:
    """Draw an architecture.

    A graph without edge labels becomes a column of nodes. The edges that leave a node run down one
    lane; an arrow leads from it to each node that it feeds. Lanes that only pass an arrow are drawn
    unbroken (``│``)::

        0 input
          └────────┐
        1 gat ◀────┤
          └─────┐  │
        2 gcn ◀─│──┘
          └─────│──┐
        3 out ◀─┴──┘

    Edge-labelled graphs, and graphs with an edge against the index order, are listed node by
    node with their incoming edges.

    Args:
        graph: a member of the space.
        space: knows the names of the labels.
    """
    if graph.edge_labels is not None or any(u > v for u, v in graph.edges):
        return _listed(graph, space)
    return "\n".join(_Columns.of(graph, _names(graph, space)).lines())


@dataclass(frozen=True, slots=True)
class _Columns:
    """A column of nodes with lanes to the right of it."""

    graph: LabeledGraph
    names: list[str]
    last: dict[int, int]  # the last node that the lane of a node feeds
    place: dict[int, int]  # where the lane of a node is, in characters from the left

    @classmethod
    def of(cls, graph: LabeledGraph, names: list[str]) -> Self:
        """Give every node with successors a lane; no two share a stretch, late nodes go inside."""
        last = {u: max(v for w, v in graph.edges if w == u) for u, _ in graph.edges}
        lanes: dict[int, int] = {}
        for u in sorted(last, reverse=True):
            taken = {lane for w, lane in lanes.items() if w < last[u]}
            lanes[u] = next(lane for lane in range(graph.n) if lane not in taken)
        first = max(len(name) for name in names) + 4  # room for the head of an arrow: " ◀──"
        return cls(graph, names, last, {u: first + 3 * lane for u, lane in lanes.items()})

    def lines(self) -> Iterator[str]:
        """Two lines for every node, one if nothing leaves it."""
        for v in range(self.graph.n):
            yield self.arrow(v)
            if v in self.place:
                yield self.departure(v)

    def blank(self, passing: Callable[[int, int], bool]) -> list[str]:
        """A line with nothing but the lanes that pass, by their first and last node."""
        line = [" "] * (max(self.place.values(), default=max(map(len, self.names))) + 1)
        for u, x in self.place.items():
            if passing(u, self.last[u]):
                line[x] = "│"
        return line

    def arrow(self, v: int) -> str:
        """The name of a node, and the arrow from the lanes that feed it."""
        line = self.blank(lambda first, last: first < v <= last)
        name = self.names[v]
        line[: len(name)] = name
        tails = sorted((self.place[u], u) for u, w in self.graph.edges if w == v)
        if tails:
            outermost, _ = tails[-1]
            line[len(name) + 1] = "◀"
            _fill(line, len(name) + 2, outermost)
            for x, u in tails:
                ends, goes_on = ("┘", "┤") if x == outermost else ("┴", "┼")
                line[x] = ends if self.last[u] == v else goes_on
        return "".join(line).rstrip()

    def departure(self, v: int) -> str:
        """The beginning of a node's own lane."""
        line = self.blank(lambda first, last: first < v < last)
        corner = self.names[v].index(str(v)) + len(str(v)) + 1
        line[corner], line[self.place[v]] = "└", "┐"
        _fill(line, corner + 1, self.place[v])
        return "".join(line).rstrip()


def _fill(line: list[str], start: int, stop: int) -> None:
    """Draw a level stroke that leaves passing lanes unbroken."""
    line[start:stop] = ["─" if char == " " else char for char in line[start:stop]]


def _names(graph: LabeledGraph, space: SearchSpace) -> list[str]:
    """``index name`` of every node."""
    digits = len(str(graph.n - 1))
    labels: Sequence[str] = [""] * graph.n
    if graph.node_labels is not None:
        labels = [space.node_alphabet[label] for label in graph.node_labels]
    elif any(isinstance(rule, Parts) for rule in space.rules):
        fed = {v for _, v in graph.edges}  # several cells: their outputs are no nodes
        labels = ["" if v in fed else "input" for v in range(graph.n)]
    elif graph.n > 1:
        labels = ["input", *[""] * (graph.n - 2), "output"]
    return [f"{v:>{digits}} {label}".rstrip() for v, label in enumerate(labels)]


def _listed(graph: LabeledGraph, space: SearchSpace) -> str:
    """Every node with its incoming edges: ``◀─ operation ── tail``."""
    names = _names(graph, space)
    width = max(len(name) for name in names)
    operations = {edge: space.edge_alphabet[label] for edge, label in graph.edge_label_of.items()}
    longest = max((len(name) for name in operations.values()), default=0)
    lines = []
    for v, name in enumerate(names):
        tails = [u for u, w in graph.edges if w == v]
        if not tails:
            lines.append(name)
        for i, u in enumerate(tails):
            operation = operations.get((u, v), "")
            label = f" {operation} ".ljust(longest + 2, "─") if operation else ""
            lines.append(f"{name if i == 0 else '':<{width}}  ◀─{label}── {u}")
    return "\n".join(lines)
