"""Keys: equal for what the space takes as the same architecture, different otherwise."""

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import (
    CellSpace,
    Indexed,
    OnPath,
    TopologicalOrder,
    UpToIsomorphism,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from tests.oracles import all_digraphs


def isomorphic(a: LabeledGraph, b: LabeledGraph) -> bool:
    return nx.is_isomorphic(
        a.to_networkx(),
        b.to_networkx(),
        node_match=lambda x, y: x == y,
        edge_match=lambda x, y: x == y,
    )


@pytest.mark.parametrize("space", [nasbench101([6]), nasbench_graph()], ids=lambda s: s.name)
def test_renumbering_interior_nodes_keeps_the_key(space: CellSpace) -> None:
    rng = np.random.default_rng(0)
    listing = space.listing()
    for i in rng.integers(len(listing), size=25):
        graph = listing[int(i)]
        interior = [int(v) for v in rng.permutation(np.arange(1, graph.n - 1))]
        renumbered = graph.relabeled([0, *interior, graph.n - 1])
        assert space.key(renumbered) == space.key(graph)


def test_classes_are_those_of_networkx() -> None:
    """All 90 indexed cells of 4 nodes, pair by pair."""
    space = nasbench101([4])
    points = [
        copy for graph in space.enumerate() for copy in space.identity.copies(graph, ordered=True)
    ]
    assert len(points) == len(set(points)) == 90
    keys = [space.key(graph) for graph in points]
    for i, j in combinations(range(90), 2):
        assert (keys[i] == keys[j]) == isomorphic(points[i], points[j])


@pytest.mark.parametrize("fixed", [(), (0,), (0, -1)])
def test_keys_with_fixed_nodes(fixed: tuple[int, ...]) -> None:
    """Brute force: the classes are the orbits of the renumberings that keep the fixed nodes."""
    space = CellSpace("fixed", (4,), rules=(), identity=UpToIsomorphism(fixed))
    graphs = list(all_digraphs(4))[::17]
    kept = {index % 4 for index in fixed}
    allowed = [p for p in permutations(range(4)) if all(p[v] == v for v in kept)]
    for graph in graphs[::5]:
        assert {space.key(graph.relabeled(p)) for p in allowed} == {space.key(graph)}
    orbits = {min(graph.relabeled(p).edges for p in allowed) for graph in graphs}
    assert len(set(space.keys(GraphBatch.of(graphs)))) == len(orbits)


def test_indexed_spaces_tell_every_graph_apart() -> None:
    for space in (nasbench201("any"), digraphs(3)):
        keys = space.keys(space.listing())
        assert len(set(keys)) == len(keys) == space.size()


def test_keys_do_not_depend_on_the_batch() -> None:
    space = nasbench101([3, 4, 5])
    listing = space.listing()
    rows = np.arange(0, len(listing), 50)
    together = space.keys(listing)
    assert [space.key(listing[int(i)]) for i in rows] == [together[i] for i in rows]
    assert space.keys(listing.take(rows).padded(8)) == [together[i] for i in rows]


def test_copies_are_all_topological_numberings() -> None:
    rules = (TopologicalOrder(), OnPath())
    space = CellSpace("cells", (5,), ("a", "b"), rules=rules)
    points = list(digraphs(5, rules=rules, node_alphabet=("a", "b")).enumerate())
    copies_of: dict[str, set[LabeledGraph]] = {}
    for graph in points:
        copies_of.setdefault(space.key(graph), set()).add(graph)
    for graph in list(space.enumerate())[::20]:
        copies = list(space.identity.copies(graph, ordered=True))
        assert len(copies) == len(set(copies))
        assert set(copies) == copies_of[space.key(graph)]


def test_indexed_graphs_have_no_other_copy() -> None:
    graph = LabeledGraph(3, ((0, 2),))
    batch = GraphBatch.of([graph])
    assert list(Indexed().copies(graph, ordered=True)) == [graph]
    assert Indexed().representatives(batch) is batch


@pytest.mark.parametrize(
    "space",
    [nasbench101([3, 4, 5]), nasbench_graph(("gcn", "fc", "skip"))],
    ids=lambda space: space.name,
)
def test_listing_holds_each_class_once_in_a_topological_numbering(space: CellSpace) -> None:
    listing = space.listing()
    keys = space.keys(listing)
    assert len(set(keys)) == len(keys)
    assert all(space.contains(graph) for graph in listing)
    assert list(space.enumerate()) == list(listing)
    assert (np.diff(listing.sizes) >= 0).all()
