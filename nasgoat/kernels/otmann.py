"""OTMANN distances between networks of operations (Kandasamy et al. 2018).

The layers of one network are transported to those of the other. Moving mass costs a label mismatch
and a structural term, the mean difference of six path lengths; mass that is not moved costs 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from nasgoat.graphs import GraphBatch, shortest_distances

Floats = NDArray[np.float64]

TERMINAL_SHARE = 0.1  # mass of input and of output, in that of all operations (the paper's zeta)
LEFT_ASIDE = 2.0  # what two units of mass cost, one on either side, if they are not matched


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What the distance looks at, of ``N`` networks of at most ``m`` operations.

    The first node of a network is its input, the last its output; both are matched with their
    likes only.
    """

    counts: NDArray[np.int64]  # (N,), number of operations
    labels: NDArray[np.int64]  # (N, m)
    paths: Floats  # (N, m, 6), lengths of paths from the input and to the output
    ends: Floats  # (N, 2, 6), the same of input and output

    @classmethod
    def of(cls, batch: GraphBatch) -> Layers:
        """Measure acyclic graphs whose nodes lie on paths from the first to the last node.

        The lengths are those of the shortest path, the longest path and the mean over random walks,
        from the input and to the output; where there is no path, ``n``.
        """
        rows, last = np.arange(len(batch)), batch.sizes - 1
        hops = np.minimum(shortest_distances(batch.adjacency), batch.n)
        backwards = batch.adjacency.transpose(0, 2, 1)
        source, sink = np.zeros_like(last), last
        lengths = [
            hops[rows, source],
            hops[rows, :, sink],
            *_walks(backwards, source),
            *_walks(batch.adjacency, sink),
        ]
        paths = np.stack([np.asarray(one, dtype=np.float64) for one in lengths], axis=2)
        ends = np.stack([paths[rows, source], paths[rows, sink]], axis=1)
        labels = batch.node_labels.astype(np.int64)
        return cls(batch.sizes - 2, labels[:, 1:], paths[:, 1:], ends)


def otmann_distances(
    xs: Layers, ys: Layers, mismatch: Floats, structure: float
) -> tuple[Floats, Floats]:
    """Distances and normalised distances.

    Operations have mass 1, so that an optimal transport is an assignment; input and output have
    ``TERMINAL_SHARE`` of the mass of all operations and go to input and output.

    Args:
        xs: ``N`` networks.
        ys: ``M`` networks.
        mismatch: ``(L, L)``, what it costs to take one operation for another.
        structure: the weight of the structural term.

    Returns:
        ``(N, M)`` each: the distance, and that divided by the mass of both networks.
    """
    distances = np.empty((len(xs.counts), len(ys.counts)))
    for i, count in enumerate(xs.counts):
        labels, paths = xs.labels[i, :count], xs.paths[i, :count]
        gaps = np.abs(paths[None, :, None, :] - ys.paths[:, None, :, :]).mean(axis=3)
        costs = mismatch[labels[None, :, None], ys.labels[:, None, :]] + structure * gaps
        np.minimum(costs, LEFT_ASIDE, out=costs)
        for j, other in enumerate(ys.counts):
            distances[i, j] = _assigned(costs[j, :, :other])
    left, right = TERMINAL_SHARE * xs.counts[:, None], TERMINAL_SHARE * ys.counts[None, :]
    gaps = np.abs(xs.ends[:, None] - ys.ends[None, :]).mean(axis=3)  # (N, M, 2)
    moved = np.minimum(structure * gaps, LEFT_ASIDE).sum(axis=2) * np.minimum(left, right)
    distances += moved + 2 * np.abs(left - right)
    mass = (1 + 2 * TERMINAL_SHARE) * (xs.counts[:, None] + ys.counts[None, :])
    return distances, distances / np.maximum(mass, 1e-9)


def _assigned(costs: Floats) -> float:
    """The least cost of a matching, unmatched rows and columns at 1 each."""
    if 0 in costs.shape:
        return float(max(costs.shape))
    rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].sum()) + abs(costs.shape[0] - costs.shape[1])


def _walks(adjacency: NDArray[np.bool_], goal: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Longest path and mean length of a random walk from each node to a goal; ``(N, n)`` each.

    A walk takes every edge of a node with equal chance; only edges that lead on to the goal count.
    """
    count, n, _ = adjacency.shape
    rows = np.arange(count)
    at_goal = np.zeros((count, n), dtype=np.bool_)
    at_goal[rows, goal] = True
    arrives = at_goal.copy()
    for _ in range(n):
        arrives |= (adjacency & arrives[:, None, :]).any(axis=2)
    useful = adjacency & arrives[:, None, :] & ~at_goal[:, :, None]
    degrees = np.maximum(useful.sum(axis=2), 1)
    longest, mean = np.zeros((count, n)), np.zeros((count, n))
    for _ in range(n):  # no path is longer
        ahead = np.where(useful, longest[:, None, :] + 1.0, 0.0)
        longest = ahead.max(axis=2)
        mean = np.where(useful, mean[:, None, :] + 1.0, 0.0).sum(axis=2) / degrees
    longest[~arrives] = n
    mean[~arrives] = n
    return longest, mean
