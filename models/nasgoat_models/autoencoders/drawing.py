"""Decisions of decoders: drawn by their probabilities, or the likeliest."""

from __future__ import annotations

import torch
from torch import Tensor

from nasgoat_models.graphs import GraphShape


def draw(scores: Tensor, generator: torch.Generator | None) -> Tensor:
    """Decide among kinds.

    Args:
        scores: ``(..., kinds)``, log-probabilities up to a constant; ``-inf`` for what cannot be.
        generator: on the CPU, so that chance is the same on every device; None for the likeliest.

    Returns:
        ``(...,)``.
    """
    if generator is None:
        return scores.argmax(dim=-1)
    uniform = torch.rand(scores.shape, generator=generator).clamp_min(1e-20).to(scores.device)
    return (scores - (-uniform.log()).log()).argmax(dim=-1)  # the Gumbel trick


def too_early(shape: GraphShape) -> Tensor:
    """What to add to scores of kinds of nodes: ``-inf`` where no graph ends before the node.

    Returns:
        ``(N, node kinds)``; kind 0 ends a graph, and all others are open.
    """
    added = torch.zeros(shape.n, shape.node_kinds)
    added[[v for v in range(shape.n) if v not in shape.sizes], 0] = -torch.inf
    return added
