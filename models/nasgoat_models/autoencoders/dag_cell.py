"""One step of asynchronous message passing: a gated sum of what comes in, then a GRU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from nasgoat_models.graphs import GraphShape


class DagCell(nn.Module):
    """``h_v = U(T_v, A({h_u : u -> v}))`` of NGAE, equation 2, with weights shared by all nodes.

    ``A`` is a gated sum of messages ``sigmoid(G h_u + g_k) * (M h_u + c_k)``, where ``k`` is the
    label of the edge; ``U`` is a GRU cell whose input is the node's kind and place, and whose
    hidden state is the sum.

    Args:
        shape: of the graphs.
        hidden: ``H``, width of the states.
    """

    def __init__(self, shape: GraphShape, hidden: int) -> None:
        super().__init__()
        self.hidden, self.labels = hidden, shape.edge_kinds - 1
        self.kinds = nn.Embedding(shape.node_kinds, 3 * hidden)
        self.places = nn.Embedding(shape.n, 3 * hidden)
        self.message = nn.Linear(hidden, 2 * hidden)
        self.by_label = nn.Parameter(torch.zeros(self.labels, 2 * hidden))
        self.recurrent = nn.Linear(hidden, 3 * hidden, bias=False)
        self.bias = nn.Parameter(torch.zeros(hidden))
        # Kinds are drawn from N(0, 1), above the 1 / sqrt(H) of PyTorch's GRU cell: labels are far
        # fainter than edges in a sum of messages, and training would learn them much later.
        bound = hidden**-0.5
        for weight in (self.places.weight, self.recurrent.weight):
            nn.init.uniform_(weight, -bound, bound)
        if self.labels > 1:
            nn.init.uniform_(self.by_label, -1.0, 1.0)

    def messages(self, h: Tensor) -> Tensor:
        """What nodes send along edges of every label: ``(B, H)`` to ``(B, K, H)``."""
        gate, content = (self.message(h)[:, None] + self.by_label).chunk(2, dim=-1)  # (B, K, H)
        return gate.sigmoid() * content

    def inputs(self, kinds: Tensor, place: int) -> Tensor:
        """What a GRU makes of the kinds of nodes: ``(B,)`` to ``(B, 3 H)``."""
        return self.kinds(kinds) + self.places.weight[place]

    def update(self, inputs: Tensor, received: Tensor) -> Tensor:
        """States of nodes.

        Args:
            inputs: ``(B, 3 H)`` from ``inputs``.
            received: ``(B, H)``, sums of messages.

        Returns:
            ``(B, H)``.
        """
        H = self.hidden
        carried = self.recurrent(received)  # (B, 3 H)
        gates = (inputs[:, : 2 * H] + carried[:, : 2 * H]).sigmoid()  # (B, 2 H)
        reset, keep = gates.chunk(2, dim=-1)
        new = (inputs[:, 2 * H :] + reset * (carried[:, 2 * H :] + self.bias)).tanh()
        return torch.lerp(new, received, keep)


def received(chosen: Tensor, sent: list[Tensor]) -> Tensor:
    """Sums of the messages that nodes receive, from as many earlier nodes as have sent any.

    Args:
        chosen: ``(B, v, K)``, 1.0 where there is an edge of the label.
        sent: ``v`` messages, at least one, ``(B, K, H)`` each.

    Returns:
        ``(B, H)``.
    """
    return (chosen[..., None] * torch.stack(sent, dim=1)).sum(dim=(1, 2))


def edge_one_hot(edges: Tensor, like: Tensor, labels: int) -> Tensor:
    """``(B, N, N, K)``: 1.0 where an edge has a label, in the type of a tensor."""
    return one_hot(edges, labels + 1)[..., 1:].to(like.dtype)
