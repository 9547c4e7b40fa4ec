"""Graphs of a space as a fixed list of choices, for optimisers that know of parameters only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import Edge, GraphBatch, LabeledGraph, reachability
from nasgoat.spaces import (
    Chain,
    InDegree,
    InDegrees,
    LeavesFeedSink,
    OnPath,
    SearchSpace,
    Undirected,
)
from nasgoat.spaces.listing import label_domains

Tails = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Genome:
    """The choices that make a graph of a space, and which graph they make.

    Places are the nodes of the largest graphs; smaller graphs leave places before the last one
    empty. A node with a prescribed in-degree chooses its set of predecessors, each other pair of
    nodes its edge; nodes and edges choose labels. Edges that rules prescribe are no choice: those
    of chains, and those of leaves to a last node that collects them. Where all nodes have to be on
    paths between the first and the last node, those that are not are dropped.

    Args:
        space: where the graphs come from.
    """

    space: SearchSpace

    @property
    def choices(self) -> Mapping[str, int]:
        """Number of alternatives, at least 2, by name of the choice; always in the same order."""
        return {name: count for name, count in _choices(self.space).items() if count > 1}

    def decode(self, chosen: Mapping[str, int]) -> LabeledGraph | None:
        """The graph of alternatives ``0 .. count - 1``; None where it is not in the space."""
        here = _Reading(self.space, {**dict.fromkeys(_choices(self.space), 0), **chosen})
        graph = here.graph()
        return graph if graph is not None and self.space.contains(graph) else None

    def encode(self, graph: LabeledGraph) -> dict[str, int]:
        """The alternatives that make a graph; 0 for choices that do not matter to it.

        Raises:
            OutsideSpaceError: no choices make it.
        """
        chosen = dict.fromkeys(_choices(self.space), 0)
        written = dict(_written(self.space, graph))
        chosen |= {name: value for name, value in written.items() if name in chosen}
        made = self.decode(chosen)
        if made is None or self.space.key(made) != self.space.key(graph):
            msg = f"{graph} cannot be written as choices of {self.space.name}"
            raise OutsideSpaceError(msg)
        return {name: chosen[name] for name in self.choices}


@dataclass(frozen=True, slots=True)
class _Reading:
    """Choices on the way to a graph."""

    space: SearchSpace
    chosen: Mapping[str, int]

    def graph(self) -> LabeledGraph | None:
        n = max(self.space.sizes)
        size = self.space.sizes[self.chosen["nodes"]] if "nodes" in self.chosen else n
        places = [*range(size - 1), n - 1]
        edges = {edge: a for edge, a in self._edges().items() if set(edge) <= set(places)}
        if _collects(self.space):
            inner = {u for u, _ in edges}
            edges |= {(u, n - 1): 0 for u in places[:-1] if u not in inner}
        if _drops(self.space):
            places = _on_paths(n, list(edges))
            edges = {edge: a for edge, a in edges.items() if set(edge) <= set(places)}
        index = {place: v for v, place in enumerate(places)}
        pairs = tuple((index[u], index[v]) for u, v in edges)
        labels = tuple(edges.values()) if self.space.edge_alphabet else None
        return LabeledGraph(len(places), pairs, self._labels(places), labels)

    def _edges(self) -> dict[Edge, int]:
        """Chosen and prescribed edges with their labels."""
        edges = dict.fromkeys(_prescribed(self.space), 0)
        for v, sets in _predecessors(self.space).items():
            for j, u in enumerate(sets[self.chosen[f"inputs{v}"]]):
                edges[u, v] = self.chosen.get(f"label{v}.{j}", 0)
        for u, v in _free_pairs(self.space):
            if choice := self.chosen[f"edge{u}-{v}"]:
                edges[u, v] = choice - 1
                if _undirected(self.space):
                    edges[v, u] = choice - 1
        return edges

    def _labels(self, places: list[int]) -> tuple[int, ...] | None:
        if not self.space.node_alphabet:
            return None
        domains = label_domains(self.space, max(self.space.sizes))
        return tuple(int(domains[place][self.chosen[f"node{place}"]]) for place in places)


def _written(space: SearchSpace, graph: LabeledGraph) -> Iterator[tuple[str, int]]:
    """Names and alternatives of a graph's choices, those without an effect left out."""
    n = max(space.sizes)
    place = [*range(graph.n - 1), n - 1]
    yield "nodes", space.sizes.index(graph.n)
    label_of = graph.edge_label_of
    edges = {(place[u], place[v]): label_of.get((u, v), 0) for u, v in graph.edges}
    for v, sets in _predecessors(space).items():
        tails = tuple(sorted(u for u, w in edges if w == v))
        if tails in sets:
            yield f"inputs{v}", sets.index(tails)
            for j, u in enumerate(tails):
                yield f"label{v}.{j}", edges[u, v]
    for u, v in _free_pairs(space):
        yield f"edge{u}-{v}", edges.get((u, v), -1) + 1
    if graph.node_labels is not None:
        domains = label_domains(space, n)
        for v, label in enumerate(graph.node_labels):
            yield f"node{place[v]}", domains[place[v]].tolist().index(label)


