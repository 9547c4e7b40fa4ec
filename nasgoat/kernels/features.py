"""Feature maps of graph kernels: integer counts times a scale that depends on the node count.

These are the definitions; ``nasgoat.mip.features`` writes the same counts as linear expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, shortest_distances

Counts = NDArray[np.int16]
Floats = NDArray[np.float64]

Index = TypeVar("Index", int, NDArray[np.int64])


class FeatureMap(Protocol):
    """Maps a graph to a vector ``phi = scale(n) * counts`` of length ``n_features``."""

    relabelling_invariant: ClassVar[bool]  # renumbering the nodes leaves the counts as they are

    @property
    def n_features(self) -> int:
        """Length ``F`` of the vector."""

    def counts(self, batch: GraphBatch) -> Counts:
        """``(N, F)``, non-negative integers.

        Raises:
            ValueError: a graph is too large for the map, or a label is missing or out of range.
        """

    def scale(self, n: int) -> float:
        """The factor for a graph of ``n`` nodes."""

    def describe(self, column: int) -> str:
        """What the column counts, in a few symbols."""


@dataclass(frozen=True, slots=True)
class ShortestPaths:
    """SP: ``P[s, a, b]`` = pairs at distance ``s`` with labels ``a`` and ``b``, over ``n**2``.

    Distances are finite and include ``s = 0`` (``u = v``). Columns run over ``(s, a, b)``.

    Args:
        n: largest node count.
        n_labels: number ``L`` of node labels.
    """

    n: int
    n_labels: int
    relabelling_invariant: ClassVar[bool] = True

    @property
    def n_features(self) -> int:
        return self.n * self.n_labels**2

    def column(self, s: Index, a: Index, b: Index) -> Index:
        """The column that counts ``P[s, a, b]``; of many triples at once if given arrays."""
        return (s * self.n_labels + a) * self.n_labels + b

    def counts(self, batch: GraphBatch) -> Counts:
        _check_sizes(batch, self.n)
        _check_labels(batch.node_labels[batch.exists], self.n_labels, "node")
        distance = shortest_distances(batch.adjacency)
        finite = (distance < batch.n) & batch.exists[:, :, None]
        rows, u, v = np.nonzero(finite)
        labels = batch.node_labels.astype(np.int64)
        column = self.column(distance[rows, u, v], labels[rows, u], labels[rows, v])
        return _tally(rows, column, len(batch), self.n_features)

    def scale(self, n: int) -> float:
        return 1.0 / n**2

    def describe(self, column: int) -> str:
        s, a, b = np.unravel_index(column, (self.n, self.n_labels, self.n_labels))
        return f"P[{s},{a},{b}]"


@dataclass(frozen=True, slots=True)
class ShortestPathLengths:
    """SSP: ``D[s]`` = pairs ``(u, v)`` at distance ``s``, labels ignored, over ``n**2``.

    Args:
        n: largest node count.
    """

    n: int
    relabelling_invariant: ClassVar[bool] = True

    @property
    def n_features(self) -> int:
        return self.n

    def counts(self, batch: GraphBatch) -> Counts:
        _check_sizes(batch, self.n)
        distance = shortest_distances(batch.adjacency)
        finite = (distance < batch.n) & batch.exists[:, :, None]
        rows, u, v = np.nonzero(finite)
        return _tally(rows, distance[rows, u, v], len(batch), self.n_features)

    def scale(self, n: int) -> float:
        return 1.0 / n**2

    def describe(self, column: int) -> str:
        return f"D[{column}]"


@dataclass(frozen=True, slots=True)
class NodeLabels:
    """NL: ``N[l]`` = nodes with label ``l``, over ``n * sqrt(L)``."""

    n_labels: int
    relabelling_invariant: ClassVar[bool] = True

    @property
    def n_features(self) -> int:
        return self.n_labels

    def counts(self, batch: GraphBatch) -> Counts:
        _check_labels(batch.node_labels[batch.exists], self.n_labels, "node")
        labels = np.arange(self.n_labels)
        counts: Counts = (batch.node_labels[:, :, None] == labels).sum(axis=1).astype(np.int16)
        return counts

    def scale(self, n: int) -> float:
        return 1.0 / (n * float(np.sqrt(self.n_labels)))

    def describe(self, column: int) -> str:
        return f"N[{column}]"


@dataclass(frozen=True, slots=True)
class EdgeLabels:
    """EL: ``F[u, v, l]`` = 1 iff ``u -> v``, ``u < v``, has label ``l``; by ``sqrt(2/(n(n-1)))``.

    Compares indexed graphs of one node count. Columns run over ``(u, v)`` in the order of
    ``itertools.combinations(range(n), 2)``, then ``l``.

    Args:
        n: the node count.
        n_labels: number ``L`` of edge labels.
    """

    n: int
    n_labels: int
    relabelling_invariant: ClassVar[bool] = False

    @property
    def n_features(self) -> int:
        return self.n * (self.n - 1) // 2 * self.n_labels

    def counts(self, batch: GraphBatch) -> Counts:
        if np.any(batch.sizes != self.n):
            sizes = sorted(set(batch.sizes.tolist()))
            msg = f"edge-label features compare graphs of {self.n} nodes, got sizes {sizes}"
            raise ValueError(msg)
        _check_labels(batch.edge_labels[batch.adjacency], self.n_labels, "edge")
        tails, heads = np.triu_indices(self.n, 1)
        labels = batch.padded(max(self.n, batch.n)).edge_labels[:, tails, heads]
        one_hot: Counts = (labels[:, :, None] == np.arange(self.n_labels)).astype(np.int16)
        return one_hot.reshape(len(batch), self.n_features)

    def scale(self, n: int) -> float:
        return float(np.sqrt(2.0 / (n * (n - 1))))

    def describe(self, column: int) -> str:
        pair, label = divmod(column, self.n_labels)
        tails, heads = np.triu_indices(self.n, 1)
        return f"F[{tails[pair]},{heads[pair]},{label}]"


def default_feature_maps(n: int, n_node_labels: int, n_edge_labels: int) -> tuple[FeatureMap, ...]:
    """The paper's choice: SP + NL for labelled nodes, SSP + EL for labelled edges, else SSP.

    Args:
        n: largest node count of the space.
        n_node_labels: number of node labels, 0 if nodes carry none.
        n_edge_labels: number of edge labels, 0 if edges carry none.
    """
    if n_node_labels:
        return (ShortestPaths(n, n_node_labels), NodeLabels(n_node_labels))
    if n_edge_labels:
        return (ShortestPathLengths(n), EdgeLabels(n, n_edge_labels))
    return (ShortestPathLengths(n),)


def counts_of(feature_map: FeatureMap, batch: GraphBatch) -> Counts:
    """``feature_map.counts(batch)``, remembered for as long as the batch lives."""
    known = _COUNTS.setdefault(batch, {})
    if feature_map not in known:
        known[feature_map] = feature_map.counts(batch)
    return known[feature_map]


def features(feature_map: FeatureMap, batch: GraphBatch) -> Floats:
    """``(N, F)``, the scaled counts."""
    return counts_of(feature_map, batch) * scales(feature_map, batch)[:, None]


def scales(feature_map: FeatureMap, batch: GraphBatch) -> Floats:
    """``(N,)``, the scale of each graph."""
    sizes, where = np.unique(batch.sizes, return_inverse=True)
    return np.array([feature_map.scale(int(n)) for n in sizes] or [0.0])[where]


def stacked_features(maps: Sequence[FeatureMap], batch: GraphBatch) -> Floats:
    """The features of several maps side by side."""
    return np.concatenate([features(feature_map, batch) for feature_map in maps], axis=1)


_COUNTS: WeakKeyDictionary[GraphBatch, dict[FeatureMap, Counts]] = WeakKeyDictionary()


def _check_sizes(batch: GraphBatch, n: int) -> None:
    if batch.sizes.max(initial=0) > n:
        msg = f"the features are of graphs of up to {n} nodes, got one of {batch.sizes.max()}"
        raise ValueError(msg)


def _check_labels(labels: NDArray[np.int8], n_labels: int, what: str) -> None:
    """Labels of nodes and edges that exist; -1 stands for none."""
    if len(labels) and not (labels.min() >= 0 and labels.max() < n_labels):
        found = sorted(set(labels.tolist()))
        msg = f"{what} labels must lie in 0 .. {n_labels - 1}, got {found} (-1: no label)"
        raise ValueError(msg)


def _tally(
    rows: NDArray[np.int64], columns: NDArray[np.int64], n_rows: int, n_columns: int
) -> Counts:
    flat = np.bincount(rows * n_columns + columns, minlength=n_rows * n_columns)
    return flat.reshape(n_rows, n_columns).astype(np.int16)
