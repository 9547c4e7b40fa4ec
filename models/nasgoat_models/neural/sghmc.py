"""Stochastic-gradient Hamiltonian Monte Carlo with adapted step sizes (Springenberg et al. 2016).

With the gradient ``g`` of a minus log density, its running mean and mean square ``V`` of adaptive
length ``tau``, and ``M = V^(-1/2)``, one step is::

    v <- v - e^2 M g - friction v + N(0, 2 e^2 friction M - e^4),    theta <- theta + v

The averages are adapted in the burn-in and fixed after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

TINY = 1e-12

Gradient = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Walk:
    """How long and how fast to walk.

    Args:
        burn_in: steps before the first sample.
        samples: how many to keep.
        every: steps between two of them.
        step: ``e``.
        friction: between 0 and 1.
    """

    burn_in: int
    samples: int
    every: int
    step: float
    friction: float


def sghmc(
    gradient: Gradient, theta: Tensor, walk: Walk, chance: torch.Generator
) -> Iterator[Tensor]:
    """Sample.

    Args:
        gradient: estimate of the gradient of the minus log density, ``(D,)`` to ``(D,)``.
        theta: where to begin, ``(D,)``.
        walk: how.
        chance: source of all of it.

    Yields:
        ``(D,)``, ``walk.samples`` of them.
    """
    theta, momentum = theta.clone(), torch.zeros_like(theta)
    tau, mean, square = (torch.ones_like(theta) for _ in range(3))
    mass = torch.ones_like(theta)
    for i in range(1, walk.burn_in + walk.samples * walk.every + 1):
        g = gradient(theta)
        if i <= walk.burn_in:
            rate = 1.0 / (tau + 1.0)
            mean += rate * (g - mean)
            square += rate * (g.square() - square)
            tau += 1.0 - tau * mean.square() / (square + TINY)
            mass = (square.sqrt() + TINY).reciprocal()
        e = walk.step
        variance = 2.0 * e**2 * walk.friction * mass - e**4
        noise = torch.randn(theta.shape, generator=chance) * variance.clamp(min=TINY**2).sqrt()
        momentum = (1.0 - walk.friction) * momentum - e**2 * mass * g + noise
        theta = theta + momentum
        if i > walk.burn_in and (i - walk.burn_in) % walk.every == 0:
            yield theta