@lru_cache(maxsize=32)
def _choices(space: SearchSpace) -> Mapping[str, int]:
    """Number of alternatives of every choice, also of those with one."""
    counts: dict[str, int] = {}
    if not _drops(space):
        counts["nodes"] = len(space.sizes)
    labels = max(1, len(space.edge_alphabet))
    for v, sets in _predecessors(space).items():
        counts[f"inputs{v}"] = len(sets)
        if space.edge_alphabet:
            counts |= {f"label{v}.{j}": labels for j in range(len(sets[0]))}
    counts |= {f"edge{u}-{v}": 1 + labels for u, v in _free_pairs(space)}
    if space.node_alphabet:
        domains = label_domains(space, max(space.sizes))
        counts |= {f"node{v}": len(domain) for v, domain in enumerate(domains)}
    return counts


@lru_cache(maxsize=32)
def _predecessors(space: SearchSpace) -> Mapping[int, tuple[Tails, ...]]:
    """The sets of predecessors that a node of prescribed in-degree can have."""
    n = max(space.sizes)
    degrees: dict[int, int] = {}
    for rule in space.rules:
        if isinstance(rule, InDegrees):
            degrees |= dict(enumerate(rule.degrees))
        elif isinstance(rule, InDegree) and rule.at_least == rule.at_most:
            degrees |= dict.fromkeys(range(1, n - 1), rule.at_most)
    sets = {
        v: tuple(combinations([u for u in range(n) if _possible(space, u, v)], degree))
        for v, degree in degrees.items()
    }
    return {v: several for v, several in sets.items() if several}


@lru_cache(maxsize=32)
def _free_pairs(space: SearchSpace) -> tuple[Edge, ...]:
    """Pairs of places whose edge is a choice of its own."""
    n = max(space.sizes)
    taken = set(_predecessors(space))
    if _collects(space):
        taken.add(n - 1)
    fixed = set(_prescribed(space))
    pairs = [(u, v) for u in range(n) for v in range(n) if _possible(space, u, v)]
    if _undirected(space):
        pairs = [(u, v) for u, v in pairs if u < v]
    return tuple((u, v) for u, v in pairs if v not in taken and (u, v) not in fixed)


def _prescribed(space: SearchSpace) -> list[Edge]:
    """Edges that every graph has."""
    if not any(isinstance(rule, Chain) for rule in space.rules):
        return []
    return [(v, v + 1) for v in range(max(space.sizes) - 1)]


def _possible(space: SearchSpace, u: int, v: int) -> bool:
    n = max(space.sizes)
    if u == v or (space.is_topological and u > v):
        return False
    chains = [rule for rule in space.rules if isinstance(rule, Chain)]
    if any(v != u + 1 and (not rule.skips or v == n - 1) for rule in chains):
        return False
    return all(rule.edge_allowed(u, v, n) for rule in space.rules)


def _collects(space: SearchSpace) -> bool:
    return any(isinstance(rule, LeavesFeedSink) for rule in space.rules)


def _drops(space: SearchSpace) -> bool:
    """Whether nodes on no path are dropped, so that the size is no choice."""
    return any(isinstance(rule, OnPath) for rule in space.rules) and bool(space.node_alphabet)


def _undirected(space: SearchSpace) -> bool:
    return any(isinstance(rule, Undirected) for rule in space.rules)


def _on_paths(n: int, edges: list[Edge]) -> list[int]:
    """Nodes on paths from 0 to ``n - 1``, and these two."""
    reach = reachability(GraphBatch.of([LabeledGraph(n, tuple(edges))]).adjacency)[0]
    return [v for v in range(n) if v in (0, n - 1) or bool(reach[0, v] and reach[v, n - 1])]
