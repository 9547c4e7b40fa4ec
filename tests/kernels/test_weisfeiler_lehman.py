"""Weisfeiler-Lehman kernels against their definition in words and against GraKeL."""

import warnings
from collections import Counter

import networkx as nx
import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    WLKernel,
    subtree_counts,
    weisfeiler_lehman,
    wl_grams,
    wl_norms,
)
from nasgoat.kernels.weisfeiler_lehman import Numbering
from tests.kernels.samples import edge_labeled, node_labeled
from tests.kernels.test_grakel import as_grakel

DEPTH = 3


def words(graph: LabeledGraph, depth: int) -> list[str]:
    """The label of each node at a depth, written out."""
    names = [str(label) for label in graph.node_labels or ("all",) * graph.n]
    for _ in range(depth):
        names = [
            f"{names[u]}({','.join(sorted(names[v] for w, v in graph.edges if w == u))})"
            for u in range(graph.n)
        ]
    return names


def plain(x: LabeledGraph, y: LabeledGraph, depth: int) -> int:
    total = 0
    for h in range(depth + 1):
        left, right = Counter(words(x, h)), Counter(words(y, h))
        total += sum(left[word] * right[word] for word in left)
    return total


@pytest.mark.parametrize("labelled", [True, False])
def test_grams_are_counts_of_equal_subtrees(labelled: bool) -> None:
    rng = np.random.default_rng(0)
    graphs = node_labeled(12, rng) if labelled else edge_labeled(6, rng)
    xs, ys = graphs[:5], graphs[3:]
    grams = wl_grams(GraphBatch.of(xs), GraphBatch.of(ys), DEPTH)
    expected = [[[plain(x, y, h) for y in ys] for x in xs] for h in range(DEPTH + 1)]
    np.testing.assert_array_equal(grams, expected)
    assert len(np.unique(grams[-1])) > 3
    norms = wl_norms(GraphBatch.of(graphs, 9), DEPTH)
    expected = [[plain(x, x, h) for x in graphs] for h in range(DEPTH + 1)]
    np.testing.assert_array_equal(norms, expected)


def test_renumbering_changes_nothing_and_grams_are_positive_semidefinite() -> None:
    rng = np.random.default_rng(1)
    graphs = node_labeled(15, rng)
    batch = GraphBatch.of(graphs)
    moved = GraphBatch.of([graph.relabeled(rng.permutation(graph.n)) for graph in graphs])
    grams = wl_grams(batch, batch, DEPTH)
    np.testing.assert_array_equal(wl_grams(moved, batch, DEPTH), grams)
    assert all(np.linalg.eigvalsh(gram).min() > -1e-8 for gram in grams)


def test_grams_are_those_of_grakel() -> None:
    grakel = pytest.importorskip("grakel")
    candidates = node_labeled(20, np.random.default_rng(3), smallest=3)
    graphs = [graph for graph in candidates if graph.edges]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GraKeL's remarks on its own graph formats
        expected = grakel.kernels.WeisfeilerLehman(
            n_iter=DEPTH, base_graph_kernel=grakel.kernels.VertexHistogram
        ).fit_transform([as_grakel(graph) for graph in graphs])
    batch = GraphBatch.of(graphs)
    np.testing.assert_array_equal(wl_grams(batch, batch, DEPTH)[-1], expected)


