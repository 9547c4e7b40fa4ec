"""The numbering that NAS-Bench-101 gives to the nodes of a cell.

Its files hold one numbering of each cell, the first that its enumeration comes across: least edge
bits, then least operations. The channels of a node, hence the parameters of a network, depend on
the numbering.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch

MAX_NODES = 7
N_OPS = 3
SLAB = 1 << 14  # cells renumbered at once: bounds the (SLAB, 120) codes to some 16 MB
DOWNWARDS = 2.0**40  # more than any code, exact beside one in a double


def require_cells(batch: GraphBatch) -> None:
    """Refuse what is not a numbered cell of NAS-Bench-101.

    Raises:
        OutsideSpaceError: a graph has fewer than 2 or more than 7 nodes, an edge from a higher to a
            lower index, or labels other than input, three operations, output in their places.
    """
    if len(batch) == 0:
        return
    sizes, rows = batch.sizes, np.arange(len(batch))
    right = (sizes >= 2) & (sizes <= MAX_NODES)
    right &= ~np.tril(batch.adjacency).any(axis=(1, 2))
    labels = batch.node_labels
    inner = np.arange(batch.n) < sizes[:, None] - 1
    inner[:, 0] = False
    right &= (labels[:, 0] == 0) & (labels[rows, sizes - 1] == N_OPS + 1)
    right &= (((labels >= 1) & (labels <= N_OPS)) | ~inner).all(axis=1)
    if not right.all():
        wrong = batch[int(np.flatnonzero(~right)[0])]
        msg = (
            f"{wrong} is no cell of NAS-Bench-101: 2 to {MAX_NODES} nodes, edges from lower to "
            "higher indices, node labels 0 (input), 1 to 3 (operations), 4 (output)"
        )
        raise OutsideSpaceError(msg)


def official_forms(batch: GraphBatch) -> GraphBatch:
    """The same cells, numbered as in NAS-Bench-101's files.

    Args:
        batch: ``N`` cells of ``nasbench101()``, in any topological numbering.

    Returns:
        ``N`` cells: of all topological numberings that of the least edge bits, where bit
        ``x + y (y - 1) / 2`` is the edge ``x -> y``, and then of the least operations.

    Raises:
        OutsideSpaceError: a graph is no cell of NAS-Bench-101.
    """
    require_cells(batch)
    old_index = np.tile(np.arange(batch.n), (len(batch), 1))
    for n in range(4, MAX_NODES + 1):  # smaller cells have one numbering
        rows = np.flatnonzero(batch.sizes == n)
        for start in range(0, len(rows), SLAB):
            slab = rows[start : start + SLAB]
            old_index[slab, :n] = _least_orders(batch.take(slab), n)
    return batch.permuted(old_index)


def _least_orders(batch: GraphBatch, n: int) -> NDArray[np.int64]:
    """``(N, n)``, the old index of each node of the form, for cells of ``n`` nodes."""
    orders, edge_weights, label_weights = _renumberings(n)
    edges = batch.adjacency[:, :n, :n].reshape(len(batch), n * n).astype(np.float64)
    labels = batch.node_labels[:, :n].astype(np.float64)
    codes = edges @ edge_weights + labels @ label_weights  # integers below 2**53
    return orders[codes.argmin(axis=1)]


@lru_cache(maxsize=8)
def _renumberings(n: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """All orders of the inner nodes, and the code of a cell under each as a linear form.

    Returns:
        ``(P, n)`` old indices; ``(n * n, P)`` weights of the edges, ``DOWNWARDS`` for an edge that
        would go downwards; ``(n, P)`` weights of the labels.
    """
    base = (N_OPS + 2) ** n  # the labels' code stays below it
    orders = np.array([(0, *inner, n - 1) for inner in permutations(range(1, n - 1))])
    new_index = np.argsort(orders, axis=1)
    tail, head = new_index[:, :, None], new_index[:, None, :]
    bit = tail + head * (head - 1) // 2
    upwards = tail < head
    weights = np.where(upwards, float(base) * 2.0 ** np.where(upwards, bit, 0), DOWNWARDS)
    label_weights = float(N_OPS + 2) ** (n - 1 - new_index)
    return orders, weights.reshape(len(orders), n * n).T.copy(), label_weights.T.copy()
