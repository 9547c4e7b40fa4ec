"""Hypothesis strategies for labelled graphs."""

from itertools import combinations, permutations

from hypothesis import strategies as st

from nasgoat.graphs import LabeledGraph


@st.composite
def labeled_graphs(
    draw: st.DrawFn,
    min_n: int = 1,
    max_n: int = 6,
    node_labels: int | None = None,
    edge_labels: int | None = None,
    acyclic: bool = False,
) -> LabeledGraph:
    """Graphs of few nodes; ``acyclic`` ones have edges ``u -> v`` with ``u < v`` only."""
    n = draw(st.integers(min_n, max_n))
    pairs = list((combinations if acyclic else permutations)(range(n), 2))
    there = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    edges = [pair for pair, kept in zip(pairs, there, strict=True) if kept]
    return LabeledGraph(
        n,
        tuple(draw(st.permutations(edges))),
        None if node_labels is None else draw(_labels(n, node_labels)),
        None if edge_labels is None else draw(_labels(len(edges), edge_labels)),
    )


@st.composite
def any_graphs(draw: st.DrawFn, max_n: int = 6) -> LabeledGraph:
    """Graphs with labels on nodes, on edges, on both or on none."""
    node_labels, edge_labels = draw(st.tuples(*[st.sampled_from([None, 1, 2, 3])] * 2))
    return draw(labeled_graphs(1, max_n, node_labels, edge_labels))


def _labels(count: int, n_labels: int) -> st.SearchStrategy[tuple[int, ...]]:
    label = st.integers(0, n_labels - 1)
    return st.lists(label, min_size=count, max_size=count).map(tuple)
