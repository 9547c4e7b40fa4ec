"""NGAE's inference: ascent on the predictors in the latent space (Algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def ascend(worth: Callable[[Tensor], Tensor], starts: Tensor, rate: float, steps: int) -> Tensor:
    """``s <- s + rate * grad f(s)``.

    Args:
        worth: ``f``, ``(B, D)`` to ``(B,)``, each value of its own point alone.
        starts: ``(B, D)``.
        rate: the step size.
        steps: number of steps.

    Returns:
        ``(steps + 1, B, D)``: the starts and all points on the way.
    """
    path = [starts.detach()]
    for _ in range(steps):
        s = path[-1].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(worth(s).sum(), s)
        path.append(s.detach() + rate * gradient)
    return torch.stack(path)
