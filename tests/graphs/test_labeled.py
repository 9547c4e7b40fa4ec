"""LabeledGraph: validation, and conversions that lose nothing."""

import json
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import LabeledGraph
from tests.graphs.strategies import any_graphs


@pytest.mark.parametrize(
    ("n", "edges", "node_labels", "edge_labels", "message"),
    [
        (0, (), None, None, "at least 1 node"),
        (2, ((0, 2),), None, None, r"0 -> 2 leaves the nodes 0 \.\. 1"),
        (2, ((-1, 1),), None, None, "-1 -> 1 leaves"),
        (2, ((1, 1),), None, None, "1 -> 1 is a loop"),
        (3, ((0, 1), (1, 2), (0, 1)), None, None, "0 -> 1 is given more than once"),
        (2, ((0, 1),), (0,), None, "1 node labels for 2 nodes"),
        (2, ((0, 1),), (0, -1), None, "node labels are indices from 0"),
        (2, ((0, 1),), None, (0, 1), "2 edge labels for 1 edges"),
        (2, ((0, 1),), None, (-2,), "edge labels are indices from 0"),
    ],
)
def test_invalid_graphs_are_refused(
    n: int, edges: Any, node_labels: Any, edge_labels: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        LabeledGraph(n, edges, node_labels, edge_labels)


def test_edges_are_sorted_together_with_their_labels() -> None:
    graph = LabeledGraph(3, ((1, 2), (0, 1)), None, (5, 7))
    assert graph == LabeledGraph(3, ((0, 1), (1, 2)), None, (7, 5))
    assert graph.edge_label_of == {(1, 2): 5, (0, 1): 7}


def test_no_edge_labels_and_no_edges_to_label_are_the_same() -> None:
    assert LabeledGraph(2, (), None, ()) == LabeledGraph(2, ())


def test_graphs_are_values() -> None:
    graph = LabeledGraph(2, ((0, 1),), (0, 1))
    assert len({graph, LabeledGraph(np.int64(2), ((0, 1),), (0, 1))}) == 1  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        graph.n = 3  # type: ignore[misc]


@given(any_graphs())
def test_networkx_round_trip(graph: LabeledGraph) -> None:
    assert LabeledGraph.from_networkx(graph.to_networkx()) == graph


@given(any_graphs())
def test_adjacency_round_trip(graph: LabeledGraph) -> None:
    table = np.zeros((graph.n, graph.n), dtype=int)
    for (u, v), label in graph.edge_label_of.items():
        table[u, v] = label
    of_edges = None if graph.edge_labels is None else table
    assert LabeledGraph.from_adjacency(graph.adjacency, graph.node_labels, of_edges) == graph


@given(any_graphs())
def test_json_round_trip(graph: LabeledGraph) -> None:
    assert LabeledGraph.from_json(json.loads(json.dumps(graph.to_json()))) == graph


@given(st.data())
def test_relabeled_renames_nodes(data: st.DataObject) -> None:
    graph = data.draw(any_graphs())
    new_index = data.draw(st.permutations(range(graph.n)))
    other = graph.relabeled(new_index)
    expected = nx.relabel_nodes(graph.to_networkx(), dict(enumerate(new_index)))
    assert nx.utils.graphs_equal(other.to_networkx(), expected)
    assert other.relabeled(np.argsort(new_index).tolist()) == graph


@pytest.mark.parametrize("new_index", [[0, 0], [0], [0, 2], [1, 0, 2]])
def test_relabeled_refuses_what_is_no_permutation(new_index: list[int]) -> None:
    with pytest.raises(ValueError, match=r"permutation of 0 \.\. 1"):
        LabeledGraph(2, ((0, 1),)).relabeled(new_index)


def test_matrices_must_be_square_and_alike() -> None:
    with pytest.raises(ValueError, match=r"square, got shape \(2, 3\)"):
        LabeledGraph.from_adjacency(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"shape \(2, 2\), the adjacency matrix \(3, 3\)"):
        LabeledGraph.from_adjacency(np.zeros((3, 3)), edge_labels=np.zeros((2, 2)))


def test_from_networkx_refuses_other_names_and_missing_labels() -> None:
    graph = nx.DiGraph([(0, 1)])
    graph.nodes[0]["label"] = 1
    with pytest.raises(ValueError, match="1 of 2 nodes carry no label"):
        LabeledGraph.from_networkx(graph)
    with pytest.raises(ValueError, match=r"nodes must be 0 \.\. 1"):
        LabeledGraph.from_networkx(nx.DiGraph([("a", "b")]))


@pytest.mark.parametrize(
    "value", [{}, {"n": 2}, {"n": "2", "edges": []}, {"n": 2, "edges": [[0]]}, {"n": 2, "edges": 1}]
)
def test_from_json_refuses_what_is_no_graph(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not a graph|not enough values"):
        LabeledGraph.from_json(value)
