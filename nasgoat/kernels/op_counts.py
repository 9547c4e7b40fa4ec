"""Operation counts: how often each edge label occurs, by the kind of node that the edge leaves.

``nasgoat.mip.features`` writes the same counts as linear expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch

Counts = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class OpCounts:
    """``T[c, l]`` = edges with label ``l`` out of nodes of kind ``c``; scaled as ``EdgeLabels``.

    Edge labels by place say nothing about an operation in a place where it was never seen; their
    number does. Columns run over ``(c, l)``.

    Args:
        kinds: the kind of each node, an integer from 0; graphs have as many nodes.
        n_labels: number ``L`` of edge labels.

    Raises:
        ValueError: there is no node, or the kinds are not ``0 .. C-1``.
    """

    kinds: tuple[int, ...]
    n_labels: int
    relabelling_invariant: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(self.kinds))
        found = sorted(set(self.kinds))
        if not found or found != list(range(len(found))):
            msg = f"the kinds of nodes are numbered 0, 1, ... without a gap, got {self.kinds}"
            raise ValueError(msg)

    @property
    def n(self) -> int:
        """The node count."""
        return len(self.kinds)

    @property
    def n_features(self) -> int:
        return (max(self.kinds) + 1) * self.n_labels

    def column(self, kind: int, label: int) -> int:
        """The column that counts ``T[kind, label]``."""
        return kind * self.n_labels + label

    def counts(self, batch: GraphBatch) -> Counts:
        if np.any(batch.sizes != self.n):
            sizes = sorted(set(batch.sizes.tolist()))
            msg = f"op counts compare graphs of {self.n} nodes, got sizes {sizes}"
            raise ValueError(msg)
        row, tail, head = np.nonzero(batch.adjacency)
        labels = batch.edge_labels[row, tail, head].astype(np.int64)
        if len(labels) and not (labels.min() >= 0 and labels.max() < self.n_labels):
            found = sorted(set(labels.tolist()))
            msg = f"edge labels must lie in 0 .. {self.n_labels - 1}, got {found} (-1: no label)"
            raise ValueError(msg)
        column = np.array(self.kinds)[tail] * self.n_labels + labels
        flat = np.bincount(row * self.n_features + column, minlength=len(batch) * self.n_features)
        return flat.reshape(len(batch), self.n_features).astype(np.int16)

    def scale(self, n: int) -> float:
        return float(np.sqrt(2.0 / (n * (n - 1)))) if n > 1 else 1.0

    def describe(self, column: int) -> str:
        kind, label = divmod(column, self.n_labels)
        return f"T[{kind},{label}]"
