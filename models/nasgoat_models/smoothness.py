"""How smooth a latent space is: do small edits stay near, and do predictions hold far out?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import hamming_distances
from nasgoat.spaces import SearchSpace
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.graphs import GraphTensors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Pairs of numbers, and how far they rise together.

    Args:
        x: ``(M,)``.
        y: ``(M,)``.
    """

    x: Floats
    y: Floats

    @property
    def correlation(self) -> float:
        """Spearman's; NaN where one of both is constant."""
        if len(self.x) < 2 or not (np.ptp(self.x) and np.ptp(self.y)):
            return float("nan")
        return float(spearmanr(self.x, self.y).statistic)


def encoded(space: SearchSpace, vae: Vae, graphs: GraphBatch | list[LabeledGraph]) -> Tensor:
    """Latent means of graphs: ``(B, D)``."""
    device = next(vae.parameters()).device
    with torch.no_grad():
        return vae.encode(GraphTensors.of(space, graphs).to(device))


def edits_and_latent_distances(
    space: SearchSpace, vae: Vae, walks: int, steps: int, rng: np.random.Generator
) -> Scatter:
    """Random walks of single edits: edit distance from the start against latent distance.

    Args:
        space: its ``mutate`` makes the edits.
        vae: the encoder.
        walks: how many.
        steps: of each.
        rng: source of chance.

    Returns:
        x: places of adjacency and labels that differ, in the numberings that the space's identity
        chooses; y: Euclidean distances of latent means.
    """
    paths = [[space.sample(rng)] for _ in range(walks)]
    for path in paths:
        for _ in range(steps):
            path.append(space.mutate(path[-1], rng))
    n = max(space.sizes)
    edits, distances = [], []
    for path in paths:
        batch = space.identity.representatives(GraphBatch.of(path, n))
        edits.append(hamming_distances(batch.take(slice(0, 1)), batch)[0, 1:])
        z = encoded(space, vae, path)
        distances.append((z[1:] - z[0]).norm(dim=1).cpu().numpy())
    return Scatter(np.concatenate(edits), np.concatenate(distances).astype(np.float64))


def errors_and_distances(z: Tensor, errors: Tensor, training: Tensor, chunk: int = 512) -> Scatter:
    """Distance to the nearest training point against error of a prediction.

    Args:
        z: ``(M, D)``, latent points.
        errors: ``(M,)``, of predictions there; NaN where the truth is not known.
        training: ``(T, D)``.
        chunk: points compared at once.
    """
    nearest = [torch.cdist(part, training).min(dim=1).values for part in z.split(chunk)]
    known = ~errors.isnan()
    pair = (torch.cat(nearest)[known], errors[known])
    return Scatter(*(part.cpu().numpy().astype(np.float64) for part in pair))
