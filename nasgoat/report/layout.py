"""Where the nodes of a drawn graph stand: in layers, from the inputs down to the outputs.

The usual three steps: layers by the longest path, waypoints where an edge passes a layer, and
sweeps that move every node to the middle of its neighbours (Sugiyama et al., IEEE SMC 1981).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nasgoat.graphs import LabeledGraph

Edge = tuple[int, int]
Point = tuple[float, float]  # columns from the left, layers from the top

SWEEPS = 8  # cells of 12 nodes stop changing after four


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in units of one node.

    Args:
        nodes: where the centres of the nodes are.
        routes: the points of every drawn edge, its ends included.
        width, height: of all.
        layered: whether every edge leads down; else they are straight lines.
        arrows: whether the edges have a direction.
    """

    nodes: Mapping[int, Point]
    routes: Mapping[Edge, tuple[Point, ...]]
    width: float
    height: float
    layered: bool = True
    arrows: bool = True


def layout(graph: LabeledGraph) -> Layout:
    """Layers for an acyclic graph, one part above the other; a circle for any other graph."""
    if _layers(graph.n, graph.edges) is None:
        return _circle(graph)
    parts = [_layered(part, members) for part, members in _parts(graph)]
    wide = max(part.width for part in parts)
    nodes: dict[int, Point] = {}
    routes: dict[Edge, tuple[Point, ...]] = {}
    height = 0.0
    for part in parts:
        right = (wide - part.width) / 2
        nodes |= {v: _moved(point, right, height) for v, point in part.nodes.items()}
        routes |= {
            edge: tuple(_moved(point, right, height) for point in route)
            for edge, route in part.routes.items()
        }
        height += part.height
    return Layout(nodes, routes, wide, height)


def _moved(point: Point, right: float, down: float) -> Point:
    return point[0] + right, point[1] + down


def _parts(graph: LabeledGraph) -> Iterator[tuple[LabeledGraph, list[int]]]:
    """The connected parts, each with the nodes that its own stand for."""
    root = list(range(graph.n))
    for _ in range(graph.n):
        for u, v in graph.edges:
            root[u] = root[v] = min(root[u], root[v])
    for first in dict.fromkeys(root):
        members = [v for v in range(graph.n) if root[v] == first]
        place = {v: i for i, v in enumerate(members)}
        edges = tuple((place[u], place[v]) for u, v in graph.edges if u in place)
        yield LabeledGraph(len(members), edges), members


def _layers(n: int, edges: Sequence[Edge]) -> list[int] | None:
    """The longest path to every node; None for a graph with a cycle."""
    level = [0] * n
    for _ in range(n):
        moved = False
        for u, v in edges:
            if level[v] <= level[u]:
                level[v], moved = level[u] + 1, True
        if not moved:
            return level
    return None


def _circle(graph: LabeledGraph) -> Layout:
    """All nodes on a circle; pairs of opposite edges as one without arrows."""
    present = set(graph.edges)
    symmetric = all((v, u) in present for u, v in present)
    radius = max(1.0, graph.n / 4)
    turns = [2 * math.pi * v / graph.n - math.pi / 2 for v in range(graph.n)]
    places = {
        v: (radius * (1 + math.cos(turn)), 1.4 * radius * (1 + math.sin(turn)))
        for v, turn in enumerate(turns)
    }
    edges = [(u, v) for u, v in graph.edges if u < v or not symmetric]
    routes = {(u, v): (places[u], places[v]) for u, v in edges}
    return Layout(places, routes, 2 * radius + 1, 2.8 * radius + 1, False, not symmetric)


def _layered(graph: LabeledGraph, members: list[int]) -> Layout:
    """The layout of a connected graph, whose nodes stand for ``members``."""
    level = _layers(graph.n, graph.edges)
    assert level is not None
    chains = dict(_chains(graph, level))
    rows: dict[int, list[int]] = defaultdict(list)
    for point, row in enumerate(level):
        rows[row].append(point)
    near: dict[int, list[int]] = defaultdict(list)
    for chain in chains.values():
        for a, b in pairwise(chain):
            near[a].append(b)
            near[b].append(a)
    for _ in range(SWEEPS):
        for row in [*sorted(rows), *sorted(rows, reverse=True)]:
            _arrange(rows, row, near, level)
    widest = max(len(row) for row in rows.values())
    place = {
        point: (column + (widest - len(row)) / 2, float(number))
        for number, row in rows.items()
        for column, point in enumerate(row)
    }
    routes = {
        (members[u], members[v]): tuple(place[point] for point in chain)
        for (u, v), chain in chains.items()
    }
    nodes = {member: place[v] for v, member in enumerate(members)}
    return Layout(nodes, routes, float(widest), float(len(rows)))


def _chains(graph: LabeledGraph, level: list[int]) -> Iterator[tuple[Edge, list[int]]]:
    """Every edge as points in neighbouring layers; new points are appended to ``level``."""
    for u, v in graph.edges:
        chain = [u]
        for row in range(level[u] + 1, level[v]):
            chain.append(len(level))
            level.append(row)
        yield (u, v), [*chain, v]


def _arrange(
    rows: dict[int, list[int]], row: int, near: dict[int, list[int]], level: list[int]
) -> None:
    """Sort a layer by the middle of what its points are connected to, in neighbouring layers."""
    place = {
        point: column - (len(rows[other]) - 1) / 2
        for other in (row - 1, row + 1)
        if other in rows
        for column, point in enumerate(rows[other])
    }
    own = {point: column - (len(rows[row]) - 1) / 2 for column, point in enumerate(rows[row])}

    def middle(point: int) -> float:
        beside = [place[other] for other in near[point] if level[other] != row]
        return sum(beside) / len(beside) if beside else own[point]

    rows[row].sort(key=lambda point: (middle(point), own[point]))
