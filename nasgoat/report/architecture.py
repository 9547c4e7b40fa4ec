"""Architectures as SVG pictures that follow the colours of the page around them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from nasgoat.graphs import LabeledGraph
from nasgoat.report.figures import Drawing
from nasgoat.report.layout import Layout, Point, layout

Pixel = tuple[float, float]

HEIGHT, TIP = 30, 6  # of a node; of the head of an arrow, in pixels
NARROW, WIDE = 62, 118  # the narrowest and the widest node
LETTER, PADDING = 7.5, 18  # about the width of a letter of a name; of what is beside the name
ROW, BETWEEN = 62, 18  # from centre to centre of two layers; between the nodes of a layer
MARGIN = 8
INK, MUTED = "var(--ink, #1b1b1f)", "var(--muted, #5c5f66)"
PAPER = "var(--paper, #ffffff)"
TINTS = 7  # colours of the page's palette, --c0 to --c6
FALLBACK = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a7a7a")


def architecture_svg(
    graph: LabeledGraph,
    node_names: Sequence[str] = (),
    edge_names: Sequence[str] = (),
    title: str = "architecture",
) -> Drawing:
    """Draw a graph as an SVG element with a description for those who cannot see it.

    Args:
        graph: what to draw.
        node_names: of the node labels, as in ``SearchSpace.node_alphabet``.
        edge_names: of the edge labels.
        title: what the picture shows; the description adds nodes and edges.
    """
    drawn = _with_operations(graph)
    plan = layout(drawn)
    boxes = list(_boxes(graph, node_names, edge_names))
    column = max(box.width for box in boxes) + BETWEEN
    places = {v: _at(point, column) for v, point in plan.nodes.items()}
    wide = plan.width * column + 2 * MARGIN
    high = (plan.height - 1) * ROW + HEIGHT + 2 * MARGIN
    parts = [
        _edge([_at(point, column) for point in route], plan, boxes[v].width)
        for (_, v), route in plan.routes.items()
    ]
    parts += [_box(box, places[v]) for v, box in enumerate(boxes)]
    described = escape(f"{title}: {describe(graph, node_names, edge_names)}", quote=True)
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="architecture" role="img" '
        f'viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" aria-label="{described}" '
        f'style="max-width:100%;height:auto" font-family="system-ui,sans-serif">'
        f"<title>{described}</title>{''.join(parts)}</svg>"
    )


def describe(
    graph: LabeledGraph, node_names: Sequence[str] = (), edge_names: Sequence[str] = ()
) -> str:
    """The nodes and edges of a graph in one sentence."""
    names = _names(graph, node_names)
    label = graph.edge_label_of
    edges = [
        f"{u} to {v}" + (f" by {_named(label[u, v], edge_names)}" if (u, v) in label else "")
        for u, v in graph.edges
    ]
    return f"nodes {', '.join(names)}; edges {', '.join(edges) or 'none'}"


def _names(graph: LabeledGraph, node_names: Sequence[str]) -> list[str]:
    """``index name`` of every node; the ends of unlabelled graphs are called what they are."""
    if graph.node_labels is not None and node_names:
        return [f"{v} {node_names[label]}" for v, label in enumerate(graph.node_labels)]
    fed, feeding = {v for _, v in graph.edges}, {u for u, _ in graph.edges}
    ends = dict.fromkeys(feeding - fed, "in") | dict.fromkeys(fed - feeding, "out")
    return [f"{v} {ends.get(v, '')}".strip() for v in range(graph.n)]


def _named(label: int, names: Sequence[str]) -> str:
    """The name of a label; its number where there are no names."""
    return names[label] if names else str(label)


def _at(point: Point, column: float) -> Pixel:
    """The pixel of a point; ``column`` is the distance of neighbours in a layer."""
    x, y = point
    return MARGIN + (x + 0.5) * column, MARGIN + y * ROW + HEIGHT / 2


def _with_operations(graph: LabeledGraph) -> LabeledGraph:
    """The graph with a node on every labelled edge, behind its own nodes."""
    if graph.edge_labels is None:
        return LabeledGraph(graph.n, graph.edges)
    halves = [
        half for i, (u, v) in enumerate(graph.edges, start=graph.n) for half in ((u, i), (i, v))
    ]
    return LabeledGraph(graph.n + len(graph.edges), tuple(halves))


@dataclass(frozen=True, slots=True)
class Box:
    """A node or an operation as it is drawn."""

    name: str
    colour: str

    @property
    def width(self) -> float:
        """As the name needs it, within limits."""
        return min(max(NARROW, LETTER * len(self.name) + PADDING), WIDE)


def _boxes(
    graph: LabeledGraph, node_names: Sequence[str], edge_names: Sequence[str]
) -> Iterator[Box]:
    """The nodes, then the operations on edges."""
    names = _names(graph, node_names)
    for v, name in enumerate(names):
        colour = MUTED if graph.node_labels is None else _tint(graph.node_labels[v])
        yield Box(name, colour)
    for label in graph.edge_labels or ():
        yield Box(_named(label, edge_names), _tint(label))


def _box(box: Box, place: Pixel) -> str:
    x, y = place
    size = 12.5 if len(box.name) < 15 else 10.0
    return (
        f'<rect x="{x - box.width / 2:g}" y="{y - HEIGHT / 2:g}" width="{box.width:g}" '
        f'height="{HEIGHT}" rx="7" style="fill:{PAPER};stroke:{box.colour};stroke-width:2"/>'
        f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" font-size="{size}" '
        f'style="fill:{INK}">{escape(box.name)}</text>'
    )


def _edge(points: list[Pixel], plan: Layout, width: float) -> str:
    """An edge between boxes; ``width`` is that of its last one."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    if not plan.layered:
        return _straight(points[0], points[-1], width) if plan.arrows else _line(_to(*points))
    points[0], points[-1] = (x0, y0 + HEIGHT / 2), (x1, y1 - HEIGHT / 2 - TIP)
    return _line(_curve(points)) + _head(points[-1], (0.0, 1.0))


def _straight(start: Pixel, end: Pixel, width: float) -> str:
    """A straight line that the box at its start covers, up to the box at its end."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    along = (x1 - x0) / length, (y1 - y0) / length
    sides = zip((width / 2, HEIGHT / 2), along, strict=True)
    hidden = min(side / abs(part) for side, part in sides if part) + TIP + 1
    tip = x1 - along[0] * hidden, y1 - along[1] * hidden
    return _line(_to(start, tip)) + _head(tip, along)


def _to(start: Pixel, end: Pixel) -> str:
    return f"M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}"


def _line(path: str) -> str:
    return f'<path d="{path}" style="fill:none;stroke:{MUTED};stroke-width:1.6"/>'


def _head(base: Pixel, along: Pixel) -> str:
    """The head of an arrow that begins at ``base`` and points along a unit vector."""
    (x, y), (a, b) = base, along
    corners = ((x - 4 * b, y + 4 * a), (x + 4 * b, y - 4 * a), (x + TIP * a, y + TIP * b))
    path = "L".join(f"{cx:.4g} {cy:.4g}" for cx, cy in corners)
    return f'<path d="M{path}z" style="fill:{MUTED}"/>'


def _curve(points: Sequence[Pixel]) -> str:
    """A smooth line through points, level with the layers' normal at each of them."""
    text = f"M{points[0][0]:g} {points[0][1]:g}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        text += f"C{x0:g} {middle:g} {x1:g} {middle:g} {x1:g} {y1:g}"
    return text


def _tint(label: int) -> str:
    place = label % TINTS
    return f"var(--c{place}, {FALLBACK[place]})"
