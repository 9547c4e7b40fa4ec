"""Gram matrices of NAS-GOAT's Table 3 that are no kernels of nasgoat, and what GraKeL computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import grakel
import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph

Floats = NDArray[np.float64]
Grams = tuple[Floats, Floats]  # (T, T) of the training graphs, (M, T) of test with training graphs


def walks(xs: GraphBatch, ys: GraphBatch, decay: float) -> Floats:
    """``(N, M)``: the random-walk kernel of Gaertner et al. 2003 on node-labelled acyclic graphs.

    ``k(x, y) = sum_l decay^l c_l(x, y)``, where ``c_l`` counts the pairs of walks of ``l`` edges
    whose nodes have the same labels, one after the other. The sum is finite: no walk of an acyclic
    graph is longer than its nodes.
    """
    both = xs.exists[:, None, :, None] & ys.exists[None, :, None, :]
    same = both & (xs.node_labels[:, None, :, None] == ys.node_labels[None, :, None, :])
    steps_x, steps_y = xs.adjacency.astype(float)[:, None], ys.adjacency.astype(float)[None]
    ahead = same.astype(float)  # (N, M, n, m): pairs of walks that begin at a pair of nodes
    total = ahead.sum(axis=(2, 3))
    for length in range(1, min(xs.n, ys.n)):
        ahead = same * (steps_x @ ahead @ steps_y.swapaxes(2, 3))
        total += decay**length * ahead.sum(axis=(2, 3))
    return total


def walk_grams(train: GraphBatch, test: GraphBatch, decay: float) -> Grams:
    """Normalised random-walk kernels, ``k(x, x) = 1``."""
    own = np.sqrt(np.diagonal(walks(train, train, decay)))
    parts = np.array_split(np.arange(len(test)), max(1, len(test) // 50))  # bounds the memory
    norms = np.concatenate([np.diagonal(walks(test.take(p), test.take(p), decay)) for p in parts])
    cross = np.concatenate([walks(test.take(p), train, decay) for p in parts])
    return walks(train, train, decay) / np.outer(own, own), cross / np.outer(np.sqrt(norms), own)


def grakel_grams(kernel: Callable[[], Any], train: GraphBatch, test: GraphBatch) -> Grams:
    """Normalised Gram matrices by a kernel of GraKeL, which sees adjacency and node labels."""
    fitted = kernel()
    return fitted.fit_transform(as_grakel(train)), fitted.transform(as_grakel(test))


def as_grakel(graphs: Sequence[LabeledGraph] | GraphBatch) -> list[Any]:
    """Graphs for GraKeL; nodes without labels are all alike."""
    return [grakel.Graph(one.adjacency.astype(float), node_labels=_labels(one)) for one in graphs]


def _labels(graph: LabeledGraph) -> dict[int, int]:
    labels = (0,) * graph.n if graph.node_labels is None else graph.node_labels
    return {node: int(label) for node, label in enumerate(labels)}


def grakel_wl(depth: int) -> Any:
    """GraKeL's Weisfeiler-Lehman kernel of subtrees."""
    return grakel.WeisfeilerLehman(
        n_iter=depth, base_graph_kernel=grakel.VertexHistogram, normalize=True
    )


def grakel_sp() -> Any:
    """GraKeL's shortest paths: equal lengths, equal labels at both ends."""
    return grakel.ShortestPath(normalize=True, with_labels=True)


def grakel_rw(decay: float) -> Any:
    """GraKeL's random walks with labels; a linear system per pair of graphs."""
    return grakel.RandomWalkLabeled(normalize=True, lamda=decay, method_type="baseline")
