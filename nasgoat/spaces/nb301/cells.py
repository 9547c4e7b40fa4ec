"""Pairs of cells as arrays: the inputs of every node, and the operations on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces.presets import DARTS_OPS, darts

NODES = 4  # of a cell, besides its two inputs
CELL = NODES + 2
SPACE = darts()

Integers = NDArray[np.int64]


def graphs_of(inputs: Integers, ops: Integers) -> GraphBatch:
    """Pairs of cells as graphs of ``darts()``.

    Args:
        inputs: ``(N, 2, 4, 2)``: of every architecture, of its normal and its reduction cell, of
            the nodes 2 to 5, the two inputs, which are nodes of the same cell; in any order.
        ops: the same shape: the operation on each input, an index into ``DARTS_OPS``.

    Raises:
        OutsideSpaceError: an input is not a node before the node it feeds, is there twice, or an
            operation is unknown.
    """
    inputs, ops = np.asarray(inputs, dtype=np.int64), np.asarray(ops, dtype=np.int64)
    node = np.arange(2, CELL)[:, None]
    right = (inputs >= 0) & (inputs < node) & (ops >= 0) & (ops < len(DARTS_OPS))
    right &= (inputs[..., :1] != inputs[..., 1:]) | (np.arange(2) == 0)
    if not right.all():
        row, cell, k, _ = np.argwhere(~right)[0].tolist()
        pairs = list(zip(inputs[row, cell, k].tolist(), ops[row, cell, k].tolist(), strict=True))
        msg = (
            f"row {row}: node {k + 2} of the {('normal', 'reduction')[cell]} cell has the inputs "
            f"and operations {pairs}; it takes two different nodes before it, each with an "
            f"operation from 0 to {len(DARTS_OPS) - 1}"
        )
        raise OutsideSpaceError(msg)
    count, n = len(inputs), 2 * CELL
    first = CELL * np.arange(2)[:, None, None]  # of the nodes of each cell
    tail, head = inputs + first, np.broadcast_to(node + first, inputs.shape)
    labels = np.full((count, n, n), -1, dtype=np.int8)
    labels[np.arange(count)[:, None, None, None], tail, head] = ops
    sizes = np.full(count, n, dtype=np.int64)
    return GraphBatch(sizes, labels >= 0, np.full((count, n), -1, dtype=np.int8), labels)


def cells_of(batch: GraphBatch) -> tuple[Integers, Integers]:
    """The inputs and operations of graphs of ``darts()``; inverse of ``graphs_of``.

    Returns:
        Inputs and operations, ``(N, 2, 4, 2)`` each, ascending in the inputs of a node.

    Raises:
        OutsideSpaceError: a graph is no pair of DARTS cells.
    """
    fits = np.ones(len(batch), dtype=np.bool_)
    for rule in SPACE.rules:
        fits &= rule.holds(batch)
    fits &= (batch.edge_labels < len(DARTS_OPS)).all(axis=(1, 2))
    fits &= ((batch.edge_labels >= 0) | ~batch.adjacency).all(axis=(1, 2))
    if not fits.all():
        SPACE.require(batch[int(np.flatnonzero(~fits)[0])])
    heads = [v for v in range(2 * CELL) if v % CELL >= 2]
    into = batch.adjacency[:, :, heads].transpose(0, 2, 1)  # [i, node, tail]
    tails = np.nonzero(into)[2].reshape(len(batch), 2, NODES, 2)
    head = np.array(heads).reshape(2, NODES, 1)
    row = np.arange(len(batch))[:, None, None, None]
    ops = batch.edge_labels[row, tails, head].astype(np.int64)
    return tails % CELL, ops
