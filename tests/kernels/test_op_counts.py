"""Operation counts against plain loops."""

from collections import Counter

import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import OpCounts, features
from nasgoat.spaces import darts, nasbench201


@pytest.mark.parametrize(
    ("space", "feature_map"),
    [
        (nasbench201("any"), OpCounts((0, 1, 0, 2), 4)),
        (darts(2, ("a", "b")), OpCounts((0, 1, 2, 2, 3, 4, 5, 5), 2)),
    ],
)
def test_edges_by_label_and_kind_of_tail(space: object, feature_map: OpCounts) -> None:
    batch = space.listing().take(slice(0, None, 7))  # type: ignore[attr-defined]
    counts = feature_map.counts(batch)
    assert counts.dtype == np.int16
    for graph, row in zip(batch, counts, strict=True):
        found = Counter((feature_map.kinds[u], a) for (u, _), a in graph.edge_label_of.items())
        expected = {feature_map.column(*place): count for place, count in found.items()}
        assert {i: int(row[i]) for i in np.flatnonzero(row)} == expected
    places = [
        f"T[{c},{a}]"
        for c in range(max(feature_map.kinds) + 1)
        for a in range(feature_map.n_labels)
    ]
    assert [feature_map.describe(i) for i in range(feature_map.n_features)] == places


def test_the_scale_is_that_of_edge_labels() -> None:
    graph = LabeledGraph(3, ((0, 1), (0, 2)), None, (1, 1))
    [phi] = features(OpCounts((0, 1, 1), 2), GraphBatch.of([graph]))
    np.testing.assert_allclose(phi, np.array([0, 2, 0, 0]) * np.sqrt(2 / 6))
    assert OpCounts((0,), 2).scale(1) == 1.0


def test_wrong_graphs_are_refused() -> None:
    feature_map = OpCounts((0, 0, 1), 2)
    with pytest.raises(ValueError, match="graphs of 3 nodes, got sizes"):
        feature_map.counts(GraphBatch.of([LabeledGraph(2, ())]))
    for labels in (None, (2,)):
        with pytest.raises(ValueError, match=r"must lie in 0 .. 1"):
            feature_map.counts(GraphBatch.of([LabeledGraph(3, ((0, 1),), None, labels)]))


@pytest.mark.parametrize("kinds", [(), (1,), (0, 2)])
def test_kinds_are_numbered_without_a_gap(kinds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="without a gap"):
        OpCounts(kinds, 2)
