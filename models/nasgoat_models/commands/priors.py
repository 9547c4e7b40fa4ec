"""What an autoencoder decodes from its prior, for ``nasgoat train`` and ``nasgoat audit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch

from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.commands.dataset import Dataset
from nasgoat_models.quality import encoded, prior_quality

PLACES = {"prior": "N(0, I)", "prior_scaled": "N(0, I) moved to the training codes"}


def priors(vae: Vae, dataset: Dataset, generator: torch.Generator, points: int) -> dict[str, Any]:
    """Quality at points of N(0, I), and at the same moved to where the training set's codes are.

    D-VAE has the second: points are multiplied by the deviations of the codes, coordinate by
    coordinate, and their means are added.
    """
    space = dataset.rules
    device = next(vae.parameters()).device
    known = set(space.keys(dataset.train.graphs.batch(space)))
    codes = encoded(vae, dataset.train.graphs.to(device))
    z = torch.randn(points, vae.latent, generator=generator).to(device)
    moved = z * codes.std(dim=0) + codes.mean(dim=0)
    return {
        name: asdict(prior_quality(space, vae, known, where, generator))
        for name, where in zip(PLACES, (z, moved), strict=True)
    }


def told(found: Mapping[str, Any]) -> list[str]:
    """The same in words."""
    return [
        f"{found[name]['points']} points of {place}, {found[name]['times']} times each: "
        f"valid {found[name]['valid']:.2f} % (of the others repairable "
        f"{found[name]['repairable']:.0f} %), unique {found[name]['unique']:.2f} %, "
        f"novel {found[name]['novel']:.2f} %"
        for name, place in PLACES.items()
    ]