def test_graphs_that_networkx_hashes_alike_have_equal_rows() -> None:
    graphs = node_labeled(200, np.random.default_rng(5), smallest=3)
    batch = GraphBatch.of(graphs)
    gram = wl_grams(batch, batch, DEPTH)[-1]
    alike = np.array(
        [[gram[i, i] == gram[i, j] == gram[j, j] for j in range(200)] for i in range(200)]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the hashes changed between its releases
        reverse = [graph.to_networkx().reverse() for graph in graphs]  # it looks at predecessors
        hashes = [
            nx.weisfeiler_lehman_graph_hash(graph, node_attr="label", iterations=DEPTH)
            for graph in reverse
        ]
    np.testing.assert_array_equal(alike, [[a == b for b in hashes] for a in hashes])
    assert alike.sum() > 200


def test_the_kernel_is_a_weighted_sum_over_depths() -> None:
    graphs = node_labeled(14, np.random.default_rng(7))
    xs, ys = GraphBatch.of(graphs[:9]), GraphBatch.of(graphs[6:], 9)
    weights = (0.5, 2.0, 0.1, 3.0)
    kernel = WLKernel(weights)
    alike = [
        [
            sum(
                weight * sum(a == b for a in words(x, d) for b in words(y, d))
                for d, weight in enumerate(weights)
            )
            for y in graphs[6:]
        ]
        for x in graphs[:9]
    ]
    np.testing.assert_allclose(kernel.gram(xs, ys), alike)
    for left, right in ((xs, ys), (ys, xs), (xs, xs)):
        cumulative = wl_grams(left, right, DEPTH)
        each = np.diff(cumulative, axis=0, prepend=0.0)
        np.testing.assert_allclose(kernel.gram(left, right), np.tensordot(weights, each, 1))
    np.testing.assert_allclose(kernel.diag(xs), kernel.gram(xs, xs).diagonal())
    blocks = subtree_counts(xs, DEPTH)
    total = sum(weight * block @ block.T for weight, block in zip(weights, blocks, strict=True))
    np.testing.assert_allclose(total, kernel.gram(xs, xs))


def test_subtrees_seen_long_ago_are_recognised() -> None:
    """Numbers are given once for all batches, whatever comes between and however it is padded."""
    graphs = node_labeled(6, np.random.default_rng(8))
    kernel = WLKernel((1.0,) * 4)
    first = GraphBatch.of(graphs)
    expected = kernel.gram(first, first)
    kernel.diag(GraphBatch.of(node_labeled(50, np.random.default_rng(9))))
    again = GraphBatch.of(graphs, 9)
    np.testing.assert_array_equal(kernel.gram(again, first), expected)
    np.testing.assert_array_equal(WLKernel((1.0,)).gram(again, first), wl_grams(again, first, 0)[0])


def test_numbers_are_given_anew_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = GraphBatch.of(node_labeled(30, np.random.default_rng(10)))
    kernel = WLKernel((1.0,) * 4)
    expected = kernel.gram(batch, batch)
    small = Numbering(limit=10)
    monkeypatch.setattr(weisfeiler_lehman, "NUMBERING", small)
    for seed in range(20):
        other = GraphBatch.of(node_labeled(30, np.random.default_rng(seed)))
        before = kernel.gram(batch, other)
        np.testing.assert_array_equal(kernel.gram(batch, batch), expected)
        np.testing.assert_array_equal(kernel.gram(batch, other), before)
    each = Numbering()
    each.levels(3, batch)
    assert small.limit < 5 * each.given  # what one call needs, twice
    assert small.given < 2 * small.limit


def test_a_known_subtree_uses_up_no_number() -> None:
    numbering = Numbering()
    for _ in range(3):
        numbering.levels(DEPTH, GraphBatch.of(node_labeled(20, np.random.default_rng(11))))
    for numbers in numbering.numbers.values():
        assert sorted(numbers.values()) == list(range(len(numbers)))


def test_nothing_is_compared_with_nothing() -> None:
    some, none = GraphBatch.of(node_labeled(3, np.random.default_rng(12))), GraphBatch.of([])
    kernel = WLKernel((1.0, 2.0))
    assert kernel.gram(some, none).shape == (3, 0)
    assert kernel.gram(none, some).shape == (0, 3)
    assert kernel.diag(none).shape == (0,)


@pytest.mark.parametrize("weights", [(), (1.0, 0.0), (-1.0,), (np.nan,)])
def test_weights_are_positive_numbers(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="positive weights"):
        WLKernel(weights)
