"""Graphs as fixed-width bytes: how tables store architectures, and how they find them again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs.batch import GraphBatch

Bytes = NDArray[np.uint8]
NONE = 255  # the byte of a label that is not there; -1 in a batch


@dataclass(frozen=True, slots=True)
class GraphCode:
    """Which byte of a code means what.

    A code is, in this order: the number of nodes; the edges; one byte per node label. The slots of
    edges run through the adjacency matrix row by row, only ``u < v`` if the code is ``ordered``,
    else all ``u != v``. Without edge labels they are bits, the first the highest of its byte, the
    last byte filled up with zeros; with edge labels a byte each: 0 for no edge, 1 + label for one.

    Args:
        n: most nodes that a graph can have.
        ordered: every edge goes from a lower to a higher index.
        nodes_labelled: nodes carry labels.
        edges_labelled: edges carry labels.
    """

    n: int
    ordered: bool
    nodes_labelled: bool
    edges_labelled: bool

    @property
    def slots(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tail and head of every place for an edge; ``(E,)`` each."""
        return _slots(self.n, self.ordered)

    @property
    def width(self) -> int:
        """Bytes per graph."""
        slots = self.n * (self.n - 1) // (2 if self.ordered else 1)
        edges = slots if self.edges_labelled else -(-slots // 8)
        return 1 + edges + (self.n if self.nodes_labelled else 0)

    def encode(self, batch: GraphBatch) -> Bytes:
        """The codes of graphs; ``(N, width)``.

        Args:
            batch: graphs of at most ``n`` nodes that fit the code: labels where it says so and
                nowhere else, and no edge against an order that it asks for.
        """
        batch = batch.padded(self.n)
        tails, heads = self.slots
        edges = batch.adjacency[:, tails, heads]
        if self.edges_labelled:
            labels = batch.edge_labels[:, tails, heads] + 1
            parts = [np.where(edges, labels, 0).astype(np.uint8)]
        else:
            parts = [np.packbits(edges, axis=1)]
        if self.nodes_labelled:
            parts.append(batch.node_labels.view(np.uint8))
        codes = np.concatenate([batch.sizes.astype(np.uint8)[:, None], *parts], axis=1)
        return np.ascontiguousarray(codes)

    def decode(self, codes: Bytes, *, check: bool = True) -> GraphBatch:
        """The graphs of codes.

        Args:
            codes: ``(N, width)``.
            check: look for codes that are no graphs; not needed for what was checked before.

        Raises:
            ValueError: the width is another one, or a code has no nodes, too many, or an edge to a
                node beyond its size.
        """
        if codes.ndim != 2 or codes.shape[1] != self.width:
            msg = f"codes of {self} are {self.width} bytes wide, got the shape {codes.shape}"
            raise ValueError(msg)
        count, (tails, heads) = len(codes), self.slots
        sizes = codes[:, 0].astype(np.int64)
        adjacency = np.zeros((count, self.n, self.n), dtype=np.bool_)
        edge_labels = np.full((count, self.n, self.n), -1, dtype=np.int8)
        if self.edges_labelled:
            bytes_ = codes[:, 1 : 1 + len(tails)]
            adjacency[:, tails, heads] = bytes_ > 0
            edge_labels[:, tails, heads] = (bytes_ - np.uint8(1)).view(np.int8)
        else:
            packed = codes[:, 1 : 1 + -(-len(tails) // 8)]
            adjacency[:, tails, heads] = np.unpackbits(packed, axis=1, count=len(tails)).view(bool)
        node_labels = np.full((count, self.n), -1, dtype=np.int8)
        if self.nodes_labelled:
            node_labels = np.ascontiguousarray(codes[:, -self.n :]).view(np.int8)
        batch = GraphBatch(sizes, adjacency, node_labels, edge_labels)
        if check:
            self._check(batch)
        return batch

    def _check(self, batch: GraphBatch) -> None:
        beyond = ~batch.exists
        wrong = (batch.sizes < 1) | (batch.sizes > self.n)
        wrong |= (batch.adjacency.any(axis=1) & beyond).any(axis=1)
        wrong |= (batch.adjacency.any(axis=2) & beyond).any(axis=1)
        wrong |= ((batch.node_labels >= 0) != (batch.exists & self.nodes_labelled)).any(axis=1)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            msg = (
                f"the code of row {row} is no graph of 1 to {self.n} nodes: its edges or labels do "
                f"not fit its {int(batch.sizes[row])} nodes"
            )
            raise ValueError(msg)


@lru_cache(maxsize=16)
def _slots(n: int, ordered: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    apart = ~np.eye(n, dtype=np.bool_)
    tails, heads = np.nonzero(np.triu(apart) if ordered else apart)
    return tails, heads
