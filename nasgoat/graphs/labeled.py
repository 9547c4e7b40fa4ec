"""A small directed graph with integer labels, as an immutable value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import ArrayLike, NDArray

Edge = tuple[int, int]

MAX_LABEL = 127  # batches keep a label in one signed byte


@dataclass(frozen=True, slots=True)
class LabeledGraph:
    """A directed graph on the nodes ``0 .. n-1`` with labels on nodes, on edges, or on both.

    Two graphs are equal if they are the same *indexed* graph. Whether two different indexed graphs
    are the same architecture is for a search space to say (``SearchSpace.key``).

    Args:
        n: number of nodes, at least 1.
        edges: pairs ``(u, v)``, meaning ``u -> v``; kept sorted, without loops and repeats.
        node_labels: one label index per node, or None.
        edge_labels: one label index per edge, in the order of the *given* ``edges``, or None.

    Raises:
        ValueError: an edge leaves ``0 .. n-1``, is a loop or is repeated; a label is not between 0
            and 127; the number of labels is not the number of nodes or edges.
        TypeError: a number is not an integer.
    """

    n: int
    edges: tuple[Edge, ...]
    node_labels: tuple[int, ...] | None = None
    edge_labels: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            msg = f"a graph needs at least 1 node, got n={self.n}"
            raise ValueError(msg)
        edges = [(index(u), index(v)) for u, v in self.edges]
        _check_edges(self.n, edges)
        order = sorted(range(len(edges)), key=edges.__getitem__)
        object.__setattr__(self, "n", index(self.n))
        object.__setattr__(self, "edges", tuple(edges[i] for i in order))
        if self.node_labels is not None:
            labels = _checked_labels(self.node_labels, self.n, "node")
            object.__setattr__(self, "node_labels", labels)
        if self.edge_labels is not None:
            labels = _checked_labels(self.edge_labels, len(edges), "edge")
            # without edges there is nothing to label: () and None would be one graph twice
            object.__setattr__(self, "edge_labels", tuple(labels[i] for i in order) or None)

    @classmethod
    def of_sorted(
        cls,
        n: int,
        edges: tuple[Edge, ...],
        node_labels: tuple[int, ...],
        edge_labels: tuple[int, ...],
    ) -> Self:
        """Build a graph from what is known to be right, without a check.

        Args:
            n: number of nodes, at least 1.
            edges: sorted, as plain integers.
            node_labels: one per node, all -1 if nodes carry none.
            edge_labels: one per edge, all -1 if edges carry none.
        """
        graph = object.__new__(cls)
        object.__setattr__(graph, "n", n)
        object.__setattr__(graph, "edges", edges)
        of_nodes = node_labels if min(node_labels) >= 0 else None
        object.__setattr__(graph, "node_labels", of_nodes)
        of_edges = edge_labels if edge_labels and min(edge_labels) >= 0 else None
        object.__setattr__(graph, "edge_labels", of_edges)
        return graph

    @classmethod
    def from_adjacency(
        cls,
        adjacency: ArrayLike,
        node_labels: Sequence[int] | None = None,
        edge_labels: ArrayLike | None = None,
    ) -> Self:
        """Build a graph from matrices.

        Args:
            adjacency: ``(n, n)``, non-zero where there is an edge ``u -> v``.
            node_labels: ``(n,)`` or None.
            edge_labels: ``(n, n)``; read where there is an edge, ignored elsewhere; or None.

        Raises:
            ValueError: a matrix is not square or the shapes differ.
        """
        matrix = np.asarray(adjacency)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            msg = f"an adjacency matrix is square, got shape {matrix.shape}"
            raise ValueError(msg)
        edges = tuple((int(u), int(v)) for u, v in np.argwhere(matrix != 0))
        of_edges = None
        if edge_labels is not None:
            table = np.asarray(edge_labels)
            if table.shape != matrix.shape:
                msg = f"edge labels have shape {table.shape}, the adjacency matrix {matrix.shape}"
                raise ValueError(msg)
            of_edges = tuple(int(table[u, v]) for u, v in edges)
        of_nodes = None if node_labels is None else tuple(int(label) for label in node_labels)
        return cls(len(matrix), edges, of_nodes, of_edges)

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph[int], label: str = "label") -> Self:
        """Build a graph from a networkx digraph whose nodes are ``0 .. n-1``.

        Labels are read from the attribute ``label`` of nodes and edges; all nodes (edges) carry it
        or none does.

        Raises:
            ValueError: the nodes are not ``0 .. n-1``, or only some nodes (edges) are labelled.
        """
        if sorted(graph.nodes) != list(range(len(graph))):
            msg = f"nodes must be 0 .. {len(graph) - 1}, got {sorted(graph.nodes, key=str)[:8]}"
            raise ValueError(msg)
        edges = tuple(graph.edges)
        of_nodes = [graph.nodes[v].get(label) for v in range(len(graph))]
        of_edges = [graph.edges[edge].get(label) for edge in edges]
        return cls(
            len(graph),
            edges,
            _all_or_none(of_nodes, "nodes"),
            _all_or_none(of_edges, "edges"),
        )

    def to_networkx(self, label: str = "label") -> nx.DiGraph[int]:
        """Return a networkx digraph with the labels in the attribute ``label``."""
        import networkx as nx  # noqa: PLC0415  (0.2 s that plain searches need not pay)

        graph: nx.DiGraph[int] = nx.DiGraph()
        for v in range(self.n):
            attributes: dict[str, Any] = (
                {} if self.node_labels is None else {label: self.node_labels[v]}
            )
            graph.add_node(v, **attributes)
        for i, (u, v) in enumerate(self.edges):
            attributes = {} if self.edge_labels is None else {label: self.edge_labels[i]}
            graph.add_edge(u, v, **attributes)
        return graph

    @property
    def adjacency(self) -> NDArray[np.bool_]:
        """``(n, n)``, true where there is an edge ``u -> v``; a fresh array."""
        matrix = np.zeros((self.n, self.n), dtype=np.bool_)
        for u, v in self.edges:
            matrix[u, v] = True
        return matrix

    @property
    def edge_label_of(self) -> Mapping[Edge, int]:
        """Label of each edge; empty if the edges carry none."""
        return (
            {} if self.edge_labels is None else dict(zip(self.edges, self.edge_labels, strict=True))
        )

    def relabeled(self, new_index: Sequence[int]) -> LabeledGraph:
        """Return the same graph with node ``v`` renamed to ``new_index[v]``.

        Raises:
            ValueError: ``new_index`` is not a permutation of ``0 .. n-1``.
        """
        if sorted(new_index) != list(range(self.n)):
            msg = f"new_index must be a permutation of 0 .. {self.n - 1}, got {list(new_index)}"
            raise ValueError(msg)
        labels = None
        if self.node_labels is not None:
            old_index = np.argsort(new_index)
            labels = tuple(self.node_labels[v] for v in old_index)
        edges = tuple((new_index[u], new_index[v]) for u, v in self.edges)
        return LabeledGraph(self.n, edges, labels, self.edge_labels)

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write; ``from_json`` is its inverse."""
        value: dict[str, Any] = {"n": self.n, "edges": [list(edge) for edge in self.edges]}
        if self.node_labels is not None:
            value["node_labels"] = list(self.node_labels)
        if self.edge_labels is not None:
            value["edge_labels"] = list(self.edge_labels)
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: a key is missing or a value does not describe a graph.
        """
        try:
            return cls(
                value["n"],
                tuple((u, v) for u, v in value["edges"]),
                None if value.get("node_labels") is None else tuple(value["node_labels"]),
                None if value.get("edge_labels") is None else tuple(value["edge_labels"]),
            )
        except (KeyError, TypeError) as error:
            msg = f"not a graph: {value!r} ({type(error).__name__}: {error})"
            raise ValueError(msg) from error


def _check_edges(n: int, edges: Sequence[Edge]) -> None:
    for u, v in edges:
        if not (0 <= u < n and 0 <= v < n):
            msg = f"edge {u} -> {v} leaves the nodes 0 .. {n - 1}"
            raise ValueError(msg)
        if u == v:
            msg = f"edge {u} -> {v} is a loop; graphs here have none"
            raise ValueError(msg)
    if len(set(edges)) < len(edges):
        twice = next(edge for edge in edges if edges.count(edge) > 1)
        msg = f"edge {twice[0]} -> {twice[1]} is given more than once"
        raise ValueError(msg)


def _checked_labels(labels: Iterable[int], count: int, what: str) -> tuple[int, ...]:
    checked = tuple(index(label) for label in labels)
    if len(checked) != count:
        msg = f"{len(checked)} {what} labels for {count} {what}s"
        raise ValueError(msg)
    if any(not 0 <= label <= MAX_LABEL for label in checked):
        msg = f"{what} labels are indices from 0 to {MAX_LABEL}, got {checked}"
        raise ValueError(msg)
    return checked


def _all_or_none(labels: list[Any], what: str) -> tuple[int, ...] | None:
    missing = sum(label is None for label in labels)
    if missing == len(labels):
        return None
    if missing:
        msg = f"{missing} of {len(labels)} {what} carry no label; label all of them or none"
        raise ValueError(msg)
    return tuple(labels)
