"""The encoder of D-VAE and NGAE: nodes are computed one after the other, along their edges."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nasgoat_models.autoencoders.dag_cell import DagCell, edge_one_hot, received
from nasgoat_models.graphs import GraphShape, GraphTensors

SPREAD = 10.0  # factor of the first means' weights


class DagEncoder(nn.Module):
    """Mean and log-variance of ``q(z | graph)`` by asynchronous message passing.

    A graph's state is the state of its last node, or the sum over all nodes without successors
    where there are several. The bidirectional encoder adds what the reversed graph gives.

    The layer of the means begins ten times as large as PyTorch has it. Else a label in the middle
    of a graph moves every coordinate of ``z`` by less than the noise of a hundredth; before the
    decoder could learn from it, the divergence would drive it out.

    Args:
        shape: of the graphs.
        hidden: ``H``, width of the states.
        latent: ``D``, dimension of the latent space.
        bidirectional: whether to read graphs backwards as well.
    """

    def __init__(
        self, shape: GraphShape, hidden: int, latent: int, *, bidirectional: bool = True
    ) -> None:
        super().__init__()
        self.shape = shape
        self.forwards = DagCell(shape, hidden)
        self.backwards = DagCell(shape, hidden) if bidirectional else None
        self.unify = nn.Linear(2 * hidden, hidden) if bidirectional else nn.Identity()
        self.heads = nn.Linear(hidden, 2 * latent)
        self.heads.weight.data[:latent] *= SPREAD

    def forward(self, graphs: GraphTensors) -> tuple[Tensor, Tensor]:
        """Encode: mean and log-variance, ``(B, D)`` each."""
        states = [_walked(self.forwards, graphs.nodes, graphs.edges)]  # (B, H)
        if self.backwards is not None:
            turned = graphs.edges.flip(1, 2).transpose(1, 2)
            states.append(_walked(self.backwards, graphs.nodes.flip(1), turned))
        mean, log_variance = self.heads(self.unify(torch.cat(states, dim=-1))).chunk(2, dim=-1)
        return mean, log_variance


def _walked(cell: DagCell, nodes: Tensor, edges: Tensor) -> Tensor:
    """The state of graphs: ``(B, N)`` and ``(B, N, N)`` kinds to ``(B, H)``."""
    chosen = edge_one_hot(edges, cell.bias, cell.labels)  # (B, N, N, K)
    states: list[Tensor] = []
    sent: list[Tensor] = []
    for v in range(nodes.shape[1]):
        inputs = cell.inputs(nodes[:, v], v)  # (B, 3 H)
        none = inputs.new_zeros(len(nodes), cell.hidden)
        states.append(cell.update(inputs, received(chosen[:, :v, v], sent) if v else none))
        sent.append(cell.messages(states[-1]))  # (B, K, H)
    last = (nodes > 0) & ~(edges > 0).any(dim=2)  # (B, N): without successors
    return (torch.stack(states, dim=1) * last[..., None]).sum(dim=1)
