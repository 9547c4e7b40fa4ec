"""Finding graphs among many, by what a space takes for the same architecture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import (
    GraphBatch,
    GraphCode,
    LabeledGraph,
    byte_signatures,
    equal,
    isomorphic,
    isomorphism_signatures,
)
from nasgoat.spaces.identity import Identity, Indexed, UpToIsomorphism

Rows = NDArray[np.int64]
SLAB = 1 << 14  # graphs decoded at once while they are indexed: a few MB


@dataclass(frozen=True, slots=True, eq=False)
class RowIndex:
    """``N`` graphs in order, and where each of them is.

    Args:
        identity: which graphs are the same.
        code: how the graphs are written.
        codes: ``(N, w)``, the graphs.
        words: ``(N,)``, their signatures, ascending.
        order: ``(N,)``, the row of each word.
    """

    identity: Identity
    code: GraphCode
    codes: NDArray[np.uint8]
    words: NDArray[np.uint64]
    order: NDArray[np.int32]

    @classmethod
    def of(cls, identity: Identity, code: GraphCode, codes: NDArray[np.uint8]) -> Self:
        """Index the graphs that codes stand for.

        Raises:
            ValueError: a code is no graph.
        """
        slabs = [codes[i : i + SLAB] for i in range(0, len(codes), SLAB)]
        parts = [_signatures(identity, code, code.decode(slab)) for slab in slabs]
        words = np.concatenate([np.zeros(0, dtype=np.uint64), *parts])
        order = np.argsort(words, kind="stable").astype(np.int32)
        return cls(identity, code, codes, words[order], order)

    def __len__(self) -> int:
        return len(self.codes)

    def graphs(self, rows: Rows | NDArray[np.bool_] | slice | None = None) -> GraphBatch:
        """The graphs of some rows, by default of all."""
        return self.code.decode(self.codes if rows is None else self.codes[rows], check=False)

    def rows(self, graphs: GraphBatch | Iterable[LabeledGraph]) -> Rows:
        """The first row of each graph, -1 where it has none; ``(len(graphs),)``."""
        batch = graphs if isinstance(graphs, GraphBatch) else GraphBatch.of(graphs)
        found = np.full(len(batch), -1, dtype=np.int64)
        fits = np.arange(len(batch))
        if batch.n > self.code.n:  # larger graphs have no row
            fits = np.flatnonzero(batch.sizes <= self.code.n)
            batch = _cropped(batch.take(fits), self.code.n)
        batch = batch.padded(self.code.n)
        words = _signatures(self.identity, self.code, batch)
        places = np.searchsorted(self.words, words)
        open_ = np.arange(len(batch))
        while True:  # a second turn only where two graphs share a signature
            open_ = open_[places[open_] < len(self)]
            open_ = open_[self.words[places[open_]] == words[open_]]
            if len(open_) == 0:
                return found
            candidates = self.order[places[open_]]
            same = _same(self.identity, batch.take(open_), self.graphs(candidates))
            found[fits[open_[same]]] = candidates[same]
            open_ = open_[~same]
            places[open_] += 1

    def repeated(self) -> Rows:
        """Rows whose graph has an earlier row, ascending."""
        twins = np.flatnonzero(self.words[1:] == self.words[:-1])
        suspects = np.unique(np.concatenate([self.order[twins], self.order[twins + 1]]))
        if len(suspects) == 0:
            return suspects.astype(np.int64)
        first = self.rows(self.graphs(suspects))
        repeated: Rows = suspects[first != suspects].astype(np.int64)
        return repeated


def _signatures(identity: Identity, code: GraphCode, batch: GraphBatch) -> NDArray[np.uint64]:
    if isinstance(identity, UpToIsomorphism):
        return isomorphism_signatures(batch, identity.fixed)
    return byte_signatures(code.encode(identity.representatives(batch)))


def _same(identity: Identity, first: GraphBatch, second: GraphBatch) -> NDArray[np.bool_]:
    """Whether graphs are the same architecture, pair by pair."""
    if isinstance(identity, UpToIsomorphism):
        return isomorphic(first, second, identity.fixed)
    if isinstance(identity, Indexed):
        return equal(first, second)
    return equal(identity.representatives(first), identity.representatives(second))


def _cropped(batch: GraphBatch, n: int) -> GraphBatch:
    return GraphBatch(
        batch.sizes,
        batch.adjacency[:, :n, :n],
        batch.node_labels[:, :n],
        batch.edge_labels[:, :n, :n],
    )
