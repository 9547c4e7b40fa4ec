"""Distances that count what differs, against loops."""

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import degree_distances, hamming_distances
from tests.kernels.samples import L, edge_labeled, node_labeled


def places(graph: LabeledGraph, n: int) -> list[object]:
    nodes = graph.node_labels or ("no label",) * graph.n
    labels = graph.edge_label_of
    edges = [
        (labels.get((u, v), "plain") if (u, v) in graph.edges else "none")
        for u in range(n)
        for v in range(n)
    ]
    return [*nodes, *(["nobody"] * (n - graph.n)), *edges]


def degrees(graph: LabeledGraph, n: int) -> list[int]:
    outward = sorted([sum(u == w for u, _ in graph.edges) for w in range(n)])
    inward = sorted([sum(v == w for _, v in graph.edges) for w in range(n)])
    return [*outward, *inward, *((graph.node_labels or ()).count(label) for label in range(L))]


def samples() -> tuple[list[LabeledGraph], list[LabeledGraph]]:
    rng = np.random.default_rng(0)
    return node_labeled(12, rng), edge_labeled(5, rng)


def test_hamming_distances() -> None:
    for graphs in samples():
        n = max(graph.n for graph in graphs)
        written = [places(graph, n) for graph in graphs]
        expected = [
            [sum(a != b for a, b in zip(x, y, strict=True)) for y in written] for x in written
        ]
        found = hamming_distances(GraphBatch.of(graphs[:4]), GraphBatch.of(graphs))
        np.testing.assert_array_equal(found, expected[:4])
        assert found.max() > 0


def test_degree_distances() -> None:
    for graphs in samples():
        n = max(graph.n for graph in graphs)
        written = [degrees(graph, n) for graph in graphs]
        expected = [
            [sum(abs(a - b) for a, b in zip(x, y, strict=True)) for y in written] for x in written
        ]
        found = degree_distances(GraphBatch.of(graphs[:4]), GraphBatch.of(graphs))
        if graphs[0].node_labels is None:  # all nodes count as one more label: equal everywhere
            assert len({graph.n for graph in graphs}) == 1
        np.testing.assert_array_equal(found, expected[:4])
        assert found.max() > 0


def test_their_exponentials_are_positive_semidefinite() -> None:
    batch = GraphBatch.of(node_labeled(40, np.random.default_rng(7)))
    for distances in (hamming_distances(batch, batch), degree_distances(batch, batch)):
        assert np.linalg.eigvalsh(np.exp(-distances / 3.0)).min() > -1e-10
