"""Graphs of a space as vectors: the input of networks that are not graph networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.search.guided import representatives
from nasgoat.search.op_graphs import SKIPS, OpGraphs
from nasgoat.spaces import FixedLabel, SearchSpace

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PathEncoding:
    """BANANAS' path encoding, truncated: 1 for each word that a path from input to output spells.

    The words are sequences of at most ``longest`` operations. Labelled edges are made operations
    first (``OpGraphs``). In a graph with cycles a path may pass a node more than once.

    Args:
        space: where the graphs come from.
        longest: of the words; 3 leaves 40 of NAS-Bench-101's 364, as in the paper.
    """

    space: SearchSpace
    longest: int

    @property
    def width(self) -> int:
        """Length of the vectors: the number of words."""
        return sum(self._letters**length for length in range(self.longest + 1))

    @property
    def _letters(self) -> int:
        return len(_operations(self.space))

    def __call__(self, graphs: Sequence[LabeledGraph]) -> Floats:
        """``(N, width)``, zeros and ones; shorter words first."""
        batch = OpGraphs(self.space).of(GraphBatch.of(graphs))
        letter = np.zeros(len(OpGraphs(self.space).names), dtype=np.int64)
        letter[_operations(self.space)] = np.arange(1, self._letters + 1)
        found = np.zeros((len(graphs), self.width), dtype=np.float32)
        # walks from the input that have not come to the output, each (graph, node, word) once
        walks = np.zeros((len(graphs), 3), dtype=np.int64)
        walks[:, 0] = np.arange(len(graphs))
        for length in range(self.longest + 1):
            entry, node = np.nonzero(batch.adjacency[walks[:, 0], walks[:, 1]])
            row, word = walks[entry, 0], walks[entry, 2]
            ends = node == batch.sizes[row] - 1
            found[row[ends], word[ends]] = 1.0
            if length == self.longest:
                break
            row, node, word = row[~ends], node[~ends], word[~ends]
            word = self._letters * word + letter[batch.node_labels[row, node]]
            walks = np.unique(np.column_stack([row, node, word]), axis=0)
        return found


@dataclass(frozen=True, slots=True)
class AdjacencyEncoding:
    """Adjacency matrix and labels, one-hot, in the numbering that the space's identity chooses.

    Args:
        space: where the graphs come from.
    """

    space: SearchSpace

    def __call__(self, graphs: Sequence[LabeledGraph]) -> Floats:
        """``(N, width)``, zeros and ones: edges, labels of nodes, labels of edges."""
        batch = representatives(self.space, graphs)
        pairs = np.triu_indices(batch.n, 1) if self.space.is_topological else _pairs(batch.n)
        edges = batch.adjacency[:, *pairs]
        nodes = batch.node_labels[:, :, None] == np.arange(len(self.space.node_alphabet))
        labels = batch.edge_labels[:, *pairs, None] == np.arange(len(self.space.edge_alphabet))
        parts = [edges, *(one.reshape(len(graphs), -1) for one in (nodes, labels))]
        return np.concatenate(parts, axis=1).astype(np.float32)


ENCODINGS: dict[str, Callable[[SearchSpace], Callable[[Sequence[LabeledGraph]], Floats]]] = {
    "adjacency": AdjacencyEncoding,
    "paths": lambda space: PathEncoding(space, longest=3),
}


def _operations(space: SearchSpace) -> list[int]:
    """The labels of networks that stand neither for wires nor for the ends of all paths."""
    ends = {rule.label for rule in space.rules if isinstance(rule, FixedLabel) and rule.only_there}
    wires = SKIPS if space.edge_alphabet else ()
    names = OpGraphs(space).names[:-2]  # the last two are input and output
    return [a for a, name in enumerate(names) if name not in wires and a not in ends]


def _pairs(n: int) -> tuple[Ints, Ints]:
    """All ordered pairs of different nodes."""
    tails, heads = np.nonzero(~np.eye(n, dtype=np.bool_))
    return tails, heads
