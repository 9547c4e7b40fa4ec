"""Feature maps: values by hand, invariance, padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    LinearKernel,
    NodeLabels,
    ShortestPathLengths,
    ShortestPaths,
    counts_of,
    default_feature_maps,
    features,
    stacked_features,
)
from tests.graphs.strategies import labeled_graphs

# labels 0, 1, 0 on all of them
PATH = LabeledGraph(3, ((0, 1), (1, 2)), (0, 1, 0))
FORK = LabeledGraph(3, ((0, 1), (0, 2)), (0, 1, 0))
EDGE = LabeledGraph(2, ((0, 1),), (0, 1))

INVARIANT_MAPS: list[FeatureMap] = [ShortestPaths(5, 2), ShortestPathLengths(5), NodeLabels(2)]
ALL_MAPS: list[FeatureMap] = [*INVARIANT_MAPS, EdgeLabels(3, 2)]


def value(feature_map: FeatureMap, x: LabeledGraph, y: LabeledGraph) -> float:
    kernel = LinearKernel((feature_map,), (1.0,))
    return float(kernel.gram(GraphBatch.of([x]), GraphBatch.of([y]))[0, 0])


def counted(feature_map: FeatureMap, graph: LabeledGraph) -> dict[str, int]:
    row = feature_map.counts(GraphBatch.of([graph]))[0]
    return {feature_map.describe(int(i)): int(row[i]) for i in np.flatnonzero(row)}


def test_shortest_paths_by_hand() -> None:
    """Pairs by (distance, label, label); s = 0 counts each node with itself.

    PATH: 0 -> 1 and 1 -> 2 at distance 1, 0 -> 2 at distance 2. FORK: 0 -> 1 and 0 -> 2 at 1.
    """
    sp = ShortestPaths(3, 2)
    at_zero = {"P[0,0,0]": 2, "P[0,1,1]": 1}
    assert counted(sp, PATH) == at_zero | {"P[1,0,1]": 1, "P[1,1,0]": 1, "P[2,0,0]": 1}
    assert counted(sp, FORK) == at_zero | {"P[1,0,1]": 1, "P[1,0,0]": 1}
    assert counted(sp, EDGE) == {"P[0,0,0]": 1, "P[0,1,1]": 1, "P[1,0,1]": 1}
    assert value(sp, PATH, PATH) == pytest.approx((4 + 1 + 1 + 1 + 1) / 81)
    assert value(sp, PATH, FORK) == pytest.approx((4 + 1 + 1) / 81)  # P[1,0,1] is shared
    assert value(sp, PATH, EDGE) == pytest.approx((2 + 1 + 1) / (9 * 4))


def test_shortest_path_lengths_by_hand() -> None:
    """D of PATH is (3, 2, 1), of FORK (3, 2, 0), of EDGE (2, 1, 0)."""
    ssp = ShortestPathLengths(3)
    assert counted(ssp, PATH) == {"D[0]": 3, "D[1]": 2, "D[2]": 1}
    assert value(ssp, PATH, FORK) == pytest.approx((9 + 4) / 81)
    assert value(ssp, PATH, EDGE) == pytest.approx((6 + 2) / (9 * 4))


def test_node_labels_by_hand() -> None:
    """N of PATH and FORK is (2, 1), of EDGE (1, 1); L = 2."""
    assert counted(NodeLabels(2), PATH) == {"N[0]": 2, "N[1]": 1}
    assert value(NodeLabels(2), PATH, FORK) == pytest.approx((4 + 1) / (3 * 3 * 2))
    assert value(NodeLabels(2), PATH, EDGE) == pytest.approx((2 + 1) / (3 * 2 * 2))


def test_edge_labels_by_hand() -> None:
    """Two of the three pairs carry an edge in x; y shares label 0 on 0 -> 1, not that on 1 -> 2."""
    el = EdgeLabels(3, 2)
    x = LabeledGraph(3, ((0, 1), (1, 2)), None, (0, 1))
    y = LabeledGraph(3, ((0, 1), (0, 2), (1, 2)), None, (0, 1, 0))
    assert counted(el, x) == {"F[0,1,0]": 1, "F[1,2,1]": 1}
    assert value(el, x, x) == pytest.approx(2 / 3)
    assert value(el, y, y) == pytest.approx(1)
    assert value(el, x, y) == pytest.approx(1 / 3)


def test_edge_labels_compare_one_node_count() -> None:
    with pytest.raises(ValueError, match="graphs of 3 nodes"):
        EdgeLabels(3, 2).counts(GraphBatch.of([LabeledGraph(2, ())]))


@given(labeled_graphs(max_n=5, node_labels=2), st.data())
def test_declared_invariance_holds(graph: LabeledGraph, data: st.DataObject) -> None:
    moved = graph.relabeled(data.draw(st.permutations(range(graph.n))))
    for feature_map in INVARIANT_MAPS:
        assert feature_map.relabelling_invariant
        assert counted(feature_map, graph) == counted(feature_map, moved)


def test_edge_labels_are_not_invariant_and_say_so() -> None:
    graph = LabeledGraph(3, ((0, 1),), None, (0,))
    moved = graph.relabeled([0, 2, 1])  # 0 -> 2
    assert value(EdgeLabels(3, 2), graph, graph) == pytest.approx(1 / 3)
    assert value(EdgeLabels(3, 2), graph, moved) == 0
    assert not EdgeLabels.relabelling_invariant


@pytest.mark.parametrize(
    ("feature_map", "graph"),
    [
        (ShortestPaths(2, 3), LabeledGraph(2, ((0, 1),), (0, 3))),  # counts P[1,1,0] instead
        (ShortestPaths(2, 3), LabeledGraph(2, ((0, 1),))),
        (NodeLabels(3), LabeledGraph(2, ((0, 1),), (0, 3))),
        (NodeLabels(3), LabeledGraph(2, ((0, 1),))),
        (EdgeLabels(2, 3), LabeledGraph(2, ((0, 1),), None, (3,))),
        (EdgeLabels(2, 3), LabeledGraph(2, ((0, 1),))),
    ],
)
def test_labels_outside_the_alphabet_are_refused(
    feature_map: FeatureMap, graph: LabeledGraph
) -> None:
    with pytest.raises(ValueError, match="label"):
        feature_map.counts(GraphBatch.of([graph]))


@given(st.lists(labeled_graphs(max_n=5, node_labels=2), min_size=1, max_size=5))
def test_a_batch_gives_the_counts_of_its_graphs(graphs: list[LabeledGraph]) -> None:
    for feature_map in INVARIANT_MAPS:
        rows = [feature_map.counts(GraphBatch.of([graph]))[0] for graph in graphs]
        assert np.array_equal(feature_map.counts(GraphBatch.of(graphs)), rows)


@pytest.mark.parametrize("feature_map", ALL_MAPS, ids=repr)
def test_columns_are_named_apart(feature_map: FeatureMap) -> None:
    names = [feature_map.describe(column) for column in range(feature_map.n_features)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "feature_map",
    [
        *INVARIANT_MAPS,
        EdgeLabels(3, 2),
    ],
    ids=repr,
)
def test_no_graphs_have_no_rows(feature_map: FeatureMap) -> None:
    assert feature_map.counts(GraphBatch.of([], 3)).shape == (0, feature_map.n_features)
    assert features(feature_map, GraphBatch.of([], 3)).shape == (0, feature_map.n_features)


def test_counts_are_remembered() -> None:
    batch = GraphBatch.of([PATH])
    assert counts_of(NodeLabels(2), batch) is counts_of(NodeLabels(2), batch)
    assert counts_of(NodeLabels(3), batch).shape == (1, 3)


def test_stacked_features_stand_side_by_side() -> None:
    batch = GraphBatch.of([PATH, EDGE])
    maps = (ShortestPathLengths(3), NodeLabels(2))
    stacked = stacked_features(maps, batch)
    expected = [[3 / 9, 2 / 9, 1 / 9, 2 / 3, 1 / 3], [2 / 4, 1 / 4, 0, 1 / 2, 1 / 2]]
    expected = np.array(expected) / [1, 1, 1, np.sqrt(2), np.sqrt(2)]
    assert stacked == pytest.approx(expected)


def test_default_maps() -> None:
    assert default_feature_maps(7, 5, 0) == (ShortestPaths(7, 5), NodeLabels(5))
    assert default_feature_maps(4, 0, 4) == (ShortestPathLengths(4), EdgeLabels(4, 4))
    assert default_feature_maps(4, 0, 0) == (ShortestPathLengths(4),)
