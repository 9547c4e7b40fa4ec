"""The graph variational autoencoder of CR-LSO, trained together with a regulariser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nasgoat.spaces import SearchSpace
from nasgoat_models.crlso.decoder import OneShotDecoder
from nasgoat_models.crlso.encoders import Reading, encoder
from nasgoat_models.crlso.genes import Genes
from nasgoat_models.crlso.icnn import ICNN, PlainMLP
from nasgoat_models.crlso.settings import EncoderName, Regulariser
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.validity import Checked


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the networks of CR-LSO are.

    Args:
        latent: dimension of the latent space.
        width: of encoder and decoder.
        predictor_width: of the network on the latent space.

    Raises:
        ValueError: one of them is less than 1.
    """

    latent: int = 16
    width: int = 128
    predictor_width: int = 128

    def __post_init__(self) -> None:
        for name in ("latent", "width", "predictor_width"):
            if getattr(self, name) < 1:
                msg = f"{name} is at least 1, got {getattr(self, name)}"
                raise ValueError(msg)


class GraphVAE(nn.Module):
    """Encoder, two linear heads for mean and log-variance, one-shot decoder.

    Args:
        space: where the graphs come from.
        encoder_name: ``"gnn"`` is the paper's.
        sizes: of the networks.
    """

    def __init__(self, space: SearchSpace, encoder_name: EncoderName, sizes: Sizes) -> None:
        super().__init__()
        self.genes = Genes(space)
        self.encoder = encoder(encoder_name, Reading.of(space), sizes.width)
        self.mean = nn.Linear(sizes.width, sizes.latent)
        self.log_variance = nn.Linear(sizes.width, sizes.latent)
        self.decoder = OneShotDecoder(self.genes.counts, sizes.latent, sizes.width)

    def forward(self, graphs: GraphTensors) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of ``q(z | G)``; ``(B, latent)`` each."""
        h = self.encoder(graphs)  # (B, width)
        return self.mean(h), self.log_variance(h).clamp(-10, 10)

    def losses(
        self, graphs: GraphTensors, chosen: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """A sample of the latent variables, and the two terms of equation 2, means over graphs.

        Args:
            graphs: ``B`` of them.
            chosen: ``(B, choices)``, the choices that make them.
            generator: of the noise, on the CPU.

        Returns:
            ``z``, ``(B, latent)``, and ``"reconstruction"`` and ``"kl"``, the latter unweighted.
        """
        mean, log_variance = self(graphs)
        noise = torch.randn(mean.shape, generator=generator).to(mean.device)
        z = mean + noise * (0.5 * log_variance).exp()
        kl = kl_divergence(mean, log_variance).mean()
        return z, {"reconstruction": self.decoder.loss(z, chosen), "kl": kl}

    @torch.no_grad()
    def encode(self, graphs: GraphTensors, rows: int = 4096) -> Tensor:
        """The means, ``(B, latent)``; so many graphs at once."""
        everything = torch.arange(len(graphs))
        return torch.cat([self(graphs.take(some))[0] for some in everything.split(rows)])

    def decode(self, z: Tensor) -> Checked:
        """Members of the space at the points ``(B, latent)``, None where refused."""
        return self.genes.decode(self.decoder.logs(z))


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """``KL(N(mean, variance) || N(0, I))`` of each row; ``(B, d)`` twice to ``(B,)``."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)


def regulariser(name: Regulariser, sizes: Sizes) -> nn.Module:
    """The network on the latent space, ``(B, latent)`` to ``(B,)``."""
    kinds = {"icnn": ICNN, "mlp": PlainMLP}
    return kinds[name](sizes.latent, sizes.predictor_width)
