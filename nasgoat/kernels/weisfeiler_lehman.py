"""The Weisfeiler-Lehman subtree kernel (Shervashidze et al. 2011) of node-labelled graphs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def wl_grams(xs: GraphBatch, ys: GraphBatch, depth: int) -> Floats:
    """Numbers of pairs of nodes with equal subtrees, for every depth up to one.

    The label of depth 0 is the node's own (nodes without labels are all alike). That of depth
    ``i + 1`` names the label of depth ``i`` together with the multiset of those of the successors.
    ``k_h(x, y) = sum_{i <= h} sum_l count_i,l(x) count_i,l(y)``.

    Args:
        xs: ``N`` graphs.
        ys: ``M`` graphs.
        depth: at least 0.

    Returns:
        ``(depth + 1, N, M)``: ``k_h`` for ``h = 0 .. depth``.
    """
    n = max(xs.n, ys.n)
    batch = GraphBatch.concatenate([xs.padded(n), ys.padded(n)])
    grams = []
    for labels in _labels(batch, depth):
        counts = _counts(labels)
        grams.append(counts[: len(xs)] @ counts[len(xs) :].T)
    return np.cumsum(np.stack(grams), axis=0)


def wl_norms(batch: GraphBatch, depth: int) -> Floats:
    """``(depth + 1, N)``: ``k_h(x, x)`` of every graph."""
    squares = [(_counts(labels) ** 2).sum(axis=1) for labels in _labels(batch, depth)]
    return np.cumsum(np.stack(squares), axis=0)


def _labels(batch: GraphBatch, depth: int) -> list[Ints]:
    """``(N, n)`` of every depth: numbers from 0, -1 for nodes that a graph does not have."""
    exists = batch.exists
    flat = exists.reshape(-1)
    labels = np.where(exists, batch.node_labels.astype(np.int64) + 1, -1)
    found = [labels]
    for _ in range(depth):
        around = np.where(batch.adjacency, labels[:, None, :], -1)  # (N, n, n), of successors
        around.sort(axis=2)
        rows = np.concatenate([labels[:, :, None], around], axis=2).reshape(-1, batch.n + 1)
        labels = np.full(flat.shape, -1, dtype=np.int64)
        labels[flat] = _numbered(rows[flat])
        labels = labels.reshape(exists.shape)
        found.append(labels)
    return found


def _numbered(rows: Ints) -> Ints:
    """A number for each row, equal for equal rows."""
    rows = np.ascontiguousarray(rows.astype(np.int32))
    whole = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))[:, 0]
    return np.unique(whole, return_inverse=True)[1].astype(np.int64)


def _counts(labels: Ints) -> Floats:
    """``(N, L)``: how often each label occurs in each graph."""
    width = int(labels.max(initial=0)) + 1
    rows = np.arange(len(labels))[:, None] * width
    present = labels >= 0
    places = (rows + labels)[present]
    counts = np.bincount(places, minlength=len(labels) * width)
    return counts.reshape(len(labels), width).astype(np.float64)
