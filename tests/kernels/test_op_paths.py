"""Op-path counts against a walker of single paths, and invariance."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import OpPaths, counts_of, features
from nasgoat.spaces import nasbench101, nasbench201, nasbench_graph
from tests.graphs.strategies import labeled_graphs

NB201 = OpPaths(4, (1, 2, 3), 0, 3, "edges")
NB101 = OpPaths(7, (1, 2, 3), None, 5, "nodes")
EDGES = OpPaths(5, (0, 2), 1, 2, "edges")
NODES = OpPaths(5, (0, 2), 1, 2, "nodes")


def walks(graph: LabeledGraph, path: tuple[int, ...] = (0,)) -> Iterator[tuple[int, ...]]:
    """Every path from the first to the last node, one after the other."""
    if path[-1] == graph.n - 1:
        if len(path) > 1:
            yield path
        return
    for u, v in graph.edges:
        if u == path[-1]:
            yield from walks(graph, (*path, v))


def words(feature_map: OpPaths, graph: LabeledGraph) -> dict[str, int]:
    """Number of paths by their word, by plain loops."""
    found: Counter[str] = Counter()
    label_of = graph.edge_label_of
    for path in walks(graph):
        if feature_map.labels_of == "edges":
            labels = [label_of[path[i], path[i + 1]] for i in range(len(path) - 1)]
        else:
            labels = [(graph.node_labels or ())[v] for v in path[1:-1]]
        word = [label for label in labels if label != feature_map.skip]
        if len(word) <= feature_map.longest:
            found["W[" + ",".join(map(str, word)) + "]"] += 1
    return dict(found)


def counted(feature_map: OpPaths, batch: GraphBatch) -> list[dict[str, int]]:
    counts = feature_map.counts(batch)
    assert counts.dtype == np.int16
    names = [feature_map.describe(column) for column in range(feature_map.n_features)]
    return [{names[i]: int(row[i]) for i in np.flatnonzero(row)} for row in counts]


@pytest.mark.parametrize("longest", [0, 1, 2, 3])
def test_every_cell_of_nasbench201(longest: int) -> None:
    batch = nasbench201("any").listing()
    assert len(batch) == 15_625
    feature_map = OpPaths(4, (1, 2, 3), 0, longest, "edges")
    assert counted(feature_map, batch) == [words(feature_map, graph) for graph in batch]


@pytest.mark.parametrize("feature_map", [NB101, OpPaths(7, (3, 1), 2, 2, "nodes")], ids=repr)
def test_every_cell_of_nasbench101_with_few_nodes(feature_map: OpPaths) -> None:
    batch = nasbench101([2, 3, 4, 5]).listing()
    assert counted(feature_map, batch) == [words(feature_map, graph) for graph in batch]


def test_a_tree_of_nasbench_graph() -> None:
    space = nasbench_graph()
    feature_map = OpPaths(6, tuple(range(1, 9)), 9, 4, "nodes")
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(300)]
    expected = [words(feature_map, graph) for graph in graphs]
    assert counted(feature_map, GraphBatch.of(graphs)) == expected
    assert max(len(row) for row in expected) > 2


def test_columns_are_words() -> None:
    assert NB201.n_features == 1 + 3 + 9 + 27
    assert NB101.n_features == 364
    names = [NB201.describe(column) for column in range(NB201.n_features)]
    assert len(set(names)) == len(names)
    assert names[:6] == ["W[]", "W[1]", "W[2]", "W[3]", "W[1,1]", "W[1,2]"]
    assert names[-1] == "W[3,3,3]"
    for feature_map in (NB201, NB101, OpPaths(4, (2,), None, 3, "nodes")):
        for column in range(feature_map.n_features):
            assert feature_map.column(feature_map.word(column)) == column
    assert NB201.column((0, 2, 0)) == NB201.column((2,)) == 2
    assert OpPaths(4, (1, 2), 0, 1, "edges").column((1, 0, 2)) is None
    assert OpPaths(3, (), 0, 0, "edges").n_features == 1


@given(st.data())
def test_renumbering_interior_nodes_changes_nothing(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 5))
    interior = data.draw(st.permutations(range(1, n - 1)))
    for feature_map, kind in ((EDGES, "edge_labels"), (NODES, "node_labels")):
        graph = data.draw(labeled_graphs(n, n, acyclic=True, **{kind: 3}))
        moved = graph.relabeled([0, *interior, n - 1])
        assert feature_map.relabelling_invariant
        expected = words(feature_map, graph)
        assert counted(feature_map, GraphBatch.of([graph, moved])) == [expected, expected]


@given(st.lists(labeled_graphs(2, 5, node_labels=3, acyclic=True), min_size=1, max_size=5))
def test_a_batch_gives_the_counts_of_its_graphs(graphs: list[LabeledGraph]) -> None:
    expected = [words(NODES, graph) for graph in graphs]
    assert counted(NODES, GraphBatch.of(graphs).padded(6)) == expected
    assert counts_of(NODES, batch := GraphBatch.of(graphs)) is counts_of(NODES, batch)


def test_source_and_sink_are_not_interior() -> None:
    graph = LabeledGraph(3, ((0, 1), (1, 2)), (0, 1, 0))
    moved = graph.relabeled([1, 0, 2])
    feature_map = OpPaths(3, (0, 1), None, 1, "nodes")
    assert counted(feature_map, GraphBatch.of([graph, moved])) == [{"W[1]": 1}, {"W[]": 1}]


def test_scale_is_that_of_the_number_of_possible_paths() -> None:
    """A cell with all edges and no operation has 2^(n-2) empty words: k(x, x) = 2^(n-2)."""
    for n in range(1, 6):
        pairs = [(u, v) for u in range(n) for v in range(u + 1, n)]
        cell = LabeledGraph(n, tuple(pairs), None, (1,) * len(pairs))
        (row,) = features(EDGES, GraphBatch.of([cell]))
        assert row @ row == pytest.approx(2 ** (n - 2) if n > 1 else 0)


@pytest.mark.parametrize(
    ("feature_map", "graph", "said"),
    [
        (EDGES, LabeledGraph(2, ((0, 1),), None, (3,)), "labels of edges"),
        (EDGES, LabeledGraph(2, ((0, 1),)), "labels of edges"),
        (NODES, LabeledGraph(3, ((0, 1), (1, 2)), (0, 3, 0)), "labels of nodes"),
        (NODES, LabeledGraph(3, ((0, 1), (1, 2))), "labels of nodes"),
        (NODES, LabeledGraph(6, (), (0,) * 6), "up to 5 nodes"),
        (NODES, LabeledGraph(4, ((1, 2), (2, 1)), (0,) * 4), "cycle"),
        (NODES, LabeledGraph(3, ((0, 1), (1, 0), (1, 2)), (0,) * 3), "cycle"),
    ],
)
def test_graphs_that_it_cannot_count_are_refused(
    feature_map: OpPaths, graph: LabeledGraph, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        feature_map.counts(GraphBatch.of([graph]))


def test_labels_of_source_and_sink_do_not_matter() -> None:
    graph = LabeledGraph(3, ((0, 1), (0, 2), (1, 2)), (7, 2, 9))
    assert counted(NODES, GraphBatch.of([graph])) == [{"W[]": 1, "W[2]": 1}]


@pytest.mark.parametrize(
    ("ops", "skip", "longest", "labels_of"),
    [
        ((1, 1), None, 2, "edges"),
        ((1, 2), 2, 2, "edges"),
        ((-1, 2), None, 2, "edges"),
        ((1, 2), None, -1, "edges"),
        ((1, 2), None, 2, "graphs"),
    ],
)
def test_settings_that_make_no_sense(
    ops: tuple[int, ...], skip: int | None, longest: int, labels_of: str
) -> None:
    with pytest.raises(ValueError, match=r"labels|longest"):
        OpPaths(4, ops, skip, longest, labels_of)  # type: ignore[arg-type]


def test_no_graphs_have_no_rows() -> None:
    assert NB201.counts(GraphBatch.of([], 3)).shape == (0, 40)
