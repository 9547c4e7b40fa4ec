"""OTMANN distances against the linear program that defines them."""

from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import Layers, otmann_distances
from nasgoat.spaces import CellSpace, nasbench101

SPACE: CellSpace = nasbench101(range(2, 7))
LABELS = len(SPACE.node_alphabet)
NEVER = 1e3  # what the paper calls infinite: input and output are matched with their likes only
MISMATCH = np.array([[abs(a - b) / 3 for b in range(LABELS)] for a in range(LABELS)])


def cells(count: int, seed: int) -> list[LabeledGraph]:
    return list(SPACE.samples(count, np.random.default_rng(seed)))


def routes(graph: LabeledGraph, start: int, end: int) -> Iterator[list[int]]:
    if start == end:
        yield [start]
    else:
        yield from nx.all_simple_paths(graph.to_networkx(), start, end)


def walk(graph: LabeledGraph, start: int, end: int, *, forwards: bool) -> float:
    """Expected steps of a random walk."""
    if start == end:
        return 0.0
    steps = [v for u, v in graph.edges if u == start]
    if not forwards:
        steps = [u for u, v in graph.edges if v == start]
    return 1.0 + float(np.mean([walk(graph, step, end, forwards=forwards) for step in steps]))


def lengths(graph: LabeledGraph, v: int) -> list[float]:
    first, last = 0, graph.n - 1
    before = [len(route) - 1 for route in routes(graph, first, v)]
    behind = [len(route) - 1 for route in routes(graph, v, last)]
    return [
        min(before),
        min(behind),
        max(before),
        walk(graph, v, first, forwards=False),
        max(behind),
        walk(graph, v, last, forwards=True),
    ]


def masses(graph: LabeledGraph) -> NDArray[np.float64]:
    mass = np.ones(graph.n)
    mass[[0, -1]] = 0.1 * (graph.n - 2)
    return mass


def plain(x: LabeledGraph, y: LabeledGraph, structure: float) -> float:
    """The transport problem with a last row and a last column for what is not moved."""
    mine, yours = x.node_labels or (), y.node_labels or ()
    costs = np.zeros((x.n + 1, y.n + 1))
    for i in range(x.n):
        for j in range(y.n):
            gap = np.abs(np.subtract(lengths(x, i), lengths(y, j))).mean()
            ends = {mine[i], yours[j]} & {0, LABELS - 1}
            mismatch = NEVER if ends and mine[i] != yours[j] else MISMATCH[mine[i], yours[j]]
            costs[i, j] = mismatch + structure * gap
    costs[:-1, -1] = costs[-1, :-1] = 1.0
    left, right = masses(x), masses(y)
    rows = np.zeros((x.n + y.n, *costs.shape))
    for i in range(x.n):
        rows[i, i, :] = 1
    for j in range(y.n):
        rows[x.n + j, :, j] = 1
    found = linprog(
        costs.reshape(-1), A_eq=rows.reshape(len(rows), -1), b_eq=np.concatenate([left, right])
    )
    return float(found.fun)


@pytest.mark.parametrize("structure", [0.1, 0.6])
def test_distances_are_optimal_transports(structure: float) -> None:
    graphs = cells(9, 0)
    layers = Layers.of(GraphBatch.of(graphs))
    others = Layers.of(GraphBatch.of(graphs[:4], 9))
    found, normalised = otmann_distances(others, layers, MISMATCH, structure)
    expected = [[plain(x, y, structure) for y in graphs] for x in graphs[:4]]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    total = np.array([masses(graph).sum() for graph in graphs])
    np.testing.assert_allclose(normalised, found / (total[:4, None] + total), atol=1e-9)
    assert found.max() > 1


def test_path_lengths() -> None:
    graphs = cells(30, 1)
    layers = Layers.of(GraphBatch.of(graphs))
    for i, graph in enumerate(graphs):
        expected = [lengths(graph, v) for v in range(1, graph.n - 1)]
        found = layers.paths[i, : graph.n - 2]
        np.testing.assert_allclose(found, np.array(expected).reshape(-1, 6), atol=1e-12)
        np.testing.assert_allclose(layers.ends[i, 0], lengths(graph, 0), atol=1e-12)
        np.testing.assert_allclose(layers.ends[i, 1], lengths(graph, graph.n - 1), atol=1e-12)


def test_a_distance_is_symmetric_and_0_between_copies() -> None:
    graphs = cells(20, 2)
    copies = [[*SPACE.identity.copies(graph, ordered=True)][-1] for graph in graphs]
    layers, again = Layers.of(GraphBatch.of(graphs)), Layers.of(GraphBatch.of(copies))
    found, _ = otmann_distances(layers, layers, MISMATCH, 0.3)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    moved, _ = otmann_distances(again, layers, MISMATCH, 0.3)
    np.testing.assert_allclose(moved, found, atol=1e-12)
    assert moved.diagonal() == pytest.approx(0)


def test_networks_without_operations() -> None:
    empty = LabeledGraph(2, ((0, 1),), (0, LABELS - 1))
    layers = Layers.of(GraphBatch.of([empty, *cells(3, 3)]))
    found, normalised = otmann_distances(layers, layers, MISMATCH, 0.3)
    assert found[0, 0] == normalised[0, 0] == 0
    np.testing.assert_allclose(found[0, 1:], layers.counts[1:] * 1.2, atol=1e-12)
