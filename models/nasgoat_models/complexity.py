"""How dear a network is to compute, read from the names of its operations."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.spaces import SearchSpace

CHANNELS = 64  # of the layers that costs are counted for
FREE = ("input", "output", "none", "skip", "skip_connect", "identity")


def costs(space: SearchSpace) -> NDArray[np.float64]:
    """The cost of every label: multiply-adds per pixel and pair of channels, with 64 channels.

    A ``k x k`` convolution has ``k^2``, a separable or dilated one ``1 + k^2 / 64``, an inverted
    bottleneck of expansion ``e`` ``2 e + e k^2 / 64``; pooling ``k^2 / 64``; inputs, outputs and
    skip connections nothing; whatever else there is, such as the convolutions of graph networks, 1.
    """
    return np.array([_cost(name) for name in space.label_names or ("",)], dtype=np.float64)


def complexity(space: SearchSpace, batch: GraphBatch) -> NDArray[np.float64]:
    """``(N,)``: the summed costs of the operations of graphs, on nodes or on edges."""
    table = np.append(costs(space), 0.0)  # label -1: nothing there
    labels = batch.edge_labels if space.edge_alphabet else batch.node_labels
    return table[labels.reshape(len(batch), -1)].sum(axis=1)


def _cost(name: str) -> float:
    if name in FREE:
        return 0.0
    if bottleneck := re.search(r"mb(\d+)_k(\d+)", name):
        expansion, kernel = map(int, bottleneck.groups())
        return 2 * expansion + expansion * kernel**2 / CHANNELS
    if (square := re.search(r"(\d+)x\d+", name)) is None:
        return 1.0
    per_channel = int(square[1]) ** 2 / CHANNELS
    if "pool" in name:
        return per_channel
    return 1 + per_channel if re.search(r"sep|dil", name) else per_channel * CHANNELS
