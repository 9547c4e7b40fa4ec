"""DARTS's genotypes: per cell, pairs of an operation's name and an input, two for every node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.nb301.cells import CELL, NODES, cells_of, graphs_of
from nasgoat.spaces.presets import DARTS_OPS

Steps = Sequence[tuple[str, int]]


class Genotype(NamedTuple):
    """An architecture as DARTS's code writes it."""

    normal: Steps  # ("sep_conv_3x3", 0), ...: two pairs for each of the nodes 2 to 5
    normal_concat: Sequence[int]  # the nodes that make the output: 2 to 5
    reduce: Steps
    reduce_concat: Sequence[int]


class AnyGenotype(Protocol):
    """A genotype of whatever class."""

    @property
    def normal(self) -> Steps: ...
    @property
    def normal_concat(self) -> Sequence[int]: ...
    @property
    def reduce(self) -> Steps: ...
    @property
    def reduce_concat(self) -> Sequence[int]: ...


def from_genotype(genotype: AnyGenotype) -> LabeledGraph:
    """The graph of ``darts()`` that a genotype stands for; the order of a node's inputs is lost.

    Raises:
        OutsideSpaceError: a cell has not two inputs for each of four nodes, an input repeats, an
            operation is unknown ("none" is), or the output is not made of the nodes 2 to 5.
    """
    cells = (genotype.normal, genotype.reduce)
    for steps, concat in zip(cells, (genotype.normal_concat, genotype.reduce_concat), strict=True):
        unknown = [op for op, _ in steps if op not in DARTS_OPS]
        if len(steps) != 2 * NODES or unknown or sorted(concat) != list(range(2, CELL)):
            msg = (
                f"a cell has {2 * NODES} pairs of an operation of {DARTS_OPS} and an input, and "
                f"an output of the nodes 2 to {CELL - 1}; got {list(steps)} and {list(concat)}"
            )
            raise OutsideSpaceError(msg)
    shape = (1, 2, NODES, 2)
    inputs = np.array([[u for _, u in steps] for steps in cells]).reshape(shape)
    ops = np.array([[DARTS_OPS.index(op) for op, _ in steps] for steps in cells]).reshape(shape)
    return graphs_of(inputs, ops)[0]


def to_genotype(graph: LabeledGraph) -> Genotype:
    """The genotype of a graph of ``darts()``, the inputs of a node in ascending order.

    Raises:
        OutsideSpaceError: the graph is no pair of DARTS cells.
    """
    inputs, ops = cells_of(GraphBatch.of([graph]))
    normal, reduce = (
        [(DARTS_OPS[op], u) for u, op in zip(tails, labels, strict=True)]
        for tails, labels in zip(
            inputs.reshape(2, -1).tolist(), ops.reshape(2, -1).tolist(), strict=True
        )
    )
    return Genotype(normal, range(2, CELL), reduce, range(2, CELL))
