"""Neighbors are distinct members one edit away, and lead everywhere."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import (
    CellSpace,
    Indexed,
    StronglyConnected,
    darts,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)

PROTEINS_OPS = ("gcn", "sage", "arma", "fc", "skip")

SPACES = [
    nasbench101([5]),
    nasbench101([6]),
    nasbench201("any"),
    nasbench201(),
    nasbench201("all-on-path"),
    nasbench_graph(),
    digraphs(4, rules=[StronglyConnected()]),
    digraphs(4, up_to_isomorphism=True),
    darts(2, ("a", "b")),
]
IDS = [f"{i}-{space.name}" for i, space in enumerate(SPACES)]


def some(space: CellSpace, count: int) -> list[LabeledGraph]:
    listing = space.listing()
    rows = np.random.default_rng(0).choice(len(listing), min(count, len(listing)), replace=False)
    return [listing[int(i)] for i in rows]


def neighbor_keys(space: CellSpace, graph: LabeledGraph) -> list[str]:
    return space.keys(GraphBatch.of(space.neighbors(graph)))


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_neighbors_are_other_members(space: CellSpace) -> None:
    for graph in some(space, 25):
        neighbors = space.neighbors(graph)
        keys = [space.key(neighbor) for neighbor in neighbors]
        assert all(space.contains(neighbor) for neighbor in neighbors)
        assert len(set(keys)) == len(keys)
        assert space.key(graph) not in keys


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_being_neighbors_is_mutual(space: CellSpace) -> None:
    for graph in some(space, 4):
        for neighbor in space.neighbors(graph):
            assert space.key(graph) in neighbor_keys(space, neighbor)


def test_being_neighbors_is_mutual_across_sizes() -> None:
    space = nasbench101([4, 5])
    for graph in some(space, 15):
        for neighbor in space.neighbors(graph):
            assert space.key(graph) in neighbor_keys(space, neighbor)


def test_another_copy_has_the_same_neighbors() -> None:
    space = nasbench101([6])
    for graph in some(space, 10):
        keys = set(neighbor_keys(space, graph))
        for copy in islice(space.identity.copies(graph, ordered=True), 4):
            assert set(neighbor_keys(space, copy)) == keys


def edits(graph: LabeledGraph) -> set[LabeledGraph]:
    """The 24 cells that differ from a NAS-Bench-201 cell in one of six edges."""
    label_of = graph.edge_label_of
    pairs = [(u, v) for v in range(4) for u in range(v)]
    cells = set()
    for pair in pairs:
        for label in (None, 0, 1, 2, 3):
            changed = {p: label_of.get(p) for p in pairs} | {pair: label}
            kept = {p: a for p, a in changed.items() if a is not None}
            cells.add(LabeledGraph(4, tuple(kept), None, tuple(kept.values())))
    return cells - {graph}


def test_neighbors_in_nasbench201_are_the_edits_of_one_edge() -> None:
    for graph in some(nasbench201("any"), 25):
        neighbors = nasbench201("any").neighbors(graph)
        assert len(neighbors) == 24
        assert set(neighbors) == edits(graph)
    narrow = nasbench201("all-on-path")
    for graph in some(narrow, 25):
        members = {cell for cell in edits(graph) if narrow.contains(cell)}
        assert set(narrow.neighbors(graph)) == members


def test_the_first_edge_of_an_empty_cell_gets_a_label() -> None:
    empty = LabeledGraph(4, ())
    assert set(nasbench201("any").neighbors(empty)) == edits(empty)


def test_neighbors_of_several_sizes_include_one_node_more_and_less() -> None:
    space = nasbench101([4, 5, 6])
    for graph in some(space.of_size(5), 10):
        sizes = {neighbor.n for neighbor in space.neighbors(graph)}
        assert {5, 6} <= sizes <= {4, 5, 6}
    chain = LabeledGraph(5, ((0, 1), (1, 2), (2, 3), (3, 4)), (0, 1, 2, 3, 4))
    shorter = [neighbor for neighbor in space.neighbors(chain) if neighbor.n == 4]
    assert {neighbor.node_labels for neighbor in shorter} == {
        (0, 1, 2, 4),
        (0, 1, 3, 4),
        (0, 2, 3, 4),
    }


@pytest.mark.parametrize(
    "space",
    [
        nasbench101([4]),
        nasbench101([5]),
        nasbench101([2, 3, 4]),
        nasbench_graph(("gcn", "fc", "skip")),
        pytest.param(nasbench_graph(PROTEINS_OPS), marks=pytest.mark.slow),
        digraphs(3),
        digraphs(3, rules=[StronglyConnected()]),
        replace(nasbench201(), edge_alphabet=("a",)),
    ],
    ids=lambda space: f"{space.name}-{space.sizes}-{len(space.label_names)}",
)
def test_every_member_can_be_reached(space: CellSpace) -> None:
    member_of = {space.key(graph): graph for graph in space.enumerate()}
    start = next(iter(member_of))
    reached, frontier = {start}, [start]
    while frontier:
        keys = set(neighbor_keys(space, member_of[frontier.pop()]))
        frontier += keys - reached
        reached |= keys
    assert reached == set(member_of)


def test_mutation_draws_any_neighbor() -> None:
    space = nasbench101([4])
    rng = np.random.default_rng(0)
    graph = some(space, 1)[0]
    neighbors = set(neighbor_keys(space, graph))
    drawn = {space.key(space.mutate(graph, rng)) for _ in range(20 * len(neighbors))}
    assert drawn == neighbors


def test_mutation_without_neighbors_keeps_the_graph() -> None:
    space = CellSpace("one", (2,), rules=(StronglyConnected(),), identity=Indexed())
    only = next(space.enumerate())
    assert space.size() == 1
    assert space.neighbors(only) == []
    assert space.mutate(only, np.random.default_rng(0)) == only


def test_neighbors_of_an_outsider_are_refused() -> None:
    with pytest.raises(OutsideSpaceError, match="3 nodes, nasbench101 allows 4"):
        nasbench101([4]).neighbors(LabeledGraph(3, ()))
