"""Paths against networkx, which walks one graph at a time."""

import networkx as nx
import numpy as np
from hypothesis import given
from numpy.typing import NDArray

from nasgoat.graphs import (
    GraphBatch,
    LabeledGraph,
    on_shortest_path,
    reachability,
    shortest_distances,
)
from tests.graphs.strategies import any_graphs
from tests.oracles import all_digraphs


def walked(graph: LabeledGraph) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Distances ``(n, n)``, and ``(n, n, n)`` true where a node is on some shortest path."""
    n = graph.n
    walker = graph.to_networkx()
    distance = np.full((n, n), n)
    on_path = np.zeros((n, n, n), dtype=bool)
    for u in range(n):
        for v in range(n):
            on_path[u, v, [u, v]] = True
            if nx.has_path(walker, u, v):
                distance[u, v] = nx.shortest_path_length(walker, u, v)
                for path in nx.all_shortest_paths(walker, u, v):
                    on_path[u, v, path] = True
    return distance, on_path


def check(batch: GraphBatch) -> None:
    distances = shortest_distances(batch.adjacency)
    reach = reachability(batch.adjacency)
    on_paths = on_shortest_path(distances)
    for i, graph in enumerate(batch):
        distance, on_path = walked(graph)
        assert np.array_equal(distances[i], distance)
        assert np.array_equal(reach[i], distance < graph.n)
        assert np.array_equal(on_paths[i], on_path)


@given(any_graphs(7))
def test_random_graphs(graph: LabeledGraph) -> None:
    check(GraphBatch.of([graph]))


def test_all_digraphs_of_three_nodes() -> None:
    check(all_digraphs(3))


def test_padding_changes_no_distance_but_the_sentinel() -> None:
    path = LabeledGraph(3, ((0, 1), (1, 2)))
    distance = shortest_distances(GraphBatch.of([path], 5).adjacency)[0]
    assert distance[:3, :3].tolist() == [[0, 1, 2], [5, 0, 1], [5, 5, 0]]
    assert (distance[:3, 3:] == 5).all()


def test_a_path_too_long_for_one_byte() -> None:
    n = 130
    path = LabeledGraph(n, tuple((v, v + 1) for v in range(n - 1)))
    distance = shortest_distances(path.adjacency[None])[0]
    assert distance[0].tolist() == list(range(n))
    assert (distance[-1, :-1] == n).all()
