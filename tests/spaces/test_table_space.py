"""Rows are found by identity, and a listed space is its rows and nothing else."""

import pickle

import numpy as np
import pytest

from nasgoat.errors import EmptySpaceError, OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import (
    CellSpace,
    MaxEdges,
    RowIndex,
    TableSpace,
    UpToIsomorphism,
    digraphs,
    enas,
    nasbench101,
    nasbench201,
    nasbench_macro,
)
from nasgoat.spaces.table import NEAREST, code_of, row_distances

CELLS = nasbench101([4, 5])
LISTING = CELLS.listing()
KEPT = np.arange(0, len(LISTING), 7)
ROWS = LISTING.take(KEPT)
SPACE = TableSpace.of("some cells", CELLS, ROWS)


def index_of(space: CellSpace, graphs: GraphBatch) -> RowIndex:
    return RowIndex.of(space.identity, code_of(space), code_of(space).encode(graphs))


@pytest.mark.parametrize(
    "space", [CELLS, nasbench201(), nasbench_macro(4), enas(3)], ids=lambda space: space.name
)
def test_every_row_is_found_and_nothing_else(space: CellSpace) -> None:
    listing = space.listing()
    kept = np.arange(0, len(listing), 3)
    expected = np.full(len(listing), -1)
    expected[kept] = np.arange(len(kept))
    index = index_of(space, listing.take(kept))
    np.testing.assert_array_equal(index.rows(listing), expected)
    assert list(index.graphs(np.array([2, 0]))) == [listing[6], listing[0]]


def test_a_row_is_found_in_any_numbering() -> None:
    index = index_of(CELLS, LISTING)
    for row in range(0, len(LISTING), 50):
        copies = list(CELLS.identity.copies(LISTING[row], ordered=True))
        assert index.rows(copies).tolist() == [row] * len(copies)


def test_graphs_that_do_not_fit_have_no_row() -> None:
    index = index_of(nasbench201(), nasbench201().listing())
    fine = nasbench201().listing()[100]
    unlabelled = LabeledGraph(4, fine.edges)
    larger = LabeledGraph(5, fine.edges, None, fine.edge_labels)
    backwards = LabeledGraph(4, ((3, 0),), None, (0,))
    rows = index.rows([unlabelled, fine, larger, backwards])
    assert rows.tolist() == [-1, 100, -1, -1]
    assert index.rows([]).tolist() == []


def test_rows_of_one_signature_are_told_apart() -> None:
    """Hexagon and triangles collide; see tests/graphs/test_signatures.py."""
    space = CellSpace("any", (6,), rules=(), identity=UpToIsomorphism(()))
    hexagon = LabeledGraph(6, tuple((v, (v + 1) % 6) for v in range(6)))
    triangles = LabeledGraph(6, tuple((v, v + 1 if v % 3 < 2 else v - 2) for v in range(6)))
    index = index_of(space, GraphBatch.of([hexagon, triangles]))
    turned = [graph.relabeled([3, 1, 2, 0, 5, 4]) for graph in (triangles, hexagon)]
    assert index.rows(turned).tolist() == [1, 0]
    assert len(index.repeated()) == 0
    three = index_of(space, GraphBatch.of([hexagon, triangles, turned[0]]))
    assert three.repeated().tolist() == [2]


def test_a_listed_space_is_its_rows() -> None:
    assert SPACE.size() == len(ROWS) == len(SPACE.listing())
    assert list(SPACE.enumerate()) == list(ROWS)
    assert SPACE.is_listable()
    assert SPACE.sizes == (4, 5)
    inside = [SPACE.contains(graph) for graph in LISTING]
    np.testing.assert_array_equal(np.flatnonzero(inside), KEPT)
    assert set(SPACE.keys(SPACE.members(LISTING))) == set(CELLS.keys(ROWS))


