"""Operation words along source-sink paths: a feature map that sees what is computed after what.

``nasgoat.mip.op_paths`` writes the same counts as linear expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, reachability

Counts = NDArray[np.int16]
Labels = NDArray[np.int8]
LabelsOf = Literal["edges", "nodes"]


@dataclass(frozen=True, slots=True)
class OpPaths:
    """``W[w]`` = paths from node 0 to node n-1 whose word is ``w``, over ``2**((n-2)/2)``.

    The word of a path is the sequence of the labels of its edges, or of its interior nodes, with
    ``skip`` left out. An acyclic graph of ``n`` nodes has at most ``2**(n-2)`` such paths. Words
    longer than ``longest`` are not counted: there are ``len(ops)**k`` words of length ``k``.

    The counts do not change when interior nodes are renumbered. They do if another node becomes
    node 0 or n-1, so the map is for spaces that tell source and sink from other nodes.

    Args:
        n: largest node count.
        ops: the labels that words are made of.
        skip: a label that is left out of words, or None.
        longest: of the words that are counted.
        labels_of: where the labels are.

    Raises:
        ValueError: a label is negative, or occurs twice among ``ops`` and ``skip``; ``longest`` is
            negative; or there is no such place for labels.
    """

    n: int
    ops: tuple[int, ...]
    skip: int | None
    longest: int
    labels_of: LabelsOf
    relabelling_invariant: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "ops", tuple(self.ops))
        if len(set(self.labels)) < len(self.labels) or min(self.labels, default=0) < 0:
            msg = f"labels are distinct and at least 0, got ops {self.ops} and skip {self.skip}"
            raise ValueError(msg)
        if self.longest < 0:
            msg = f"the longest word has a length of at least 0, got {self.longest}"
            raise ValueError(msg)
        if self.labels_of not in ("edges", "nodes"):
            msg = f"labels are those of 'edges' or of 'nodes', got {self.labels_of!r}"
            raise ValueError(msg)

    @property
    def labels(self) -> tuple[int, ...]:
        """All labels that may stand on a path."""
        return self.ops if self.skip is None else (*self.ops, self.skip)

    @property
    def n_features(self) -> int:
        return sum(len(self.ops) ** length for length in range(self.longest + 1))

    def column(self, path_labels: Sequence[int]) -> int | None:
        """The column that counts a path with these labels, None if its word is too long.

        Raises:
            ValueError: one of them is neither an operation nor ``skip``.
        """
        word = [self.ops.index(label) for label in path_labels if label != self.skip]
        if len(word) > self.longest:
            return None
        column = 0
        for letter in word:
            column = len(self.ops) * column + letter + 1
        return column

    def word(self, column: int) -> tuple[int, ...]:
        """The word that a column counts: shorter words first, then in the order of ``ops``."""
        letters: list[int] = []
        while column > 0:
            column, letter = divmod(column - 1, len(self.ops))
            letters.append(self.ops[letter])
        return tuple(reversed(letters))

    def counts(self, batch: GraphBatch) -> Counts:
        """See ``FeatureMap``.

        Raises:
            ValueError: a graph is too large or has a cycle, or one of its edges (interior nodes)
                has a label that is neither an operation nor ``skip``.
        """
        self._check(batch)
        letter_of = np.full(1 + max(self.labels, default=0), -1)
        letter_of[list(self.ops)] = np.arange(len(self.ops))
        counts = np.zeros((len(batch), self.n_features), dtype=np.int16)
        # one entry per path that begins at node 0 and has not come to its end
        row = np.arange(len(batch))
        node, word, length = (np.zeros(len(batch), dtype=np.int64) for _ in range(3))
        for _ in range(batch.n - 1):
            entry, head = np.nonzero(batch.adjacency[row, node])
            row, tail, node = row[entry], node[entry], head
            word, length = word[entry], length[entry]
            at_sink = node == batch.sizes[row] - 1
            if self.labels_of == "edges":
                letter = letter_of[batch.edge_labels[row, tail, node]]
            else:
                letter = np.full(len(row), -1)
                inner = ~at_sink
                letter[inner] = letter_of[batch.node_labels[row[inner], node[inner]]]
            word = np.where(letter < 0, word, len(self.ops) * word + letter + 1)
            length = length + (letter >= 0)
            counted = length <= self.longest
            ends = counted & at_sink
            np.add.at(counts, (row[ends], word[ends]), 1)
            goes_on = counted & ~at_sink
            row, node, word, length = (part[goes_on] for part in (row, node, word, length))
        return counts

    def scale(self, n: int) -> float:
        return float(2.0 ** (-0.5 * max(n - 2, 0)))

    def describe(self, column: int) -> str:
        return f"W[{','.join(map(str, self.word(column)))}]"

    def _check(self, batch: GraphBatch) -> None:
        if batch.sizes.max(initial=0) > self.n:
            msg = f"the features are of graphs of up to {self.n} nodes, got {batch.sizes.max()}"
            raise ValueError(msg)
        found = set(np.unique(self._labels_of(batch)).tolist())
        if not found <= set(self.labels):
            msg = (
                f"the labels of {self.labels_of} must be among {sorted(self.labels)}, "
                f"got {sorted(found)} (-1: no label)"
            )
            raise ValueError(msg)
        unordered = batch.adjacency[np.tril(batch.adjacency).any(axis=(1, 2))]
        if (unordered & reachability(unordered).transpose(0, 2, 1)).any():
            msg = "op paths are counted in acyclic graphs, got one with a cycle"
            raise ValueError(msg)

    def _labels_of(self, batch: GraphBatch) -> Labels:
        """The labels of all edges, or of all nodes between the first and the last one."""
        if self.labels_of == "edges":
            edges: Labels = batch.edge_labels[batch.adjacency]
            return edges
        node = np.arange(batch.n)
        interior: Labels = batch.node_labels[(node > 0) & (node < batch.sizes[:, None] - 1)]
        return interior
