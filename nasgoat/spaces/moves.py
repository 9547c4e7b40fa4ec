"""Edits that lead from a graph to its neighbors; the space sorts out which results are members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from nasgoat.graphs import Edge, LabeledGraph


class Alphabets(Protocol):
    """The part of a space that moves look at."""

    @property
    def sizes(self) -> tuple[int, ...]: ...
    @property
    def node_alphabet(self) -> tuple[str, ...]: ...
    @property
    def edge_alphabet(self) -> tuple[str, ...]: ...


class Move(Protocol):
    """One kind of edit."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        """Edited graphs, members or not, possibly repeated."""


@dataclass(frozen=True, slots=True)
class ChangeLabel:
    """Give one node, or one edge, another label."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        for labels in _relabelled(graph.node_labels, len(space.node_alphabet)):
            yield replace(graph, node_labels=labels)
        for labels in _relabelled(graph.edge_labels, len(space.edge_alphabet)):
            yield replace(graph, edge_labels=labels)


@dataclass(frozen=True, slots=True)
class ReplaceInput:
    """Let one edge come from another node; its head and its label stay."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        del space
        present = set(graph.edges)
        for i, (_, v) in enumerate(graph.edges):
            for w in range(graph.n):
                if w != v and (w, v) not in present:
                    edges = (*graph.edges[:i], (w, v), *graph.edges[i + 1 :])
                    yield replace(graph, edges=edges)


@dataclass(frozen=True, slots=True)
class FlipEdge:
    """Add or remove one edge; where edges are labelled, give one edge another label."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        present = _labelled(graph)
        choices: list[int | None] = [None, *range(max(1, len(space.edge_alphabet)))]
        for u in range(graph.n):
            for v in range(graph.n):
                for label in choices:
                    if u != v and label != present.get((u, v)):
                        labelled = bool(space.edge_alphabet)
                        yield _with_edges(graph, present | {(u, v): label}, labelled=labelled)


@dataclass(frozen=True, slots=True)
class FlipBoth:
    """Add or remove one undirected edge: both of its directions."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        del space
        present = set(graph.edges)
        for u in range(graph.n):
            for v in range(u + 1, graph.n):
                both = {(u, v), (v, u)}
                edges = present - both if (u, v) in present else present | both
                yield LabeledGraph(graph.n, tuple(edges), graph.node_labels)


@dataclass(frozen=True, slots=True)
class RedirectEdge:
    """Hang one interior node under another parent of a tree whose leaves feed the last node."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        del space
        sink = graph.n - 1
        tree = {v: u for u, v in graph.edges if v != sink}
        for v, parent in tree.items():
            for u in range(sink):
                if u not in (v, parent):
                    parents = tree | {v: u}
                    inner = set(parents.values())
                    leaves = [w for w in range(sink) if w not in inner]
                    edges = [(p, c) for c, p in parents.items()] + [(w, sink) for w in leaves]
                    yield LabeledGraph(graph.n, tuple(edges), graph.node_labels)


@dataclass(frozen=True, slots=True)
class AddOrDropNode:
    """Subdivide an edge by a new node, or splice out a node with one way in and one out."""

    def candidates(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        if graph.n + 1 in space.sizes:
            yield from self._subdivided(graph, space)
        if graph.n - 1 in space.sizes:
            yield from self._spliced(graph)

    def _subdivided(self, graph: LabeledGraph, space: Alphabets) -> Iterator[LabeledGraph]:
        for edge in graph.edges:
            u, v = (_shifted(w, graph.n - 1, 1) for w in edge)
            new = graph.n - 1  # the last node keeps the last index
            kept = [
                (_shifted(a, new, 1), _shifted(b, new, 1)) for a, b in graph.edges if (a, b) != edge
            ]
            edges = (*kept, (u, new), (new, v))
            labels = graph.node_labels
            if labels is None:
                yield LabeledGraph(graph.n + 1, edges)
                continue
            for label in range(len(space.node_alphabet)):
                yield LabeledGraph(graph.n + 1, edges, (*labels[:-1], label, labels[-1]))

    def _spliced(self, graph: LabeledGraph) -> Iterator[LabeledGraph]:
        for w in range(1, graph.n - 1):
            before = [u for u, v in graph.edges if v == w]
            after = [v for u, v in graph.edges if u == w]
            if len(before) != 1 or len(after) != 1 or (before[0], after[0]) in graph.edges:
                continue
            kept = {(u, v) for u, v in graph.edges if w not in (u, v)} | {(before[0], after[0])}
            edges = tuple((_shifted(u, w, -1), _shifted(v, w, -1)) for u, v in kept)
            labels = graph.node_labels
            labels = None if labels is None else (*labels[:w], *labels[w + 1 :])
            yield LabeledGraph(graph.n - 1, edges, labels)


def _relabelled(labels: tuple[int, ...] | None, n_labels: int) -> Iterator[tuple[int, ...]]:
    labels = labels or ()
    for i, old in enumerate(labels):
        for new in range(n_labels):
            if new != old:
                yield (*labels[:i], new, *labels[i + 1 :])


def _shifted(v: int, start: int, by: int) -> int:
    return v + by if v >= start else v


def _labelled(graph: LabeledGraph) -> dict[Edge, int | None]:
    """Label of each edge, 0 where edges carry none."""
    return dict(zip(graph.edges, graph.edge_labels or (0,) * len(graph.edges), strict=True))


def _with_edges(
    graph: LabeledGraph, label_of: dict[Edge, int | None], *, labelled: bool
) -> LabeledGraph:
    kept = {edge: label for edge, label in label_of.items() if label is not None}
    labels = tuple(kept.values()) if labelled else None
    return LabeledGraph(graph.n, tuple(kept), graph.node_labels, labels)
