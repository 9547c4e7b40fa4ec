"""Gradient descent with Nesterov's momentum.

What ``torch.optim.SGD`` does, step for step. That class loads PyTorch's compiler with its first
step: some 3 s in every process, more than a training takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class NesterovDescent:
    """Moves parameters against their gradients.

    Args:
        parameters: those without a gradient, in parts of a cell that lead nowhere, stay.
        momentum: share of the last step's velocity that is kept.
        decay: this multiple of a parameter is added to its gradient.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], momentum: float, decay: float) -> None:
        self.parameters = parameters
        self.momentum = momentum
        self.decay = decay
        self.velocities = [torch.zeros_like(parameter) for parameter in parameters]

    def step(self, rate: float) -> None:
        """Take one step; the gradients are used up."""
        with torch.no_grad():
            for parameter, velocity in zip(self.parameters, self.velocities, strict=True):
                if parameter.grad is None:
                    continue
                gradient = parameter.grad.add_(parameter, alpha=self.decay)
                velocity.mul_(self.momentum).add_(gradient)
                parameter.sub_(gradient.add_(velocity, alpha=self.momentum), alpha=rate)
