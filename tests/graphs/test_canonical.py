"""Canonical keys against networkx's isomorphism test and published class counts."""

from collections.abc import Sequence
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nasgoat.graphs import (
    GraphBatch,
    LabeledGraph,
    canonical_form,
    canonical_orders,
    index_keys,
    isomorphism_key,
)
from tests.graphs.strategies import any_graphs, labeled_graphs
from tests.oracles import all_digraphs

FIXED: list[tuple[int, ...]] = [(), (0,), (-1,), (0, -1), (0, 1, -1)]
fixings = st.sampled_from(FIXED)


def marked(graph: LabeledGraph, fixed: Sequence[int]) -> nx.DiGraph:
    """The graph as networkx sees it, each fixed node with a mark of its own."""
    walker = graph.to_networkx()
    for v in walker:
        walker.nodes[v]["mark"] = -1
    for index in fixed:
        v = index if index >= 0 else graph.n + index
        walker.nodes[v]["mark"] = v
    return walker


def isomorphic(left: LabeledGraph, right: LabeledGraph, fixed: Sequence[int]) -> bool:
    return nx.is_isomorphic(
        marked(left, fixed),
        marked(right, fixed),
        node_match=nx.algorithms.isomorphism.categorical_node_match(["label", "mark"], [None, 0]),
        edge_match=nx.algorithms.isomorphism.categorical_edge_match("label", None),
    )


def edited(graph: LabeledGraph, data: st.DataObject) -> LabeledGraph:
    """The same graph, one with a turned or moved edge or with exchanged labels."""
    edges, labels = list(graph.edges), list(graph.node_labels or ())
    of_edges = list(graph.edge_labels or ())
    if labels and data.draw(st.booleans()):
        labels = data.draw(st.permutations(labels))
    if of_edges and data.draw(st.booleans()):
        of_edges = data.draw(st.permutations(of_edges))
    if edges and data.draw(st.booleans()):
        i = data.draw(st.integers(0, len(edges) - 1))
        u, v = data.draw(st.tuples(*[st.integers(0, graph.n - 1)] * 2))
        if u != v and (u, v) not in edges:
            edges[i] = (u, v)
    return LabeledGraph(graph.n, tuple(edges), tuple(labels) or None, tuple(of_edges) or None)


@settings(max_examples=300)
@given(st.data(), fixings)
def test_keys_are_equal_iff_graphs_are_isomorphic(
    data: st.DataObject, fixed: tuple[int, ...]
) -> None:
    left = data.draw(any_graphs(5))
    assume(left.n >= 2 or 1 not in fixed)
    right = edited(left, data).relabeled(data.draw(st.permutations(range(left.n))))
    same = isomorphic(left, right, fixed)
    assert (isomorphism_key(left, fixed) == isomorphism_key(right, fixed)) == same
    assert (canonical_form(left, fixed) == canonical_form(right, fixed)) == same


@given(any_graphs(), fixings)
def test_the_canonical_form_is_a_member_of_its_class(
    graph: LabeledGraph, fixed: tuple[int, ...]
) -> None:
    assume(graph.n >= 2 or 1 not in fixed)
    form = canonical_form(graph, fixed)
    assert isomorphic(graph, form, fixed)
    assert canonical_form(form, fixed) == form


@given(labeled_graphs(acyclic=True, node_labels=2), st.data())
def test_canonical_numbering_of_an_acyclic_graph_is_topological(
    graph: LabeledGraph, data: st.DataObject
) -> None:
    shuffled = graph.relabeled(data.draw(st.permutations(range(graph.n))))
    assert all(u < v for u, v in canonical_form(shuffled).edges)


@pytest.mark.parametrize(("n", "classes"), [(1, 1), (2, 3), (3, 16), (4, 218)])  # OEIS A000273
def test_classes_of_all_digraphs(n: int, classes: int) -> None:
    batch = all_digraphs(n)
    assert len(set(index_keys(batch.permuted(canonical_orders(batch))))) == classes


@pytest.mark.parametrize(("n", "classes"), [(4, 31), (5, 302), (6, 5984)])  # OEIS A003087
def test_classes_of_acyclic_graphs(n: int, classes: int) -> None:
    pairs = np.array(list(combinations(range(n), 2)))
    chosen = np.array(list(product((False, True), repeat=len(pairs))))
    adjacency = np.zeros((len(chosen), n, n), dtype=np.bool_)
    adjacency[:, pairs[:, 0], pairs[:, 1]] = chosen
    batch = GraphBatch(
        np.full(len(chosen), n),
        adjacency,
        np.full((len(chosen), n), -1, dtype=np.int8),
        np.full((len(chosen), n, n), -1, dtype=np.int8),
    )
    assert len(set(index_keys(batch.permuted(canonical_orders(batch))))) == classes


def cycle(nodes: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(nodes, [*nodes[1:], nodes[0]], strict=True))


def test_regular_graphs_that_refinement_cannot_tell_apart() -> None:
    whole = LabeledGraph(6, tuple(cycle(range(6))))
    halves = LabeledGraph(6, tuple(cycle([0, 1, 2]) + cycle([3, 4, 5])))
    rng = np.random.default_rng(0)
    keys = [
        {isomorphism_key(graph.relabeled(rng.permutation(6).tolist())) for _ in range(20)}
        for graph in (whole, halves)
    ]
    assert [len(found) for found in keys] == [1, 1]
    assert keys[0] != keys[1]


def test_edge_labels_are_respected() -> None:
    first, second = (LabeledGraph(3, ((0, 1), (0, 2)), None, labels) for labels in [(0, 1), (1, 0)])
    other = LabeledGraph(3, ((0, 1), (0, 2)), None, (0, 0))
    assert isomorphism_key(first) == isomorphism_key(second)
    assert isomorphism_key(first, (1,)) != isomorphism_key(second, (1,))
    assert isomorphism_key(first) != isomorphism_key(other)
    assert isomorphism_key(LabeledGraph(3, ((0, 1), (0, 2)))) != isomorphism_key(other)


def test_many_nodes() -> None:
    """More nodes than the refinement's codes have digits for."""
    n = 20
    rng = np.random.default_rng(1)
    for _ in range(5):
        graph = LabeledGraph.from_adjacency(np.triu(rng.random((n, n)) < 0.15, 1))
        moved = graph.relabeled(rng.permutation(n).tolist())
        assert isomorphism_key(moved) == isomorphism_key(graph)


def test_a_batch_gives_the_keys_of_its_graphs() -> None:
    graphs = [LabeledGraph(2, ((1, 0),)), LabeledGraph(4, ((3, 1), (1, 0), (1, 2)))]
    batch = GraphBatch.of(graphs, 6)
    together = index_keys(batch.permuted(canonical_orders(batch, (-1,))))
    assert together == [isomorphism_key(graph, (-1,)) for graph in graphs]


def test_index_keys_are_equal_iff_indexed_graphs_are() -> None:
    batch = all_digraphs(3, 1)
    assert len(set(index_keys(batch))) == len(batch) == len(set(batch)) == 1 + 4 + 64
