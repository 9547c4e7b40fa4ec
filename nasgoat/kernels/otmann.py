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
FEW_OPERATIONS = 9  # up to which trying all sets of columns is faster than one pair at a time
BLOCK = 16384  # pairs at a time, so that they stay in the processor's cache
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
    block = max(1, BLOCK // max(1, len(ys.counts)))
    parts = [
        _matched(_rows(xs, slice(start, start + block)), ys, mismatch, structure)
        for start in range(0, len(xs.counts), block)
    ]
    distances = np.concatenate([np.empty((0, len(ys.counts))), *parts])
    left, right = TERMINAL_SHARE * xs.counts[:, None], TERMINAL_SHARE * ys.counts[None, :]
    gaps = np.abs(xs.ends[:, None] - ys.ends[None, :]).mean(axis=3)  # (N, M, 2)
    moved = np.minimum(structure * gaps, LEFT_ASIDE).sum(axis=2) * np.minimum(left, right)
    distances += moved + 2 * np.abs(left - right)
    mass = (1 + 2 * TERMINAL_SHARE) * (xs.counts[:, None] + ys.counts[None, :])
    return distances, distances / np.maximum(mass, 1e-9)


def _rows(layers: Layers, rows: slice) -> Layers:
    return Layers(layers.counts[rows], layers.labels[rows], layers.paths[rows], layers.ends[rows])


def _matched(xs: Layers, ys: Layers, mismatch: Floats, structure: float) -> Floats:
    """Least costs of matching the operations, unmatched ones at 1 each; ``(N, M)``."""
    size = int(max(xs.counts.max(initial=0), ys.counts.max(initial=0)))
    costs = np.empty((size, size, len(xs.counts), len(ys.counts)))
    for a, b in np.ndindex(size, size):
        left, right = min(a, xs.labels.shape[1] - 1), min(b, ys.labels.shape[1] - 1)
        gaps = np.zeros(costs.shape[2:])
        for x, y in zip(xs.paths[:, left].T, ys.paths[:, right].T, strict=True):
            gaps += np.abs(x[:, None] - y[None, :])
        moved = mismatch[xs.labels[:, left, None], ys.labels[None, :, right]]
        moved = np.minimum(moved + structure / xs.paths.shape[2] * gaps, LEFT_ASIDE)
        here, there = a < xs.counts[:, None], b < ys.counts[None, :]
        costs[a, b] = np.where(here & there, moved, np.where(here | there, LEFT_ASIDE / 2, 0.0))
    pairs = costs.reshape(size, size, -1)
    least = _subsets if size <= FEW_OPERATIONS else _one_by_one
    return least(pairs).reshape(costs.shape[2:])


def _subsets(costs: Floats) -> Floats:
    """Least cost of an assignment, of many ``(size, size, P)`` at once; ``(P,)``.

    Row by row, the least cost of every set of columns that the rows so far may have.
    """
    least = {0: np.zeros(costs.shape[2])}
    for row in costs:
        grown: dict[int, Floats] = {}
        for taken, cost in least.items():
            for column, more in enumerate(row):
                columns = taken | 1 << column
                if columns == taken:
                    continue
                known = grown.get(columns)
                both = cost + more
                grown[columns] = both if known is None else np.minimum(known, both, out=both)
        least = grown
    return least[(1 << len(costs)) - 1]


def _one_by_one(costs: Floats) -> Floats:
    """The same for assignments too large to try all sets of columns."""
    found = np.empty(costs.shape[2])
    for i in range(costs.shape[2]):
        rows, columns = linear_sum_assignment(costs[:, :, i])
        found[i] = costs[rows, columns, i].sum()
    return found


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
