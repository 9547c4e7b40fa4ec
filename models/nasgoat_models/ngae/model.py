"""NGAE's model: the autoencoder and its two predictors, trained together."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.devices import seeded
from nasgoat_models.graphs import GraphTensors


class Predictor(nn.Module):
    """A number in [0, 1] of a latent point: two hidden layers and a sigmoid.

    Args:
        latent: ``D``.
        hidden: width of the hidden layers.
    """

    def __init__(self, latent: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(latent, hidden),
            nn.Tanh(),
            nn.Linear(hidden, hidden),
            nn.Tanh(),
            nn.Linear(hidden, 1),
        )

    def forward(self, z: Tensor) -> Tensor:
        """Predict: ``(B, D)`` to ``(B,)``."""
        return self.layers(z).squeeze(-1).sigmoid()


class Ngae(nn.Module):
    """An autoencoder, ``f_perf`` and ``f_comp``.

    Args:
        vae: the autoencoder.
        seed: of the predictors' weights.
        hidden: width of the predictors.
    """

    def __init__(self, vae: Vae, seed: int, hidden: int = 128) -> None:
        super().__init__()
        self.vae = vae
        with seeded(seed):
            self.performance = Predictor(vae.latent, hidden)
            self.complexity = Predictor(vae.latent, hidden)

    def losses(
        self,
        graphs: GraphTensors,
        performance: Tensor,
        complexity: Tensor,
        generator: torch.Generator,
    ) -> dict[str, Tensor]:
        """The terms of equation 6, means over graphs; the predictors see the means of ``q``.

        Args:
            graphs: ``B`` of them.
            performance: ``(B,)``, in [0, 1], greater is better; NaN where it is not known.
            complexity: ``(B,)``, in [0, 1], greater is dearer.
            generator: of latent points, on the CPU.
        """
        terms, mean = self.vae.losses(graphs, generator)
        known = ~performance.isnan()
        error = self.performance(mean) - performance.nan_to_num()
        terms["performance"] = (error.square() * known).sum() / known.sum().clamp_min(1)
        terms["complexity"] = (self.complexity(mean) - complexity).square().mean()
        return terms

    def worth(self, z: Tensor, weight: float) -> Tensor:
        """``f_perf - weight * f_comp``, equation 7 with a weight: ``(B, D)`` to ``(B,)``."""
        return self.performance(z) - weight * self.complexity(z)
