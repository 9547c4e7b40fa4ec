"""Edge-labelled cells and their node-labelled twins."""

from itertools import combinations, product

import pytest

from nasgoat.graphs import LabeledGraph, edges_to_nodes, nodes_to_edges

PAIRS = list(combinations(range(4), 2))


def nasbench201_cell(choice: tuple[int | None, ...]) -> LabeledGraph:
    """A cell of 4 nodes from what stands on each of the 6 pairs: one of 4 operations or None."""
    kept = [(pair, op) for pair, op in zip(PAIRS, choice, strict=True) if op is not None]
    return LabeledGraph(4, tuple(pair for pair, _ in kept), None, tuple(op for _, op in kept))


def test_all_nasbench201_cells_survive_the_round_trip() -> None:
    seen = set()
    for choice in product((None, 0, 1, 2, 3), repeat=6):
        cell = nasbench201_cell(choice)
        twin = edges_to_nodes(cell, 4)
        assert nodes_to_edges(twin, 4) == cell
        seen.add(twin)
    assert len(seen) == 5**6


def test_the_twin_of_a_cell() -> None:
    """Pairs, in the order 01, 02, 12, 03, 13, 23, become nodes 1 to 6; 0 and 7 are the ends."""
    twin = edges_to_nodes(LabeledGraph(4, ((0, 3), (1, 2)), None, (2, 0)), 4)
    assert twin.node_labels == (5, 4, 4, 0, 2, 4, 4, 6)  # 4 is "none", 5 input, 6 output
    assert twin.edges == (
        *((0, 1), (0, 2), (0, 4)),  # pairs that leave node 0: 01, 02, 03
        *((1, 3), (1, 5)),  # 01 -> 12, 01 -> 13
        (2, 6),  # 02 -> 23
        (3, 6),  # 12 -> 23
        *((4, 7), (5, 7), (6, 7)),  # pairs that enter node 3
    )


def test_cells_without_edge_labels_or_order_are_refused() -> None:
    with pytest.raises(ValueError, match="needs an edge-labelled graph"):
        edges_to_nodes(LabeledGraph(3, ((0, 1),)), 4)
    with pytest.raises(ValueError, match="u < v"):
        edges_to_nodes(LabeledGraph(3, ((1, 0),), None, (0,)), 4)


@pytest.mark.parametrize(
    "graph",
    [
        LabeledGraph(7, (), (0,) * 7),  # no cell has 7 - 2 pairs
        LabeledGraph(8, ()),  # no labels
        LabeledGraph(8, (), (5, 4, 4, 4, 4, 4, 4, 6)),  # no edges
        LabeledGraph(1, (), (0,)),
    ],
)
def test_other_graphs_have_no_cell(graph: LabeledGraph) -> None:
    with pytest.raises(ValueError, match=r"not a converted edge-labelled cell|not those of"):
        nodes_to_edges(graph, 4)


@pytest.mark.parametrize(
    "labels",
    [
        (6, 0, 0, 0, 5),
        (5, 0, 7, 0, 6),
    ],
)
def test_wrong_terminal_or_operation_labels_have_no_cell(labels: tuple[int, ...]) -> None:
    twin = edges_to_nodes(LabeledGraph(3, ((0, 1), (0, 2), (1, 2)), None, (0, 0, 0)), 4)
    assert twin.node_labels == (5, 0, 0, 0, 6)
    with pytest.raises(ValueError, match=r"not those of a converted cell|not all below 4"):
        nodes_to_edges(LabeledGraph(5, twin.edges, labels), 4)


def test_labels_outside_the_alphabet_are_refused() -> None:
    with pytest.raises(ValueError, match="label"):
        edges_to_nodes(LabeledGraph(2, ((0, 1),), None, (4,)), 4)
