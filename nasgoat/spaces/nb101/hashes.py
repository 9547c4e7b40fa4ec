"""NAS-Bench-101's module hash: what its files and its library call a cell by.

Every node starts from the MD5 of its degrees and its operation. As many rounds as there are nodes
replace it by the MD5 of the hashes of its predecessors (sorted), of its successors (sorted) and its
own. The MD5 of all nodes' hashes, sorted, names the cell. Hashes are joined as hexadecimal text.
"""

from __future__ import annotations

from hashlib import md5

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.spaces.nb101.forms import MAX_NODES, N_OPS, require_cells

Bytes = NDArray[np.uint8]

DIGEST, HEX = 16, 32  # bytes of an MD5 hash, and of its hexadecimal text
SLAB = 1 << 15  # cells hashed at once: some 100 MB
BAR, COMMA, SPACE, QUOTE = b"|, '"
OPEN, CLOSE = b"[]"
HEX_OF_BYTE = np.array([list(f"{byte:02x}".encode()) for byte in range(256)], dtype=np.uint8)


def module_hashes(batch: GraphBatch) -> Bytes:
    """The hash of every cell, as NAS-Bench-101's library computes it on the pruned cell.

    Args:
        batch: ``N`` cells of ``nasbench101()``: every node on a path from input to output.

    Returns:
        ``(N, 16)``, the bytes of the MD5 hashes. Isomorphic cells have the same.

    Raises:
        OutsideSpaceError: a graph is no cell of NAS-Bench-101.
    """
    require_cells(batch)
    hashes = np.zeros((len(batch), DIGEST), dtype=np.uint8)
    for n in range(2, MAX_NODES + 1):
        rows = np.flatnonzero(batch.sizes == n)
        for start in range(0, len(rows), SLAB):
            slab = rows[start : start + SLAB]
            hashes[slab] = _of_size(batch.take(slab), n)
    return hashes


def _of_size(batch: GraphBatch, n: int) -> Bytes:
    """``(N, 16)``, the hashes of cells of ``n`` nodes."""
    edge = batch.adjacency[:, :n, :n]
    hashes = _first_hashes(edge, batch.node_labels[:, :n])
    for _ in range(n):
        hashes = _next_hashes(edge, hashes)
    return _fingerprints(hashes)


def _first_hashes(edge: NDArray[np.bool_], labels: NDArray[np.int8]) -> Bytes:
    """``(N, n, 16)``, the MD5 of the text ``(out-degree, in-degree, operation)``."""
    operation = labels.astype(np.int64) - 1  # input -1, operations 0 to 2
    operation[labels == N_OPS + 1] = -2
    kinds = np.stack([edge.sum(axis=2), edge.sum(axis=1), operation], axis=2)
    distinct, where = np.unique(kinds.reshape(-1, 3), axis=0, return_inverse=True)
    digests = _digests([str(tuple(kind)).encode() for kind in distinct.tolist()])
    return digests[where].reshape(*labels.shape, DIGEST)


def _next_hashes(edge: NDArray[np.bool_], hashes: Bytes) -> Bytes:
    """``(N, n, 16)``, the hashes of one more round."""
    count, n, _ = hashes.shape
    order = _ascending(hashes)  # neighbours are written in the order of their hashes
    cell = np.arange(count)[:, None]
    text, sorted_edge = _hex(hashes), edge[cell, order]
    into = sorted_edge.transpose(0, 2, 1)  # [i, v, k]: the k-th least hash is a predecessor's
    out_of = edge.transpose(0, 2, 1)[cell, order].transpose(0, 2, 1)
    text_in_order = text[cell, order]
    result = np.empty_like(hashes)
    degrees = into.sum(axis=2) * n + out_of.sum(axis=2)
    for degree in np.unique(degrees):
        i, v = np.nonzero(degrees == degree)
        before = _chosen(text_in_order, i, into[i, v])
        after = _chosen(text_in_order, i, out_of[i, v])
        bar = np.full((len(i), 1), BAR, dtype=np.uint8)
        result[i, v] = _row_digests(np.concatenate([before, bar, after, bar, text[i, v]], axis=1))
    return result


def _fingerprints(hashes: Bytes) -> Bytes:
    """``(N, 16)``, the MD5 of the text of the sorted list of hashes: ``['..', '..']``."""
    count, n, _ = hashes.shape
    text = np.empty((count, n, HEX + 4), dtype=np.uint8)
    text[:, :, :2] = COMMA, SPACE
    text[:, :, 2], text[:, :, -1] = QUOTE, QUOTE
    text[:, :, 3:-1] = _hex(hashes)[np.arange(count)[:, None], _ascending(hashes)]
    flat = text.reshape(count, n * (HEX + 4))
    flat[:, 1] = OPEN  # instead of the first comma and space
    closing = np.full((count, 1), CLOSE, dtype=np.uint8)
    return _row_digests(np.concatenate([flat[:, 1:], closing], axis=1))


def _ascending(hashes: Bytes) -> NDArray[np.int64]:
    """``(N, n)``, the nodes of each cell in the order of their hashes."""
    words = np.ascontiguousarray(hashes).view(">u8").astype(np.uint64)  # (N, n, 2)
    by_low = np.argsort(words[:, :, 1], axis=1, kind="stable")
    high = np.take_along_axis(words[:, :, 0], by_low, axis=1)
    by_high = np.argsort(high, axis=1, kind="stable")
    return np.take_along_axis(by_low, by_high, axis=1)


def _chosen(text: Bytes, cell: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Bytes:
    """``(M, d * 32)``, the texts that each row chooses; every row chooses ``d`` of them."""
    row, k = np.nonzero(chosen)
    return text[cell[row], k].reshape(len(cell), -1)


def _hex(hashes: Bytes) -> Bytes:
    """Bytes as hexadecimal text: ``(..., 16)`` to ``(..., 32)``."""
    return HEX_OF_BYTE[hashes].reshape(*hashes.shape[:-1], HEX)


def _row_digests(messages: Bytes) -> Bytes:
    """``(M, 16)``, the MD5 of every row of ``(M, length)`` bytes."""
    length = messages.shape[1]
    whole = messages.tobytes()
    return _digests([whole[k : k + length] for k in range(0, len(whole), length)])


def _digests(messages: list[bytes]) -> Bytes:
    joined = b"".join([md5(message, usedforsecurity=False).digest() for message in messages])
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(messages), DIGEST)
