"""ReLU and input-convex networks on feature vectors: trained side by side, exported as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasgoat.networks import FeatureNetwork, Layer
from nasgoat_models.devices import repeatable

Floats = NDArray[np.float64]

VARIES = 1e-9  # a feature of a smaller deviation is taken for constant and not looked at


@dataclass(frozen=True, slots=True)
class NetShape:
    """What networks are made of, and how they learn.

    Args:
        networks: how many.
        layers: hidden layers of each.
        width: of each layer.
        convex: whether they are convex in their input.
        epochs: steps, each on all data.
        rate: learning rate of Adam.
        decay: of the weights (AdamW).
    """

    networks: int
    layers: int
    width: int
    convex: bool
    epochs: int
    rate: float
    decay: float


class FeatureNets(nn.Module):
    """``M`` networks of ``nasgoat.networks``, with weights of their own.

    Convex ones pass the input on to every layer, and their other weights, but for those of the
    input, are kept at 0 or above by ``project``.

    Args:
        inputs: ``F``.
        shape: of the networks.
        chance: draws the weights.
    """

    def __init__(self, inputs: int, shape: NetShape, chance: torch.Generator) -> None:
        super().__init__()
        self.shape = shape
        self.hidden, self.passed = nn.ParameterList(), nn.ParameterList()
        self.biases = nn.ParameterList()

        def drawn(rows: int, columns: int, scale: float) -> nn.Parameter:
            return nn.Parameter(
                scale * torch.randn(shape.networks, rows, columns, generator=chance)
            )

        before = 0
        for i, width in enumerate([*[shape.width] * shape.layers, 1]):
            self.hidden.append(drawn(before, width, math.sqrt(2.0 / max(before, 1))))
            scale = math.sqrt(2.0 / max(inputs, 1)) if i == 0 else 0.1 / math.sqrt(max(inputs, 1))
            self.passed.append(drawn(inputs, width, scale))
            self.biases.append(nn.Parameter(torch.zeros(shape.networks, 1, width)))
            before = width
        if shape.convex:
            self.project()

    def forward(self, x: Tensor) -> Tensor:
        """Predict, ``(B, F)`` to ``(M, B)``."""
        last = self.shape.layers
        z = x.new_zeros(self.shape.networks, len(x), 0)  # (M, B, 0)
        for i, (W, S, b) in enumerate(zip(self.hidden, self.passed, self.biases, strict=True)):
            a = z @ W + b  # (M, B, width)
            if i == 0 or self.shape.convex:
                a = a + x @ S
            z = a if i == last else torch.relu(a)
        return z[..., 0]

    @torch.no_grad()
    def project(self) -> None:
        """Make the networks convex again after a step."""
        for weight in self.hidden:
            weight.clamp_(min=0.0)

    def exported(self, mean: Floats, std: Floats) -> tuple[FeatureNetwork, ...]:
        """The networks as arrays, on features that were not yet standardised.

        Args:
            mean: ``(F,)``, what was taken off the features.
            std: ``(F,)``, what they were divided by; infinite for those not looked at.
        """
        return tuple(self._exported(m, mean, std) for m in range(self.shape.networks))

    def _exported(self, m: int, mean: Floats, std: Floats) -> FeatureNetwork:
        layers = []
        for i, (W, S, b) in enumerate(zip(self.hidden, self.passed, self.biases, strict=True)):
            hidden, passed, bias = (part[m].detach().double().numpy() for part in (W, S, b))
            scaled = passed.T / std if i == 0 or self.shape.convex else np.zeros_like(passed.T)
            layers.append(Layer(hidden.T.copy(), scaled, bias[0] - scaled @ mean))
        return FeatureNetwork(tuple(layers[:-1]), layers[-1])


def trained(
    features: Floats, targets: Floats, shape: NetShape, seed: int
) -> tuple[FeatureNetwork, ...]:
    """Networks that predict ``(T,)`` targets from ``(T, F)`` features."""
    mean, std = features.mean(axis=0), features.std(axis=0)
    std = np.where(std > VARIES, std, np.inf)
    chance = torch.Generator().manual_seed(seed)
    with repeatable(1):
        x = torch.tensor((features - mean) / std, dtype=torch.float32)
        y = torch.tensor(targets, dtype=torch.float32)
        nets = FeatureNets(x.shape[1], shape, chance)
        adam = torch.optim.AdamW(
            nets.parameters(), shape.rate, weight_decay=shape.decay, fused=True
        )
        for _ in range(shape.epochs):
            loss = (nets(x) - y).square().mean(dim=1).sum()  # of (M, T)
            adam.zero_grad()
            loss.backward()
            adam.step()
            if shape.convex:
                nets.project()
        return nets.exported(mean, std)
