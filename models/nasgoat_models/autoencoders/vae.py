"""The variational autoencoder around any encoder and decoder of graphs."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from nasgoat_models.graphs import GraphTensors


class Encoder(Protocol):
    """Reads graphs."""

    def __call__(self, graphs: GraphTensors) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of latent points, ``(B, D)`` each."""


class Decoder(Protocol):
    """Writes graphs."""

    def losses(self, z: Tensor, graphs: GraphTensors) -> dict[str, Tensor]:
        """Terms of the reconstruction loss, means over graphs."""

    def generate(self, z: Tensor, generator: torch.Generator | None = None) -> GraphTensors:
        """Draw graphs for ``(B, D)`` points; the likeliest decisions without a generator."""


class Vae(nn.Module):
    """``q(z | graph)``, ``p(graph | z)`` and their loss.

    Args:
        encoder: a module that reads graphs.
        decoder: a module that writes graphs.
        latent: ``D``, dimension of the latent space.
        kl_weight: of the divergence from the prior; 1 is the evidence lower bound, D-VAE and NGAE
            trained with 0.005.
        noise: the deviation of ``q`` is multiplied by it where ``z`` is drawn; 1 is the evidence
            lower bound, D-VAE and NGAE trained with 0.01.
    """

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        latent: int,
        *,
        kl_weight: float = 0.005,
        noise: float = 0.01,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.latent, self.kl_weight, self.noise = latent, kl_weight, noise

    def encode(self, graphs: GraphTensors) -> Tensor:
        """Means of latent points: ``(B, D)``."""
        mean, _ = self.encoder(graphs)
        return mean

    def losses(
        self, graphs: GraphTensors, generator: torch.Generator
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Terms of the loss, means over graphs, and the means of ``q``.

        Args:
            graphs: ``B`` of them.
            generator: of ``z``, on the CPU.

        Returns:
            What the decoder says and ``kl``, the weighted divergence; ``(B, D)``.
        """
        mean, log_variance = self.encoder(graphs)
        noise = torch.randn(mean.shape, generator=generator).to(mean.device)
        z = mean + self.noise * noise * (0.5 * log_variance).exp()
        terms = self.decoder.losses(z, graphs)
        kl = self.kl_weight * divergence(mean, log_variance).mean()
        return {**terms, "kl": kl}, mean

    def generate(self, z: Tensor, generator: torch.Generator | None = None) -> GraphTensors:
        """See ``Decoder``."""
        return self.decoder.generate(z, generator)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence from N(0, I), NGAE equation 3 with its sign: ``(B,)``."""
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=-1)
