"""The ensemble of BANANAS: how it is trained, and what is chosen by it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from nasgoat.graphs import LabeledGraph
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known, greatest
from nasgoat.surrogate.transforms import checked_targets
from nasgoat_models.devices import repeatable
from nasgoat_models.neural.bananas import Bananas
from nasgoat_models.neural.encodings import PathEncoding
from nasgoat_models.neural.mlps import Mlps, shuffled
from nasgoat_models.neural.search import NeuralSearch, seed_of

Floats = NDArray[np.float64]
Inputs = NDArray[np.float32]

MINIBATCH = 32


def make(settings: Bananas, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("bananas", settings, choose)


def choose(settings: Bananas, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Mutants of least Thompson samples.

    Raises:
        ValueError: an observed value does not lie above the ``lower_bound`` that was given.
    """
    targets = checked_targets(known.values)
    encoding = PathEncoding(known.space, settings.paths)
    pool = known.pool(max(settings.pool, k), 1.0, rng)
    told = (encoding(known.graphs), targets)
    found = predictions(settings, told, encoding(pool), seed_of(rng))
    draws = rng.normal(found.mean(axis=0), found.std(axis=0))
    return greatest(pool, -draws, k)


def predictions(
    settings: Bananas, told: tuple[Inputs, Floats], candidates: Inputs, seed: int
) -> Floats:
    """Train an ensemble and let it predict.

    The loss of a network is ``mean |(f(x) - lower_bound) / (y - lower_bound) - 1|``: the better an
    architecture, the more its error counts.

    Args:
        settings: of the ensemble.
        told: ``(T, F)`` and ``(T,)``.
        candidates: ``(N, F)``.
        seed: of weights and order.

    Returns:
        ``(networks, N)``, in the unit of the targets.
    """
    inputs, targets = told
    heights = targets - (lower_bound := settings.bound_below(targets))
    unit = float(np.median(heights))  # the networks predict numbers around 1
    chance = torch.Generator().manual_seed(seed)
    with repeatable(1):
        x, t = torch.from_numpy(inputs), torch.tensor(heights / unit, dtype=torch.float32)
        widths = [x.shape[1], *[settings.width] * settings.layers, 1]
        ensemble = Mlps(settings.networks, widths, chance)
        adam = torch.optim.Adam(ensemble.parameters(), settings.rate, fused=True)
        for _ in range(settings.epochs):
            for rows in shuffled(settings.networks, len(x), MINIBATCH, chance):
                predicted = ensemble(x[rows])[:, :, 0]  # (M, B)
                loss = (predicted / t[rows] - 1.0).abs().mean(dim=1).sum()
                adam.zero_grad()
                loss.backward()
                adam.step()
        with torch.no_grad():
            found = ensemble(torch.from_numpy(candidates))[:, :, 0]  # (M, N)
    values: Floats = lower_bound + unit * found.double().numpy()
    return values
