"""Drawn architectures: every node, operation and edge is there, apart from all others."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import LabeledGraph
from nasgoat.report import architecture_svg, describe
from nasgoat.report.layout import layout
from nasgoat.spaces import (
    CellSpace,
    StronglyConnected,
    Undirected,
    darts,
    digraphs,
    enas,
    nasbench101,
    nasbench201,
    nasbench_graph,
)

SVG = "{http://www.w3.org/2000/svg}"
SPACES = [nasbench101([7]), nasbench201(), nasbench_graph(), enas(), darts()]
CYCLIC = [digraphs(5, rules=(StronglyConnected(),)), digraphs(4, rules=(Undirected(),))]


@pytest.mark.parametrize("space", [*SPACES, *CYCLIC], ids=lambda space: space.name)
def test_everything_is_drawn(space: CellSpace) -> None:
    rng = np.random.default_rng(0)
    for _ in range(10):
        graph = space.sample(rng)
        picture = ET.fromstring(  # noqa: S314  (our own text)
            architecture_svg(graph, space.node_alphabet, space.edge_alphabet, "it")
        )
        words = [text.text for text in picture.iter(f"{SVG}text")]
        operations = [space.edge_alphabet[label] for label in graph.edge_labels or ()]
        assert len(words) == graph.n + len(operations)
        assert sorted(words[graph.n :]) == sorted(operations)
        for v, label in enumerate(graph.node_labels or ()):
            assert words[v] == f"{v} {space.node_alphabet[label]}"
        heads = [p for p in picture.iter(f"{SVG}path") if p.get("d", "").endswith("z")]
        assert len(heads) in {0, len(graph.edges) + len(operations)}
        assert picture.get("aria-label", "").startswith("it: nodes 0")


@given(st.integers(1, 9), st.data())
def test_acyclic_graphs_are_drawn_downwards_and_apart(n: int, data: st.DataObject) -> None:
    pairs = list(itertools.combinations(range(n), 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    order = data.draw(st.permutations(range(n)))
    graph = LabeledGraph(n, tuple((order[u], order[v]) for u, v in chosen))
    plan = layout(graph)
    assert plan.layered
    assert set(plan.nodes) == set(range(n))
    assert set(plan.routes) == set(graph.edges)
    for (u, v), route in plan.routes.items():
        assert (route[0], route[-1]) == (plan.nodes[u], plan.nodes[v])
        rows = [y for _, y in route]
        assert rows == [rows[0] + i for i in range(len(rows))]
    inner = [point for route in plan.routes.values() for point in route[1:-1]]
    points = [*plan.nodes.values(), *inner]
    assert all(0 <= x < plan.width and 0 <= y < plan.height for x, y in points)
    for (x0, y0), (x1, y1) in itertools.combinations(points, 2):
        assert y0 != y1 or abs(x0 - x1) >= 1


def test_a_cycle_is_drawn_as_a_circle() -> None:
    plan = layout(LabeledGraph(3, ((0, 1), (1, 2), (2, 0))))
    assert (plan.layered, plan.arrows, len(plan.routes)) == (False, True, 3)


def test_opposite_edges_are_one_line() -> None:
    plan = layout(LabeledGraph(3, ((0, 1), (1, 0), (1, 2), (2, 1))))
    assert (plan.arrows, set(plan.routes)) == (False, {(0, 1), (1, 2)})


def test_a_description_in_words() -> None:
    graph = LabeledGraph(3, ((0, 1), (1, 2)), None, (1, 0))
    words = describe(graph, (), ("skip", "conv"))
    assert words == "nodes 0 in, 1, 2 out; edges 0 to 1 by conv, 1 to 2 by skip"
    assert describe(graph) == "nodes 0 in, 1, 2 out; edges 0 to 1 by 1, 1 to 2 by 0"
    assert ">1</text>" in architecture_svg(graph)


def test_names_are_escaped() -> None:
    graph = LabeledGraph(2, ((0, 1),), (0, 1))
    text = architecture_svg(graph, ("<in>", 'a"b'), (), "<&>")
    assert ET.fromstring(text).get("aria-label", "").startswith("<&>: nodes 0 <in>")  # noqa: S314
    assert not re.search(r"<in>", text)
