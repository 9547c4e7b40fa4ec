"""Edge sets as batches of graphs, without labels or with every labelling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch


def unlabelled(adjacency: NDArray[np.bool_]) -> GraphBatch:
    """``(N, n, n)`` edge sets as graphs without labels."""
    count, n, _ = adjacency.shape
    return GraphBatch(
        np.full(count, n, dtype=np.int64),
        adjacency,
        np.full((count, n), -1, dtype=np.int8),
        np.full((count, n, n), -1, dtype=np.int8),
    )


def with_node_labels(batch: GraphBatch, domains: list[NDArray[np.int8]]) -> GraphBatch:
    """Every graph with every choice of one label per node out of the node's domain."""
    table = np.stack(np.meshgrid(*domains, indexing="ij"), axis=-1).reshape(-1, len(domains))
    rows = np.repeat(np.arange(len(batch)), len(table))
    repeated = batch.take(rows)
    labels = np.tile(table, (len(batch), 1))
    return GraphBatch(repeated.sizes, repeated.adjacency, labels, repeated.edge_labels)


def with_edge_labels(batch: GraphBatch, n_labels: int) -> GraphBatch:
    """Every graph with every labelling of its edges."""
    parts = [batch.take(slice(0, 0))]
    counts = batch.adjacency.sum(axis=(1, 2))
    for count in map(int, np.unique(counts)):
        some = batch.take(counts == count)
        table = np.indices((n_labels,) * count).reshape(count, n_labels**count).T.astype(np.int8)
        rows = np.repeat(np.arange(len(some)), len(table))
        repeated = some.take(rows)
        labels = repeated.edge_labels.copy()
        labels[repeated.adjacency] = np.tile(table, (len(some), 1)).ravel()
        parts.append(GraphBatch(repeated.sizes, repeated.adjacency, repeated.node_labels, labels))
    return GraphBatch.concatenate(parts)
