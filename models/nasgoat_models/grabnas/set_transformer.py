"""The set transformer (Lee et al. 2019): a vector of a set of vectors, whatever their order."""

from __future__ import annotations

import torch
from torch import nn


class AttentionBlock(nn.Module):
    """``MAB(X, Y) = LN(H + rFF(H))``, ``H = LN(X + multihead(X, Y, Y))``.

    Args:
        dim: of the elements of both sets.
        heads: number of attention heads, a divisor of ``dim``.
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.feed = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.norms = nn.ModuleList([nn.LayerNorm(dim), nn.LayerNorm(dim)])

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Let every element of ``x`` look at the set ``y``.

        Args:
            x: ``(B, m, dim)``.
            y: ``(B, n, dim)``.

        Returns:
            ``(B, m, dim)``.
        """
        h = self.norms[0](x + self.attention(x, y, y, need_weights=False)[0])
        return self.norms[1](h + self.feed(h))


class SetTransformer(nn.Module):
    """``rFF(PMA_1(SAB(SAB(X))))`` with one seed: ``(B, n, inside)`` to ``(B, outside)``.

    Its value does not depend on the order of the ``n`` elements.

    Args:
        inside: dimension of the elements.
        outside: dimension of the result.
        dim: of the layers between.
        heads: a divisor of ``dim``.
    """

    def __init__(self, inside: int, outside: int, dim: int = 32, heads: int = 4) -> None:
        super().__init__()
        self.inward = nn.Linear(inside, dim)
        self.selves = nn.ModuleList([AttentionBlock(dim, heads), AttentionBlock(dim, heads)])
        self.seed = nn.Parameter(torch.randn(1, 1, dim) / dim**0.5)
        self.feed = nn.Linear(dim, dim)
        self.pool = AttentionBlock(dim, heads)
        self.outward = nn.Linear(dim, outside)

    def forward(self, elements: torch.Tensor) -> torch.Tensor:
        """Compute ``(B, n, inside)`` to ``(B, outside)``."""
        h = self.inward(elements)  # (B, n, dim)
        for block in self.selves:
            h = block(h, h)
        seed = self.seed.expand(len(h), -1, -1)  # (B, 1, dim)
        return self.outward(self.pool(seed, torch.relu(self.feed(h)))[:, 0])
