"""Architectures as networks of operations, whatever a space labels.

Methods that compare operations on nodes (NAS-BOWL, NASBOT) see every space through this. The
first node of a network is its input, the last its output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, reachability
from nasgoat.spaces import FixedLabel, Parts, SearchSpace

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SKIPS = ("skip", "skip_connect", "identity")  # edges with these labels are wires, no operations


@dataclass(frozen=True, slots=True)
class OpGraphs:
    """Turns the graphs of a space into networks of operations.

    Labelled nodes are operations. Labelled edges become operations that follow each other where the
    head of one is the tail of the other, from the first node to the last; skip connections become
    wires. What lies on no path from input to output is left out. In spaces of several parts, the
    nodes without predecessors are inputs, operations of different parts have different labels, and
    all of them feed the output.

    Args:
        space: where the graphs come from.
    """

    space: SearchSpace

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the labels; those of input and output are the last two."""
        own = self.space.label_names or ("",)
        return (*(own * self._parts), "input", "output")

    def of(self, batch: GraphBatch) -> GraphBatch:
        """The networks of graphs, node-labelled."""
        if self.space.edge_alphabet:
            network = self._of_edges(batch)
        elif self._has_terminals:
            network = self._relabelled(batch)
        else:
            network = self._between_terminals(batch)
        return _on_paths(network)

    @property
    def _rule(self) -> Parts | None:
        return next((rule for rule in self.space.rules if isinstance(rule, Parts)), None)

    @property
    def _parts(self) -> int:
        return 1 if self._rule is None else len(self._rule.sizes)

    @property
    def _has_terminals(self) -> bool:
        """Whether the first and the last node carry labels of their own."""
        fixed = {
            rule.node
            for rule in self.space.rules
            if isinstance(rule, FixedLabel) and rule.only_there
        }
        return {0, -1} <= fixed

    def _relabelled(self, batch: GraphBatch) -> GraphBatch:
        labels = batch.node_labels.copy()
        rows = np.arange(len(batch))
        labels[:, 0] = len(self.names) - 2
        labels[rows, batch.sizes - 1] = len(self.names) - 1
        return GraphBatch(batch.sizes, batch.adjacency, labels, _no_labels(batch.adjacency))

    def _between_terminals(self, batch: GraphBatch) -> GraphBatch:
        """Input before the nodes without predecessors, output after those without successors."""
        exists, own = batch.exists, np.maximum(batch.node_labels, 0).astype(np.int64)
        first = exists & ~batch.adjacency.any(axis=1)
        last = exists & ~batch.adjacency.any(axis=2)
        return self._assembled(batch.adjacency, np.where(exists, own, -1), first, last)

    def _of_edges(self, batch: GraphBatch) -> GraphBatch:
        graph, tail, head = np.nonzero(batch.adjacency)
        counts = np.bincount(graph, minlength=len(batch))
        place = np.arange(len(graph)) - (np.cumsum(counts) - counts)[graph]
        shape = (len(batch), int(counts.max(initial=0)))
        tails, heads, labels = np.full(shape, -1), np.full(shape, -2), np.full(shape, -1)
        tails[graph, place], heads[graph, place] = tail, head
        own = batch.edge_labels[graph, tail, head].astype(np.int64)
        labels[graph, place] = own + self._offsets(batch.n)[tail]
        starts, ends = self._terminals(batch)
        first, last = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        first[graph, place], last[graph, place] = starts[graph, tail], ends[graph, head]
        follows = heads[:, :, None] == tails[:, None, :]
        network = self._assembled(follows, labels, first, last)
        alphabet = self.space.edge_alphabet * self._parts
        wires = [a for a, name in enumerate(alphabet) if name in SKIPS]
        return _contracted(network, wires)

    def _terminals(self, batch: GraphBatch) -> tuple[Bools, Bools]:
        """``(N, n)`` each: which nodes are inputs, and which feed the output."""
        if self._rule is not None:
            return ~batch.adjacency.any(axis=1), batch.exists
        nodes = np.arange(batch.n)
        return (nodes == 0) & batch.exists, nodes == batch.sizes[:, None] - 1

    def _offsets(self, n: int) -> Ints:
        """``(n,)``: what the part of a node adds to labels."""
        if self._rule is None:
            return np.zeros(n, dtype=np.int64)
        return len(self.space.edge_alphabet) * np.asarray(self._rule.part_of)[:n]

    def _assembled(self, follows: Bools, labels: Ints, first: Bools, last: Bools) -> GraphBatch:
        """Operations between an input and an output; absent ones have the label -1."""
        count, m = labels.shape
        here = labels >= 0
        adjacency = np.zeros((count, m + 2, m + 2), dtype=np.bool_)
        adjacency[:, 1:-1, 1:-1] = follows & here[:, :, None] & here[:, None, :]
        adjacency[:, 0, 1:-1], adjacency[:, 1:-1, -1] = first, last
        nodes = np.full((count, m + 2), -1, dtype=np.int8)
        nodes[:, 1:-1] = labels
        nodes[:, 0], nodes[:, -1] = len(self.names) - 2, len(self.names) - 1
        sizes = np.full(count, m + 2, dtype=np.int64)
        return GraphBatch(sizes, adjacency, nodes, _no_labels(adjacency))


def _contracted(batch: GraphBatch, wires: list[int]) -> GraphBatch:
    """Nodes with the labels of wires give way to edges from all before to all behind them."""
    adjacency = batch.adjacency.copy()
    for w in range(1, batch.n - 1):
        wire = np.isin(batch.node_labels[:, w], wires)[:, None, None]
        through = adjacency[:, :, w, None] & adjacency[:, None, w, :]
        adjacency |= through & wire
        adjacency[:, w, :] &= ~wire[:, :, 0]
        adjacency[:, :, w] &= ~wire[:, :, 0]
    return GraphBatch(batch.sizes, adjacency, batch.node_labels, batch.edge_labels)


def _on_paths(batch: GraphBatch) -> GraphBatch:
    """Only the nodes on paths from the first to the last one, and these two."""
    rows, nodes = np.arange(len(batch)), np.arange(batch.n)
    reach = reachability(batch.adjacency)
    last = batch.sizes - 1
    kept = reach[:, 0] & reach[rows, :, last] & batch.exists
    kept |= (nodes == 0) | (nodes == last[:, None])
    order = np.argsort(~kept, axis=1, kind="stable")
    sizes = kept.sum(axis=1)
    moved = batch.permuted(order)
    here = nodes < sizes[:, None]
    adjacency = moved.adjacency & here[:, :, None] & here[:, None, :]
    m = int(sizes.max(initial=1))
    labels = np.where(here, moved.node_labels, -1).astype(np.int8)
    adjacency = adjacency[:, :m, :m]
    return GraphBatch(sizes, adjacency, labels[:, :m], _no_labels(adjacency))


def _no_labels(adjacency: Bools) -> NDArray[np.int8]:
    return np.full(adjacency.shape, -1, dtype=np.int8)
