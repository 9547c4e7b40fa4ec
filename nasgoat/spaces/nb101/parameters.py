"""Trainable parameters of NAS-Bench-101's networks.

A network is a 3x3 convolution to 128 channels, three stacks of three cells with 128, 256 and 512
channels, and a dense layer to 10 classes. A convolution has no bias and is followed by a batch
normalisation with a scale and a shift. Within a cell the output concatenates the nodes that feed
it, so each has a share of the channels; the input reaches nodes and output through 1x1
convolutions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.spaces.nb101.forms import official_forms
from nasgoat.spaces.rules.parameters import CELLS, OUTSIDE_CELLS, convolution

Integers = NDArray[np.int64]

# of each node label: input, conv3x3, conv1x1, maxpool3x3, output; no node has label -1
KERNEL_AREA = np.array([0, 9, 1, 0, 0, 0])


def parameters(batch: GraphBatch) -> Integers:
    """Trainable parameters of the networks that NAS-Bench-101 makes of cells.

    Where channels do not divide evenly, the nodes of low index get one more. So the count is that
    of the cell as NAS-Bench-101 numbers it (``official_forms``), and the same for every numbering.

    Args:
        batch: ``N`` cells of ``nasbench101()``.

    Returns:
        ``(N,)``.

    Raises:
        OutsideSpaceError: a graph is no cell of NAS-Bench-101.
    """
    forms = official_forms(batch)
    total = np.full(len(batch), OUTSIDE_CELLS)
    sinks = (np.arange(forms.n) == forms.sizes[:, None] - 1)[:, None, :]
    edge = forms.adjacency
    from_input = (edge[:, 0] & ~sinks[:, 0]).astype(np.int64)
    skips = (edge[:, 0] & sinks[:, 0]).any(axis=1)
    area = KERNEL_AREA[forms.node_labels]
    for into, out in CELLS:
        channels = vertex_channels(forms, out)
        total += np.where(area > 0, convolution(area, channels, channels), 0).sum(axis=1)
        total += (from_input * convolution(1, into, channels)).sum(axis=1)
        total += skips * convolution(1, into, out)
    return total


def vertex_channels(batch: GraphBatch, out: int) -> Integers:
    """Channels of the operations of a cell with ``out`` output channels.

    Args:
        batch: ``N`` cells, numbered as NAS-Bench-101 does.
        out: channels of the cell's output.

    Returns:
        ``(N, n)``; 0 for the input, the output and nodes that do not exist.
    """
    rows = np.arange(len(batch))
    feeds = batch.adjacency[rows, :, batch.sizes - 1].copy()
    feeds[:, 0] = False  # the input is added to the output, not concatenated
    count = np.maximum(feeds.sum(axis=1), 1)[:, None]
    rank = feeds.cumsum(axis=1) - 1
    channels = np.where(feeds, out // count + (rank < out % count), 0)
    for v in range(batch.n - 1, 0, -1):
        # the others have as many as the widest of their successors, which come later
        widest = np.where(batch.adjacency[:, v], channels, 0).max(axis=1)
        inner = v < batch.sizes - 1
        channels[:, v] = np.where(feeds[:, v] | ~inner, channels[:, v], widest)
    return channels
