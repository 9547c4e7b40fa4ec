"""Signatures agree with canonical forms, and pairs are told isomorphic exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.graphs import (
    GraphBatch,
    LabeledGraph,
    byte_signatures,
    canonical_orders,
    index_keys,
    isomorphic,
    isomorphism_signatures,
)
from nasgoat.spaces import nasbench101
from tests.graphs.strategies import any_graphs
from tests.oracles import all_digraphs


def keys(batch: GraphBatch, fixed: tuple[int, ...]) -> list[str]:
    return index_keys(batch.permuted(canonical_orders(batch, fixed)))


@pytest.mark.parametrize(("fixed", "collisions"), [((), 3), ((0,), 0), ((0, -1), 0)])
def test_signatures_of_all_digraphs_are_shared_by_isomorphic_ones_only(
    fixed: tuple[int, ...], collisions: int
) -> None:
    """Without fixed nodes, three pairs of regular graphs collide."""
    graphs = all_digraphs(4, 2)
    words = isomorphism_signatures(graphs, fixed)
    np.testing.assert_array_equal(words, isomorphism_signatures(graphs.padded(7), fixed))
    pairs = set(zip(keys(graphs, fixed), words.tolist(), strict=True))
    assert len(pairs) == len({key for key, _ in pairs})
    assert len(pairs) - len(set(words.tolist())) == collisions


@given(graph=any_graphs(), data=st.data())
@settings(max_examples=150)
def test_copies_are_isomorphic(graph: LabeledGraph, data: st.DataObject) -> None:
    copy = graph.relabeled(data.draw(st.permutations(range(graph.n))))
    both = GraphBatch.of([graph, copy])
    first, second = both.take(slice(0, 1)), both.take(slice(1, 2))
    words = isomorphism_signatures(both)
    assert words[0] == words[1]
    assert isomorphic(first, second)[0]
    same_ends = keys(first, (0, -1)) == keys(second, (0, -1))
    assert isomorphic(first, second, (0, -1))[0] == same_ends


def test_pairs_of_cells_are_isomorphic_iff_their_keys_agree() -> None:
    space = nasbench101([5])
    rng = np.random.default_rng(0)
    graphs = GraphBatch.of([space.sample(rng) for _ in range(60)])
    left, right = np.divmod(np.arange(len(graphs) ** 2), len(graphs))
    of = np.array(space.keys(graphs))
    found = isomorphic(graphs.take(left), graphs.take(right), (0, -1))
    np.testing.assert_array_equal(found, of[left] == of[right])
    assert found.sum() > len(graphs)


def test_regular_graphs_share_a_signature_and_are_told_apart_all_the_same() -> None:
    """A hexagon and two triangles, every node with one way in and one way out."""
    hexagon = LabeledGraph(6, tuple((v, (v + 1) % 6) for v in range(6)))
    triangles = LabeledGraph(6, tuple((v, v + 1 if v % 3 < 2 else v - 2) for v in range(6)))
    first, second = GraphBatch.of([hexagon]), GraphBatch.of([triangles])
    assert isomorphism_signatures(first) == isomorphism_signatures(second)
    assert not isomorphic(first, second)[0]


def test_the_other_graphs_of_a_batch_do_not_matter() -> None:
    plain = LabeledGraph(3, ((0, 1), (1, 2)))
    labelled = LabeledGraph(3, ((0, 1), (1, 2)), None, (0, 1))
    both = isomorphism_signatures(GraphBatch.of([plain, labelled]))
    assert both[0] == isomorphism_signatures(GraphBatch.of([plain]))[0] != both[1]
    assert both[1] == isomorphism_signatures(GraphBatch.of([labelled]))[0]


def test_bytes_have_signatures_of_their_own() -> None:
    codes = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [0, 1, 2]], dtype=np.uint8)
    words = byte_signatures(codes)
    assert words[0] == words[3]
    assert len(set(words.tolist())) == 3
