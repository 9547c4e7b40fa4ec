"""The Bayesian network of BOHAMIANN, and what is chosen by it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.graphs import LabeledGraph
from nasgoat.optimize.half_planes import improvement
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import repeatable
from nasgoat_models.neural.bohamiann import Bohamiann
from nasgoat_models.neural.encodings import ENCODINGS
from nasgoat_models.neural.search import NeuralSearch, seed_of
from nasgoat_models.neural.sghmc import Walk, sghmc

Floats = NDArray[np.float64]

MINIBATCH = 32
NOISE = math.log(1e-3)  # prior mean of the log noise variance; targets have variance 1 ...
NOISE_SPREAD = 0.1  # ... and its prior deviation


class Network:
    """``x -> mean``, and a noise variance; all parameters are one vector.

    Args:
        inputs: length of a graph's vector.
        width: of three tanh layers.
    """

    def __init__(self, inputs: int, width: int) -> None:
        pairs = [(inputs, width), (width, width), (width, width), (width, 1)]
        self.shapes = [shape for a, b in pairs for shape in ((a, b), (b,))]
        self.sizes = [math.prod(shape) for shape in self.shapes]

    def start(self, chance: torch.Generator) -> Tensor:
        """Parameters to begin with: weights of variance 1 / fan-in, no biases."""
        parts = [
            torch.randn(shape, generator=chance) / math.sqrt(shape[0])
            if len(shape) == 2
            else torch.zeros(shape)
            for shape in self.shapes
        ]
        return torch.cat([*(part.flatten() for part in parts), torch.tensor([NOISE])])  # (D,)

    def mean(self, theta: Tensor, x: Tensor) -> Tensor:
        """``(D,)`` and ``(B, F)`` to ``(B,)``; of ``(S, D)``, networks side by side, ``(S, B)``."""
        parts = theta[..., :-1].split(self.sizes, dim=-1)
        shaped = [
            part.reshape(*theta.shape[:-1], *shape)
            for part, shape in zip(parts, self.shapes, strict=True)
        ]
        h = x
        for i in range(0, len(shaped), 2):
            h = h @ shaped[i] + shaped[i + 1].unsqueeze(-2)  # (..., B, width)
            h = h if i == len(shaped) - 2 else torch.tanh(h)
        return h[..., 0]

    def energy(self, theta: Tensor, x: Tensor, y: Tensor, count: int) -> Tensor:
        """An estimate of the minus log posterior from a minibatch of ``count`` observations.

        Weights have the prior ``N(0, 1)``, the log noise variance one around ``NOISE``.
        """
        log_noise = theta[-1]
        error = (y - self.mean(theta, x)).square()
        likelihood = 0.5 * (error * torch.exp(-log_noise) + log_noise).sum()
        prior = 0.5 * theta[:-1].square().sum()
        prior = prior + 0.5 * ((log_noise - NOISE) / NOISE_SPREAD).square()
        return likelihood * (count / len(x)) + prior


def make(settings: Bohamiann, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("bohamiann", settings, choose)


def choose(
    settings: Bohamiann, known: Known, k: int, rng: np.random.Generator
) -> list[LabeledGraph]:
    """Evolved graphs of greatest expected improvement."""
    targets = TRANSFORMS[settings.transform].transform(known.values)
    encode = ENCODINGS[settings.encoding](known.space)
    x = torch.from_numpy(encode(known.graphs))
    network = Network(x.shape[1], settings.width)
    thetas = sampled(settings, network, x, targets, seed_of(rng))  # (S, D)

    def worth(graphs: Sequence[LabeledGraph]) -> Floats:
        with torch.no_grad(), repeatable(1):
            found = network.mean(thetas, torch.from_numpy(encode(graphs))).double().numpy()
        return improvement(float(targets.min()) - found.mean(axis=0), found.std(axis=0))

    return known.evolved(worth, k, rng)


def sampled(settings: Bohamiann, network: Network, x: Tensor, targets: Floats, seed: int) -> Tensor:
    """Parameters from the posterior of ``(T, F)`` vectors and ``(T,)`` targets; ``(S, D)``."""
    y = torch.tensor(targets, dtype=torch.float32)
    chance = torch.Generator().manual_seed(seed)

    def gradient(theta: Tensor) -> Tensor:
        rows = torch.randint(len(x), (min(MINIBATCH, len(x)),), generator=chance)
        theta = theta.detach().requires_grad_()
        (found,) = torch.autograd.grad(network.energy(theta, x[rows], y[rows], len(x)), theta)
        return found

    walk = Walk(
        settings.burn_in, settings.samples, settings.every, settings.step, settings.friction
    )
    with repeatable(1):
        return torch.stack(list(sghmc(gradient, network.start(chance), walk, chance)))
