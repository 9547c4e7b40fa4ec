"""GraphBatch: the same graphs as arrays, whatever the padding."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import GraphBatch, LabeledGraph
from tests.graphs.strategies import any_graphs

lists_of_graphs = st.lists(any_graphs(), max_size=6)


@given(lists_of_graphs, st.integers(1, 9))
def test_round_trip_with_padding(graphs: list[LabeledGraph], n: int) -> None:
    batch = GraphBatch.of(graphs, n)
    assert batch.n == max([n, *(graph.n for graph in graphs)])
    assert len(batch) == len(graphs)
    assert list(batch) == graphs
    assert [batch[i] for i in range(-len(graphs), len(graphs))] == graphs * 2
    with pytest.raises(IndexError):
        batch[len(graphs)]
    assert list(batch.padded(batch.n + 2)) == graphs
    assert json.loads(json.dumps([graph.to_json() for graph in batch])) == [
        g.to_json() for g in graphs
    ]


@given(lists_of_graphs, lists_of_graphs)
def test_concatenation(left: list[LabeledGraph], right: list[LabeledGraph]) -> None:
    joined = GraphBatch.concatenate([GraphBatch.of(left), GraphBatch.of(right)])
    assert list(joined) == left + right


@given(lists_of_graphs)
def test_absent_nodes_carry_nothing(graphs: list[LabeledGraph]) -> None:
    batch = GraphBatch.of(graphs, 8)
    absent = ~batch.exists
    assert np.array_equal(batch.exists.sum(axis=1), [graph.n for graph in graphs])
    assert not batch.adjacency[absent].any()
    assert not batch.adjacency.transpose(0, 2, 1)[absent].any()
    assert (batch.node_labels[absent] == -1).all()
    assert (batch.edge_labels[~batch.adjacency] == -1).all()


def test_no_graphs_make_an_empty_batch() -> None:
    assert list(GraphBatch.of([])) == []
    assert len(GraphBatch.concatenate([])) == 0


def test_take_by_rows_mask_and_slice() -> None:
    graphs = [LabeledGraph(n, ((0, n - 1),)) for n in (2, 3, 4)]
    batch = GraphBatch.of(graphs)
    assert list(batch.take(np.array([2, 0]))) == [graphs[2], graphs[0]]
    assert list(batch.take(np.array([True, False, True]))) == [graphs[0], graphs[2]]
    assert list(batch.take(slice(1, None))) == graphs[1:]


def test_room_cannot_shrink() -> None:
    with pytest.raises(ValueError, match="cannot pad 3 nodes to 2"):
        GraphBatch.of([LabeledGraph(3, ())]).padded(2)


@given(st.data())
def test_permuted_is_the_inverse_of_relabeled(data: st.DataObject) -> None:
    graph = data.draw(any_graphs())
    old_index = data.draw(st.permutations(range(graph.n)))
    permuted = GraphBatch.of([graph]).permuted(np.array([old_index]))[0]
    assert permuted.relabeled(old_index) == graph


@pytest.mark.parametrize("where", ["node_labels", "edge_labels"])
def test_labels_that_do_not_fit_a_byte_are_refused(where: str) -> None:
    with pytest.raises(ValueError, match="label"):
        LabeledGraph(2, ((0, 1),), **{where: (200,) * (2 if where == "node_labels" else 1)})
