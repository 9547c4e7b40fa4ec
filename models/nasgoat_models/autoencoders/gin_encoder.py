"""The encoder of arch2vec: a graph isomorphism network with a latent vector per node."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nasgoat_models.graphs import GraphShape, GraphTensors

LAYERS = 5  # as in arch2vec


class GinEncoder(nn.Module):
    """Mean and log-variance of ``q(z | graph)`` from node states that forget directions.

    ``h <- MLP((1 + eps) h + sum of the neighbours' states)``, five times, on the graph without
    directions (Xu et al. 2019, as in arch2vec, Yan et al. 2020). Edges of different labels have
    matrices of their own. The first states are the nodes' labels; where nodes carry none, their
    places.

    Two things differ from arch2vec. It normalises over the batch; here every state is normalised by
    itself, so that a graph's code does not depend on its company. And the states of all layers are
    read, as Xu et al. do: in a dense graph the sums over a node and its neighbours are all alike,
    and the last layer alone forgets which node is which.

    Args:
        shape: of the graphs.
        hidden: ``H``, width of the states.
        per_node: ``L``, latent dimensions of a node; a graph has ``D = N L``.
    """

    def __init__(self, shape: GraphShape, hidden: int, per_node: int) -> None:
        super().__init__()
        self.shape = shape
        self.labelled = shape.node_kinds > 2
        width = shape.node_kinds - 1 if self.labelled else shape.n
        self.first = nn.Linear(width, hidden)
        labels = shape.edge_kinds - 1
        along = [nn.Linear(hidden, labels * hidden, bias=False) for _ in range(LAYERS)]
        self.along = nn.ModuleList(along if labels > 1 else [nn.Identity()] * LAYERS)
        self.epsilons = nn.Parameter(torch.zeros(LAYERS))
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Linear(hidden, hidden),
                nn.LayerNorm(hidden),
                nn.ReLU(),
                nn.Linear(hidden, hidden),
            )
            for _ in range(LAYERS)
        )
        self.heads = nn.Linear((1 + LAYERS) * hidden, 2 * per_node)

    def forward(self, graphs: GraphTensors) -> tuple[Tensor, Tensor]:
        """Encode: mean and log-variance, ``(B, D)`` each; 0 for absent nodes."""
        count, n = graphs.nodes.shape
        there = graphs.mask[..., None].float()  # (B, N, 1)
        one_way = graphs.edge_one_hot(self.shape)  # (B, N, N, K)
        both = (one_way + one_way.transpose(1, 2)).flatten(2)  # (B, N, N K)
        places = torch.eye(n, device=both.device).expand(count, n, n)
        features = graphs.node_one_hot(self.shape) if self.labelled else places
        h = self.first(features) * there  # (B, N, H)
        states = [h]
        for layer, along, epsilon in zip(self.layers, self.along, self.epsilons, strict=True):
            sent = along(h).reshape(count, -1, h.shape[-1])  # (B, N K, H)
            h = layer((1 + epsilon) * h + both @ sent).relu() * there
            states.append(h)
        heads = self.heads(torch.cat(states, dim=-1)) * there
        mean, log_variance = heads.chunk(2, dim=-1)  # (B, N, L)
        return mean.flatten(1), log_variance.flatten(1)
