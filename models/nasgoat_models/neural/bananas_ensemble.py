"""The ensemble of BANANAS: how it is trained, and what it predicts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from nasgoat_models.neural.chance import generator, one_thread
from nasgoat_models.neural.mlps import Mlps, shuffled

Floats = NDArray[np.float64]
Inputs = NDArray[np.float32]

MINIBATCH = 32


class Shape(NamedTuple):
    """What an ensemble is made of, and how long and how fast it learns."""

    networks: int
    layers: int
    width: int
    epochs: int
    rate: float


def predictions(
    shape: Shape,
    told: tuple[Inputs, Floats],
    candidates: Inputs,
    lower_bound: float,
    rng: np.random.Generator,
) -> Floats:
    """Train an ensemble and let it predict.

    The loss of a network is ``mean |(f(x) - lower_bound) / (y - lower_bound) - 1|``: the better an
    architecture, the more its error counts.

    Args:
        shape: of the ensemble.
        told: ``(T, F)`` and ``(T,)``, targets above the lower bound.
        candidates: ``(N, F)``.
        lower_bound: of the targets.
        rng: source of chance.

    Returns:
        ``(networks, N)``, in the unit of the targets.
    """
    chance = generator(rng)
    inputs, targets = told
    heights = targets - lower_bound
    unit = float(np.median(heights))  # the networks predict numbers around 1
    with one_thread():
        x, t = torch.from_numpy(inputs), torch.tensor(heights / unit, dtype=torch.float32)
        widths = [x.shape[1], *[shape.width] * shape.layers, 1]
        ensemble = Mlps(shape.networks, widths, chance)
        descent = torch.optim.Adam(ensemble.parameters(), shape.rate, foreach=True)
        for _ in range(shape.epochs):
            for rows in shuffled(shape.networks, len(x), MINIBATCH, chance):
                told_by = ensemble(x[rows])[:, :, 0]  # (M, B)
                loss = (told_by / t[rows] - 1.0).abs().mean(dim=1).sum()
                descent.zero_grad()
                loss.backward()
                descent.step()
        with torch.no_grad():
            found = ensemble(torch.from_numpy(candidates))[:, :, 0].double().numpy()  # (M, N)
    return lower_bound + unit * found
