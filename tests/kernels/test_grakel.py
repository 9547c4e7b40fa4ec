"""Our shortest-path kernel against GraKeL's, an independent implementation."""

import warnings

import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import LinearKernel, NodeLabels, ShortestPaths
from tests.kernels.samples import L, N, node_labeled

grakel = pytest.importorskip("grakel")


def test_shortest_paths_are_those_of_grakel_plus_the_nodes_themselves() -> None:
    """GraKeL counts ordered pairs ``u != v`` and does not normalise; ``u = v`` adds ``N . N'``."""
    candidates = node_labeled(20, np.random.default_rng(3), smallest=3)
    graphs = [graph for graph in candidates if graph.edges]
    batch = GraphBatch.of(graphs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GraKeL's remarks on its own graph formats
        kernel = grakel.kernels.ShortestPath(normalize=False, with_labels=True)
        pairs = kernel.fit_transform([as_grakel(graph) for graph in graphs])
    assert (pairs != pairs[0, 0]).any()
    nodes = NodeLabels(L).counts(batch).astype(float)
    expected = (pairs + nodes @ nodes.T) / np.outer(batch.sizes, batch.sizes) ** 2
    ours = LinearKernel((ShortestPaths(N, L),), (1.0,)).gram(batch, batch)
    assert ours == pytest.approx(expected, abs=1e-12)


def as_grakel(graph: LabeledGraph) -> object:
    labels = dict(enumerate(graph.node_labels or ()))
    return grakel.Graph(graph.adjacency.astype(float), node_labels=labels)
