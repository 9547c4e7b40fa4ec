"""Spaces as values: what they contain, what they refuse and in which words."""

import json
import re

import pytest

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    FixedLabel,
    MaxEdges,
    MaxLabelCount,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)

CHAIN = ((0, 1), (1, 2), (2, 3))


@pytest.mark.parametrize(
    ("space", "graph", "expected"),
    [
        (
            nasbench101([4]),
            LabeledGraph(4, CHAIN, (0, 5, 7, 4)),
            r"node labels \[5, 7\] are out of range; there are 5: \('input'",
        ),
        (nasbench101([4]), LabeledGraph(5, (*CHAIN, (3, 4)), (0, 1, 1, 1, 4)), "5 nodes.*allows 4"),
        (nasbench101([4, 6]), LabeledGraph(3, CHAIN[:2], (0, 1, 4)), "3 nodes.*allows 4, 6"),
        (
            nasbench101([4], max_edges=2),
            LabeledGraph(4, CHAIN, (0, 1, 1, 4)),
            "graph has 3 edges, the space allows 2",
        ),
        (nasbench101([4]), LabeledGraph(4, CHAIN), "the nodes carry no labels; label them"),
        (nasbench201(), LabeledGraph(4, CHAIN), "the edges carry no labels; label them"),
        (nasbench201(), LabeledGraph(4, CHAIN, None, (0, 4, 1)), r"edge labels \[4\] are out of"),
        (
            nasbench201(),
            LabeledGraph(4, CHAIN, (0, 1, 2, 3), (0, 0, 0)),
            "the nodes carry labels, the space has none on nodes",
        ),
        (
            digraphs(3),
            LabeledGraph(3, ((0, 1),), None, (1,)),
            "the edges carry labels, the space has none on edges",
        ),
        (
            digraphs(3, rules=[Acyclic()]),
            LabeledGraph(3, ((0, 1), (1, 2), (2, 0))),
            "edge 0 -> 1 closes a cycle",
        ),
        (
            nasbench101([3]),
            LabeledGraph(3, ((0, 2), (2, 1)), (0, 1, 4)),
            "edge 2 -> 1 goes against",
        ),
        (nasbench201(), LabeledGraph(4, ()), "no path leads from node 0 to node 3"),
        (
            nasbench101([3]),
            LabeledGraph(3, ((0, 1), (1, 2)), (1, 1, 4)),
            "node 0 is labelled 'conv3x3-bn-relu', it must be 'input'",
        ),
        (
            nasbench_graph(("gcn", "skip")),
            LabeledGraph(6, ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5)), (0, 2, 2, 2, 2, 3)),
            "label 'skip' is on 4 nodes, the space allows 3",
        ),
    ],
)
def test_outsiders_are_refused_with_a_reason(
    space: CellSpace, graph: LabeledGraph, expected: str
) -> None:
    assert not space.contains(graph)
    start = re.escape(f"graph is outside {space.name}: ")
    with pytest.raises(OutsideSpaceError, match=f"^{start}.*{expected}"):
        space.require(graph)


def test_every_broken_rule_gets_a_sentence() -> None:
    graph = LabeledGraph(4, ((1, 0), (2, 3), (1, 3)), (1, 1, 1, 1))
    assert len(nasbench101([4], max_edges=2).violations(graph)) == 5


def test_members_are_returned_as_they_are() -> None:
    graph = LabeledGraph(4, CHAIN, (0, 1, 2, 4))
    assert nasbench101([4]).require(graph) is graph
    assert nasbench201("any").contains(LabeledGraph(4, ()))  # no edge, so nothing to label


def test_narrower_spaces() -> None:
    space = nasbench101([4])
    pooled = space.with_rules(MaxLabelCount(3, 1), name="one pool")
    assert pooled.name == "one pool"
    expected = [g for g in space.enumerate() if (g.node_labels or ()).count(3) <= 1]
    assert list(pooled.enumerate()) == expected
    assert space.relabelling_invariant
    assert not space.with_rules(FixedLabel(1, 3)).relabelling_invariant


def test_fixed_label_inside_names_indexed_graphs() -> None:
    """A label for one interior index: the class counts if one of its members meets the rule."""
    space = nasbench101([4]).with_rules(FixedLabel(1, 3))
    points = [
        graph
        for cell in nasbench101([4]).enumerate()
        for graph in nasbench101([4]).identity.copies(cell, ordered=True)
        if graph.node_labels is not None and graph.node_labels[1] == 3
    ]
    assert space.size() == len({space.key(graph) for graph in points})


@pytest.mark.parametrize("sizes", [(), (0, 3)])
def test_node_counts_are_checked(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="node counts of at least 1"):
        CellSpace("wrong", sizes)


def test_labels_are_on_nodes_or_on_edges() -> None:
    with pytest.raises(ValueError, match="labels both nodes and edges"):
        CellSpace("wrong", (3,), ("a",), ("b",))


def test_size_must_be_one_of_the_space() -> None:
    with pytest.raises(ValueError, match=r"node counts \(6, 7\), not 5"):
        nasbench101().of_size(5)


def test_spaces_are_values() -> None:
    assert nasbench101([6, 7]) == nasbench101((7, 6, 6))
    assert hash(nasbench101()) == hash(nasbench101())
    assert nasbench201() != nasbench201("any")
    assert nasbench101().describe() != nasbench101(max_edges=8).describe()
    description = nasbench_graph().describe()
    assert json.loads(json.dumps(description)) == description


def test_topological_spaces_know_it() -> None:
    assert nasbench101().is_topological
    assert not digraphs(3, rules=[Acyclic(), MaxEdges(2)]).is_topological
