"""Feed-forward networks of one shape, trained side by side as one batched network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


class Mlps(nn.Module):
    """``M`` networks of ReLU layers with a linear output each; no weight is shared.

    Args:
        count: ``M``.
        widths: of the input, of each hidden layer, and of the output.
        chance: draws the weights: uniform with He's variance.
    """

    def __init__(self, count: int, widths: Sequence[int], chance: torch.Generator) -> None:
        super().__init__()
        self.count = count
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for i, (inside, outside) in enumerate(pairwise(widths)):
            gain = 2.0 if i < len(widths) - 2 else 1.0
            bound = math.sqrt(3.0 * gain / max(inside, 1))
            drawn = torch.rand(count, inside, outside, generator=chance)
            self.weights.append(nn.Parameter(bound * (2.0 * drawn - 1.0)))
            self.biases.append(nn.Parameter(torch.zeros(count, 1, outside)))

    def forward(self, x: Tensor) -> Tensor:
        """Compute outputs: ``(M, B, F)``, or ``(B, F)`` for all alike, to ``(M, B, outputs)``."""
        h = x.expand(self.count, *x.shape) if x.dim() == 2 else x  # (M, B, F)
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = torch.baddbmm(bias, h, weight)  # (M, B, width)
            h = h if i == last else torch.relu(h)
        return h


def shuffled(count: int, rows: int, size: int, chance: torch.Generator) -> Iterator[Tensor]:
    """One epoch of minibatches, in an order of its own for each of ``count`` networks.

    Yields:
        ``(count, <= size)`` row numbers.
    """
    order = torch.rand(count, rows, generator=chance).argsort(dim=1)
    yield from order.split(size, dim=1)
