"""Listed spaces: the rows of a table, where a table holds only some cells of a space."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import EmptySpaceError
from nasgoat.graphs import GraphBatch, GraphCode, LabeledGraph
from nasgoat.spaces.base import required
from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.identity import Identity
from nasgoat.spaces.index import RowIndex
from nasgoat.spaces.rules import Rule

NEAREST = 8  # neighbors that every row has at least, so that no search is stuck


@dataclass(frozen=True, slots=True)
class TableSpace:
    """The rows of a table as a search space: nothing but they can be drawn, listed or found.

    Args:
        name: appears in errors, journals and reports.
        cells: the space that the rows are taken from; says what is the same architecture.
        digest: of the rows; two listed spaces are equal if name, cells and digest are.
        index: the rows.
    """

    name: str
    cells: CellSpace
    digest: str
    index: RowIndex = field(compare=False, repr=False)

    @classmethod
    def of(cls, name: str, cells: CellSpace, graphs: GraphBatch) -> Self:
        """List graphs of a space; what comes twice is listed once.

        Raises:
            EmptySpaceError: there are none.
            OutsideSpaceError: one of them is not in the space.
        """
        sizes_fit = np.isin(graphs.sizes, cells.sizes).all()
        if not sizes_fit or len(cells.members(graphs)) < len(graphs):
            for graph in graphs:
                cells.require(graph)
        index = RowIndex.of(cells.identity, code_of(cells), code_of(cells).encode(graphs))
        return cls.of_rows(name, cells, index)

    @classmethod
    def of_rows(cls, name: str, cells: CellSpace, index: RowIndex) -> Self:
        """List indexed graphs that are known to be members of a space.

        Raises:
            EmptySpaceError: there are none.
        """
        if len(index) == 0:
            msg = f"the listed space {name!r} has no rows"
            raise EmptySpaceError(msg)
        repeated = index.repeated()
        if len(repeated):
            codes = np.delete(index.codes, repeated, axis=0)
            index = RowIndex.of(index.identity, index.code, codes)
        return cls(name, cells, hashlib.sha256(index.codes.tobytes()).hexdigest()[:16], index)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The node counts that occur, ascending."""
        return tuple(np.unique(self.index.codes[:, 0]).tolist())

    @property
    def node_alphabet(self) -> tuple[str, ...]:
        """Names of the node labels."""
        return self.cells.node_alphabet

    @property
    def edge_alphabet(self) -> tuple[str, ...]:
        """Names of the edge labels."""
        return self.cells.edge_alphabet

    @property
    def label_names(self) -> tuple[str, ...]:
        """The alphabet in use, of nodes or of edges."""
        return self.cells.label_names

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those of the cells; they do not tell rows from other cells."""
        return self.cells.rules

    @property
    def is_topological(self) -> bool:
        """Whether every edge goes from a lower to a higher index."""
        return self.cells.is_topological

    @property
    def identity(self) -> Identity:
        """That of the cells."""
        return self.cells.identity

    def with_rules(self, *rules: Rule, name: str | None = None) -> Self:
        """The rows that meet further rules.

        Raises:
            EmptySpaceError: none does.
        """
        cells = self.cells.with_rules(*rules)
        keep = np.ones(len(self.index), dtype=np.bool_)
        for rule in rules:
            keep &= rule.holds(self.index.graphs())
        return self._some(name or self.name, cells, keep)

    def of_size(self, n: int) -> Self:
        """The rows with ``n`` nodes.

        Raises:
            ValueError: no row has so many.
        """
        if n not in self.sizes:
            msg = f"space {self.name!r} has rows of {self.sizes} nodes, not {n}"
            raise ValueError(msg)
        return self._some(self.name, self.cells.of_size(n), self.index.codes[:, 0] == n)

    def key(self, graph: LabeledGraph) -> str:
        return self.cells.key(graph)

    def keys(self, batch: GraphBatch) -> list[str]:
        return self.cells.keys(batch)

    def violations(self, graph: LabeledGraph) -> list[str]:
        broken = self.cells.violations(graph)
        if not broken and self.index.rows([graph])[0] < 0:
            broken = [f"it is none of the {len(self.index):,} rows of {self.name}"]
        return broken

    def contains(self, graph: LabeledGraph) -> bool:
        return not self.violations(graph)

    def require(self, graph: LabeledGraph) -> LabeledGraph:
        """Return a member as it is.

        Raises:
            OutsideSpaceError: the graph has no row; the message says so.
        """
        return required(graph, self.name, self.violations(graph))

    def members(self, batch: GraphBatch) -> GraphBatch:
        """The graphs that have a row, in the numbering they come in."""
        inside = self.cells.members(batch)
        return inside.take(self.index.rows(inside) >= 0)

    def sample(self, rng: np.random.Generator) -> LabeledGraph:
        """Draw a row uniformly."""
        return self._graph(int(rng.integers(len(self.index))))

    def samples(self, count: int, rng: np.random.Generator) -> GraphBatch:
        """Draw rows uniformly, with repeats."""
        return self.index.graphs(rng.integers(len(self.index), size=count))

    def neighbors(self, graph: LabeledGraph) -> list[LabeledGraph]:
        """The rows that one edit of the cells' moves leads to.

        Where these are fewer than ``NEAREST``, the rows nearest by ``row_distances`` are added, in
        the order of rows where several are equally near.
        """
        self.require(graph)
        own = int(self.index.rows([graph])[0])
        edited = self.index.rows(self.cells.neighbors(graph))
        rows = [row for row in dict.fromkeys(edited.tolist()) if row not in (-1, own)]
        if len(rows) < NEAREST:
            near = np.argsort(row_distances(self, graph), kind="stable")[: NEAREST + 1 + len(rows)]
            more = [row for row in near.tolist() if row != own and row not in rows]
            rows += more[: NEAREST - len(rows)]
        return [self._graph(row) for row in rows]

    def mutate(self, graph: LabeledGraph, rng: np.random.Generator) -> LabeledGraph:
        neighbors = self.neighbors(graph)
        return neighbors[rng.integers(len(neighbors))] if neighbors else graph

    def enumerate(self) -> Iterator[LabeledGraph]:
        """The rows, in their order."""
        return iter(self.listing())

    def listing(self) -> GraphBatch:
        return _listing(self)

    def is_listable(self) -> bool:
        return True

    def size(self) -> int:
        return len(self.index)

    def describe(self) -> dict[str, Any]:
        """What the space is, for journals: a run is resumed only on an equal space."""
        return {
            "name": self.name,
            "rows": len(self.index),
            "digest": self.digest,
            "cells": self.cells.describe(),
        }

    def _graph(self, row: int) -> LabeledGraph:
        return self.index.graphs(slice(row, row + 1))[0]

    def _some(self, name: str, cells: CellSpace, keep: NDArray[np.bool_]) -> Self:
        index = RowIndex.of(cells.identity, self.index.code, self.index.codes[keep])
        return type(self).of_rows(name, cells, index)


def code_of(space: CellSpace) -> GraphCode:
    """How the graphs of a space are written."""
    labelled = bool(space.node_alphabet), bool(space.edge_alphabet)
    return GraphCode(max(space.sizes), space.is_topological, *labelled)


def row_distances(space: TableSpace, graph: LabeledGraph) -> NDArray[np.int64]:
    """How many places of edges and labels differ between a graph and each row; ``(N,)``.

    Compared are the representatives that the identity chooses, so that the numbering of isomorphic
    graphs does not matter. The number of edits that lead from one to the other may be smaller.
    """
    batch = GraphBatch.of([graph], space.index.code.n)
    mine = _places(space.identity.representatives(batch))
    return (_all_places(space) != mine).sum(axis=1)


@lru_cache(maxsize=4)
def _listing(space: TableSpace) -> GraphBatch:
    return space.index.graphs()


@lru_cache(maxsize=4)
def _all_places(space: TableSpace) -> NDArray[np.int8]:
    return _places(space.identity.representatives(space.listing()))


def _places(batch: GraphBatch) -> NDArray[np.int8]:
    """Node labels, and for each pair of nodes the edge with its label; ``(N, n + n * n)``."""
    edges = np.where(batch.adjacency, batch.edge_labels + 2, 0).astype(np.int8)
    return np.concatenate([batch.node_labels, edges.reshape(len(batch), -1)], axis=1)
