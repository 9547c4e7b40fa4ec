"""Gradient ascent in the space of graph embeddings."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def ascend(cost: Callable[[Tensor], Tensor], start: Tensor, step: float, steps: int) -> Tensor:
    """The way of Adam down a predicted cost, that is, up the predicted performance.

    Args:
        cost: ``(1, latent)`` to ``(1,)``.
        start: ``(1, latent)``.
        step: size of a step in every dimension, at first.
        steps: number of steps.

    Returns:
        ``(steps, latent)``: the points after each step.
    """
    point = start.detach().clone()
    point.requires_grad = True
    adam = torch.optim.Adam([point], step)
    way = []
    for _ in range(steps):
        (point.grad,) = torch.autograd.grad(cost(point).sum(), point)
        adam.step()
        way.append(point.detach().clone())
    return torch.cat(way)
