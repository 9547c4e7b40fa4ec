"""The one-shot decoder: all choices that make a graph at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax

from nasgoat_models.crlso.encoders import SLOPE
from nasgoat_models.crlso.genes import Logs


class OneShotDecoder(nn.Module):
    """A network of three layers whose outputs are the logits of all choices of a space.

    Args:
        counts: number of alternatives of each choice (``Genes.counts``).
        dim: of the latent space.
        width: of the hidden layers.
    """

    def __init__(self, counts: tuple[int, ...], dim: int, width: int) -> None:
        super().__init__()
        self.counts = counts
        self.layers = nn.Sequential(
            nn.Linear(dim, width),
            nn.LeakyReLU(SLOPE),
            nn.Linear(width, width),
            nn.LeakyReLU(SLOPE),
            nn.Linear(width, sum(counts)),
        )

    def forward(self, z: Tensor) -> tuple[Tensor, ...]:
        """Compute ``(B, dim)`` to the logits of each choice, ``(B, alternatives)``."""
        return self.layers(z).split(self.counts, dim=1)

    def loss(self, z: Tensor, chosen: Tensor) -> Tensor:
        """``-log p(G | z)``, summed over choices ``(B, choices)``, the mean over graphs; ``()``."""
        logits = self(z)
        return torch.stack([cross_entropy(one, chosen[:, i]) for i, one in enumerate(logits)]).sum()

    @torch.no_grad()
    def logs(self, z: Tensor) -> list[Logs]:
        """The log-probabilities of all choices at each of ``B`` points."""
        logs = [log_softmax(one.double(), dim=1).cpu().numpy() for one in self(z)]
        return [[log[b] for log in logs] for b in range(len(z))]