def test_violations_speak_of_the_rows() -> None:
    with pytest.raises(OutsideSpaceError, match="it is none of the 361 rows of some cells"):
        SPACE.require(LISTING[1])
    backwards = LabeledGraph(4, ((1, 0),), (0, 1, 1, 4))
    assert "edge 1 -> 0 goes against" in SPACE.violations(backwards)[0]
    assert SPACE.require(ROWS[3]) == ROWS[3]


def test_samples_are_uniform_rows() -> None:
    few = TableSpace.of("few", CELLS, ROWS.take(slice(0, 5)))
    rng = np.random.default_rng(0)
    drawn = few.index.rows([few.sample(rng) for _ in range(2000)])
    counts = np.bincount(drawn, minlength=5)
    assert (abs(counts - 400) < 5 * np.sqrt(400)).all()


def test_neighbors_are_rows_first_by_edits_then_by_distance() -> None:
    rng = np.random.default_rng(1)
    for row in range(0, len(ROWS), 40):
        graph = ROWS[row]
        found = SPACE.index.rows(SPACE.neighbors(graph))
        assert row not in found
        assert len(set(found.tolist())) == len(found) >= NEAREST
        edited = SPACE.index.rows(CELLS.neighbors(graph))
        edited = edited[edited >= 0]
        assert set(edited.tolist()) <= set(found.tolist())
        distance = row_distances(SPACE, graph)
        assert distance[row] == 0
        added = [r for r in found.tolist() if r not in edited]
        others = [r for r in range(len(ROWS)) if r != row and r not in found]
        assert max(distance[added], default=0) <= min(distance[others])
        assert SPACE.index.rows([SPACE.mutate(graph, rng)])[0] in found


def test_the_distance_of_rows_does_not_see_the_numbering() -> None:
    for graph in ROWS.take(slice(100, 120)):
        for copy in CELLS.identity.copies(graph, ordered=True):
            np.testing.assert_array_equal(row_distances(SPACE, graph), row_distances(SPACE, copy))


def test_a_lone_row_has_no_neighbors() -> None:
    lone = TableSpace.of("one", CELLS, ROWS.take(slice(0, 1)))
    assert lone.neighbors(ROWS[0]) == []
    assert lone.mutate(ROWS[0], np.random.default_rng(0)) == ROWS[0]


def test_rules_narrow_the_rows() -> None:
    narrow = SPACE.with_rules(MaxEdges(4), name="sparse")
    assert narrow.name == "sparse"
    assert list(narrow.enumerate()) == [graph for graph in ROWS if len(graph.edges) <= 4]
    assert list(SPACE.of_size(4).enumerate()) == [graph for graph in ROWS if graph.n == 4]
    with pytest.raises(EmptySpaceError, match="has no rows"):
        SPACE.with_rules(MaxEdges(0))
    with pytest.raises(ValueError, match=r"has rows of \(4, 5\) nodes, not 6"):
        SPACE.of_size(6)


def test_what_comes_twice_is_listed_once_and_strangers_are_refused() -> None:
    twice = GraphBatch.concatenate([ROWS, ROWS.take(slice(0, 3))])
    assert TableSpace.of("some cells", CELLS, twice) == SPACE
    with pytest.raises(OutsideSpaceError, match="allows 4, 5"):
        TableSpace.of("x", CELLS, nasbench101([3]).listing())
    with pytest.raises(EmptySpaceError, match="has no rows"):
        TableSpace.of("x", digraphs(3), GraphBatch.of([]))


def test_equality_and_pickles_go_by_the_rows() -> None:
    copy = pickle.loads(pickle.dumps(SPACE))  # noqa: S301
    assert copy == SPACE
    assert hash(copy) == hash(SPACE)
    other = TableSpace.of("some cells", CELLS, ROWS.take(slice(0, 50)))
    assert other != SPACE
    assert SPACE.describe()["rows"] == 361
    assert SPACE.describe()["digest"] != other.describe()["digest"]
    assert SPACE.describe()["cells"] == CELLS.describe()
