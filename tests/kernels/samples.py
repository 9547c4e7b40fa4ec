"""Graphs and kernels that the kernel, posterior and surrogate tests share."""

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    LinearKernel,
    NodeLabels,
    ShortestPathLengths,
    ShortestPaths,
)

N, L = 5, 3

NODE_MAPS: tuple[FeatureMap, ...] = (ShortestPaths(N, L), NodeLabels(L))
EDGE_MAPS: tuple[FeatureMap, ...] = (ShortestPathLengths(N), EdgeLabels(N, L))
NODE_KERNEL = LinearKernel(NODE_MAPS, (2.0, 0.5))
EDGE_KERNEL = LinearKernel(EDGE_MAPS, (0.7, 3.0))


def node_labeled(count: int, rng: np.random.Generator, smallest: int = 2) -> list[LabeledGraph]:
    """Random node-labelled digraphs of up to ``N`` nodes."""
    sizes = rng.integers(smallest, N + 1, size=count)
    return [
        LabeledGraph.from_adjacency(
            (rng.random((n, n)) < 0.4) & ~np.eye(n, dtype=bool), rng.integers(L, size=n).tolist()
        )
        for n in sizes
    ]


def edge_labeled(count: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Random edge-labelled acyclic graphs of ``N`` nodes."""
    return [
        LabeledGraph.from_adjacency(
            np.triu(rng.random((N, N)) < 0.6, 1), None, rng.integers(L, size=(N, N))
        )
        for _ in range(count)
    ]


def node_batch(count: int, seed: int = 0) -> GraphBatch:
    return GraphBatch.of(node_labeled(count, np.random.default_rng(seed)))


def edge_batch(count: int, seed: int = 0) -> GraphBatch:
    return GraphBatch.of(edge_labeled(count, np.random.default_rng(seed)))
