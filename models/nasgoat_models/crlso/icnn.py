"""Input convex neural networks, and the plain network that ablations put in their place."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import torch
from torch import nn
from torch.nn import functional

Activation = Literal["leaky-relu", "softplus"]

ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "leaky-relu": lambda h: functional.leaky_relu(h, 0.2),
    "softplus": functional.softplus,
}
"""Convex and non-decreasing, as Lemma 1 of CR-LSO asks for."""


class NonNegativeLinear(nn.Module):
    """``h -> |V| h``: its weights are not negative, whatever an optimiser makes of ``V``.

    Args:
        inside: number of inputs.
        outside: number of outputs.
    """

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        # mean 1 / inside: the output is about the mean of the inputs, however many there are
        self.signed = nn.Parameter(torch.rand(outside, inside) * 2 / inside)

    @property
    def weight(self) -> torch.Tensor:
        """``(outside, inside)``, at least 0."""
        return self.signed.abs()

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        """Compute ``(B, inside)`` to ``(B, outside)``."""
        return functional.linear(h, self.weight)


class ICNN(nn.Module):
    """A scalar function that is convex in its input (CR-LSO, equation 6).

    ``h_1 = s(W_0 x + b_0)``, ``h_{i+1} = s(V_i h_i + W_i x + b_i)`` with ``V_i >= 0`` and ``s``
    convex and non-decreasing; the last layer has no ``s``.

    Args:
        dim: of the input.
        width: of the hidden layers.
        depth: number of hidden layers, at least 1.
        activation: ``s``. With ``"leaky-relu"`` the function is piecewise linear.
    """

    def __init__(
        self, dim: int, width: int = 128, depth: int = 3, activation: Activation = "leaky-relu"
    ) -> None:
        super().__init__()
        widths = [width] * depth + [1]
        self.activation = activation
        self.direct = nn.ModuleList(nn.Linear(dim, m) for m in widths)
        self.convex = nn.ModuleList(NonNegativeLinear(width, m) for m in widths[1:])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute ``(B, dim)`` to ``(B,)``."""
        s = ACTIVATIONS[self.activation]
        first, *others = self.direct
        inner = first(x)  # (B, width)
        for convex, direct in zip(self.convex, others, strict=True):
            inner = convex(s(inner)) + direct(x)  # (B, width), the last (B, 1)
        return inner[:, 0]


class PlainMLP(nn.Module):
    """The same layers without the convexity: what CR-LSO's ablation compares with.

    Args:
        dim: of the input.
        width: of the hidden layers.
        depth: number of hidden layers.
        activation: between them.
    """

    def __init__(
        self, dim: int, width: int = 128, depth: int = 3, activation: Activation = "leaky-relu"
    ) -> None:
        super().__init__()
        widths = [dim] + [width] * depth
        self.activation = activation
        self.hidden = nn.ModuleList(
            nn.Linear(inside, outside) for inside, outside in pairwise(widths)
        )
        self.last = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute ``(B, dim)`` to ``(B,)``."""
        s = ACTIVATIONS[self.activation]
        for layer in self.hidden:
            x = s(layer(x))  # (B, width)
        return self.last(x)[:, 0]
