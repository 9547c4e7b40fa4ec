"""Distances between graphs that count what differs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch

Floats = NDArray[np.float64]


def hamming_distances(xs: GraphBatch, ys: GraphBatch) -> Floats:
    """How many places differ, of the adjacency matrices and of the labels; ``(N, M)``.

    A place is a node with its label or a pair of nodes with its edge and the edge's label; graphs
    of different sizes are filled up with nodes that are not there. Numberings matter: pass
    representatives where they should not.
    """
    n = max(xs.n, ys.n)
    left, right = _places(xs.padded(n)), _places(ys.padded(n))
    return (left[:, None, :] != right[None, :, :]).sum(axis=2, dtype=np.float64)


def degree_distances(xs: GraphBatch, ys: GraphBatch) -> Floats:
    """How much the degrees and the numbers of labels differ; ``(N, M)``.

    The sum of the absolute differences between the sorted out-degrees, between the sorted
    in-degrees, and between the numbers of nodes of each label.
    """
    n = max(xs.n, ys.n)
    both = _degrees(GraphBatch.concatenate([xs.padded(n), ys]))
    left, right = both[: len(xs)], both[len(xs) :]
    return np.abs(left[:, None, :] - right[None, :, :]).sum(axis=2)


def _places(batch: GraphBatch) -> NDArray[np.int8]:
    edges = np.where(batch.adjacency, batch.edge_labels + 2, 0).astype(np.int8)
    nodes = np.where(batch.exists, batch.node_labels, -2)
    return np.concatenate([nodes, edges.reshape(len(batch), -1)], axis=1)


def _degrees(batch: GraphBatch) -> Floats:
    """``(N, 2 n + L)``: sorted degrees, and the number of nodes of each label that occurs."""
    outward = np.sort(batch.adjacency.sum(axis=2), axis=1)
    inward = np.sort(batch.adjacency.sum(axis=1), axis=1)
    labels = batch.node_labels[:, :, None] == np.unique(batch.node_labels[batch.exists])
    return np.concatenate([outward, inward, labels.sum(axis=1)], axis=1).astype(np.float64)
