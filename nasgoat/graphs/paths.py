"""Reachability, shortest distances and shortest paths of many graphs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def reachability(adjacency: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which nodes can be reached from which (Warshall's algorithm).

    Args:
        adjacency: ``(N, n, n)``, ``[i, u, v]`` is true iff graph ``i`` has the edge ``u -> v``.

    Returns:
        ``(N, n, n)``, true iff there is a path ``u -> v``; every node reaches itself.
    """
    reach = adjacency | np.eye(adjacency.shape[-1], dtype=np.bool_)
    for w in range(adjacency.shape[-1]):
        reach |= reach[:, :, w, None] & reach[:, None, w, :]
    return reach


def shortest_distances(adjacency: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Hop distances by Floyd-Warshall.

    Args:
        adjacency: ``(N, n, n)``, ``[i, u, v]`` is true iff graph ``i`` has the edge ``u -> v``.

    Returns:
        ``(N, n, n)``, in hops: 0 on the diagonal, ``n`` where ``v`` cannot be reached from ``u``.
    """
    n = adjacency.shape[-1]
    # one byte per distance while 2 n fits; int64 is eight times the memory traffic
    distance = np.where(adjacency, 1, n).astype(np.int8 if n < 64 else np.int64)
    distance[:, np.arange(n), np.arange(n)] = 0
    for w in range(n):
        detour = np.add(distance[:, :, w, None], distance[:, None, w, :])
        np.minimum(distance, detour, out=distance)
    return distance.astype(np.int64)


def on_shortest_path(distance: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which nodes lie on some shortest path (the delta of the graph encoding).

    Args:
        distance: ``(N, n, n)`` from ``shortest_distances``.

    Returns:
        ``(N, n, n, n)``, ``[i, u, v, w]`` is true iff ``w`` lies on some shortest ``u -> v`` path.
        By convention the ends count even if there is no path, and ``[i, v, v, w]`` is ``w == v``.
    """
    n = distance.shape[-1]
    through = distance[:, :, None, :] + distance.transpose(0, 2, 1)[:, None, :, :]
    on_path = (through == distance[..., None]) & (distance < n)[..., None]
    nodes = np.arange(n)
    on_path[:, nodes, :, nodes] = True
    on_path[:, :, nodes, nodes] = True
    on_path[:, nodes, nodes, :] = np.eye(n, dtype=np.bool_)
    return on_path
