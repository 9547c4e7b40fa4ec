"""A graph convolutional network along and against the edges (Wen et al. 2020)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nasgoat_models.neural.op_tensors import OpTensors


class Gcn(nn.Module):
    """``H <- (relu(P (H U + b)) + relu(P' (H W + c))) / 2`` in each layer, then a mean over nodes.

    ``P`` is the adjacency matrix with a self-loop at each node, rows divided by their sums; ``P'``
    is the same of the reversed edges.

    Args:
        labels: number of labels of nodes.
        width: of each layer, and of the embedding of a graph.
        layers: how many.
    """

    def __init__(self, labels: int, width: int, layers: int) -> None:
        super().__init__()
        self.forwards, self.backwards = nn.ModuleList(), nn.ModuleList()
        for i in range(layers):
            inside = labels if i == 0 else width
            self.forwards.append(nn.Linear(inside, width))
            self.backwards.append(nn.Linear(inside, width))
        self.hidden = nn.Linear(width, width)
        self.output = nn.Linear(width, 1)

    def embedding(self, graphs: OpTensors) -> Tensor:
        """Embeddings of graphs, ``(B, width)``."""
        along, against = (
            _normalised(graphs.adjacency),
            _normalised(graphs.adjacency.mT),
        )  # (B, N, N)
        h = graphs.labels  # (B, N, C)
        for forwards, backwards in zip(self.forwards, self.backwards, strict=True):
            h = 0.5 * (torch.relu(along @ forwards(h)) + torch.relu(against @ backwards(h)))
        mask = graphs.mask[:, :, None]  # (B, N, 1)
        mean = (h * mask).sum(dim=1) / mask.sum(dim=1)  # (B, width)
        return torch.relu(self.hidden(mean))

    def forward(self, graphs: OpTensors) -> Tensor:
        """Predict the targets, ``(B,)``."""
        return self.output(self.embedding(graphs))[:, 0]


def _normalised(adjacency: Tensor) -> Tensor:
    looped = adjacency + torch.eye(adjacency.shape[1])
    return looped / looped.sum(dim=2, keepdim=True)
