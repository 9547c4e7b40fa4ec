"""A limit on the parameters of NAS-Bench-101's networks, and what these networks are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.rules.base import Flags, Rule, check

Integers = NDArray[np.int64]

IMAGE_CHANNELS, CLASSES = 3, 10
STEM = 128
# (channels into the cell, channels out of it): three cells per stack
CELLS = tuple((c if i else max(c // 2, STEM), c) for c in (128, 256, 512) for i in range(3))
LABELS = 5


def convolution(area: int | Integers, into: int | Integers, out: int | Integers) -> Integers:
    """Weights of a convolution, scale and shift of the normalisation behind it."""
    return np.asarray(area * into * out + 2 * out)


OUTSIDE_CELLS = int(convolution(9, IMAGE_CHANNELS, STEM)) + CELLS[-1][1] * CLASSES + CLASSES


class Shares(NamedTuple):
    """Parameters per piece of a cell, summed over a network's nine cells."""

    conv3x3: int
    conv1x1: int
    from_input: int  # of an edge from the input to an operation
    skip: int  # of an edge from the input to the output


def largest_shares(feeding: int) -> Shares:
    """Where ``feeding`` operations share the channels of the output equally, rounded up."""
    pieces = np.zeros(4, dtype=np.int64)
    for into, out in CELLS:
        c = -(-out // max(feeding, 1))
        pieces += [
            convolution(9, c, c),
            convolution(1, c, c),
            convolution(1, into, c),
            convolution(1, into, out),
        ]
    return Shares(*pieces.tolist())


@dataclass(frozen=True, slots=True)
class ParameterLimit(Rule):
    """A NAS-Bench-101 network has at most ``at_most`` trainable parameters, for certain.

    Where the channels of the output do not divide evenly among the ``k`` operations that feed it,
    some of these have one channel less than the others, and which ones depends on the numbering.
    Here all have the larger number, so that the count is at least the official one and no numbering
    changes it; they are equal for ``k`` = 1, 2 and 4. A cell that meets the rule has at most so
    many parameters, and few cells just below the limit are left out.
    """

    at_most: int
    structural: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check(self.at_most >= 0, self, "a number of parameters is at least 0")

    def unfit(self, names: Sequence[str]) -> str | None:
        if len(names) == LABELS and names[0] == "input" and names[-1] == "output":
            return None
        return f"it is about NAS-Bench-101's labels: input, three operations, output; not {names}"

    def counts(self, batch: GraphBatch) -> Integers:
        """The parameters, rounded up as the rule does; ``(N,)``."""
        rows = np.arange(len(batch))
        sinks = batch.sizes - 1
        into_sink = batch.adjacency[rows, :, sinks].copy()
        skips = into_sink[:, 0].astype(np.int64)
        feeding = into_sink[:, 1:].sum(axis=1)
        from_input = batch.adjacency[:, 0].sum(axis=1) - skips
        labels = batch.node_labels
        shares = np.array([largest_shares(k) for k in range(batch.n)], dtype=np.int64)[feeding]
        pieces = np.stack(
            [(labels == 1).sum(axis=1), (labels == 2).sum(axis=1), from_input, skips], axis=1
        )
        return OUTSIDE_CELLS + (shares * pieces).sum(axis=1)

    def holds(self, batch: GraphBatch) -> Flags:
        return self.counts(batch) <= self.at_most

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        count = self.counts(GraphBatch.of([graph]))[0]
        return f"the network has up to {count:,} parameters, the space allows {self.at_most:,}"
