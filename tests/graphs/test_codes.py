"""Codes of graphs are one to one, and what is no code is refused."""

import numpy as np
import pytest
from hypothesis import given, settings

from nasgoat.graphs import GraphBatch, GraphCode, LabeledGraph
from nasgoat.spaces import CellSpace, digraphs, nasbench101, nasbench201
from tests.graphs.strategies import any_graphs

SPACES = [nasbench101(range(2, 6)), nasbench201(), digraphs(3, 1), digraphs(3, node_alphabet="ab")]


def code_of(space: CellSpace) -> GraphCode:
    labelled = bool(space.node_alphabet), bool(space.edge_alphabet)
    return GraphCode(max(space.sizes), space.is_topological, *labelled)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_every_graph_of_a_space_has_a_code_of_its_own(space: CellSpace) -> None:
    listing, code = space.listing(), code_of(space)
    codes = code.encode(listing)
    assert codes.shape == (len(listing), code.width)
    assert len(np.unique(codes, axis=0)) == len(listing)
    assert list(code.decode(codes)) == list(listing)


@given(graph=any_graphs())
@settings(max_examples=200)
def test_any_graph_comes_back(graph: LabeledGraph) -> None:
    nodes, edges = graph.node_labels is not None, graph.edge_labels is not None
    code = GraphCode(max(9, graph.n), False, nodes, edges)
    assert code.decode(code.encode(GraphBatch.of([graph])))[0] == graph


def test_the_bytes_are_those_of_the_documentation() -> None:
    cell = GraphBatch.of([LabeledGraph(3, ((0, 1), (1, 2)), (0, 2, 4))])
    assert code_of(nasbench101([3, 4])).encode(cell).tolist() == [[3, 0b10010000, 0, 2, 4, 255]]
    edges = GraphBatch.of([LabeledGraph(4, ((0, 1), (1, 3)), None, (2, 0))])
    assert code_of(nasbench201()).encode(edges).tolist() == [[4, 3, 0, 0, 0, 1, 0]]


@pytest.mark.parametrize(
    "wrong",
    [
        [0, 0, 255, 255, 255, 255],  # no nodes
        [5, 0, 0, 0, 0, 0],  # too many
        [3, 0b00100000, 0, 2, 4, 255],  # an edge to node 3 of three
        [3, 0b10010000, 0, 2, 255, 255],  # a node without a label
        [3, 0b10010000, 0, 2, 4, 1],  # a label without a node
    ],
)
def test_what_is_no_code_is_refused(wrong: list[int]) -> None:
    code = code_of(nasbench101([3, 4]))
    fine = [3, 0b10010000, 0, 2, 4, 255]
    with pytest.raises(ValueError, match="the code of row 1 is no graph of 1 to 4 nodes"):
        code.decode(np.array([fine, wrong], dtype=np.uint8))
    with pytest.raises(ValueError, match="are 6 bytes wide"):
        code.decode(np.zeros((1, 5), dtype=np.uint8))
