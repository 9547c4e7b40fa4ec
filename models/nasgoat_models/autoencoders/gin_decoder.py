"""The decoder of arch2vec: labels and edges of a graph in one shot from its nodes' vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasgoat_models.autoencoders.drawing import draw, too_early
from nasgoat_models.graphs import GraphShape, GraphTensors


class InnerProductDecoder(nn.Module):
    """Every kind of node and edge by itself, given the latent vectors of the nodes.

    The score of an edge of label ``k`` is ``z_u W_k z_v + b_k``; arch2vec has ``W = I`` and no
    bias, which is where training begins. Only edges from earlier to later places are written.

    Args:
        shape: of the graphs.
        per_node: ``L``, latent dimensions of a node.
    """

    tails: Tensor
    heads: Tensor
    too_early: Tensor

    def __init__(self, shape: GraphShape, per_node: int) -> None:
        super().__init__()
        self.shape, self.per_node = shape, per_node
        self.kinds = nn.Linear(per_node, shape.node_kinds)
        labels = shape.edge_kinds - 1
        self.products = nn.Parameter(torch.eye(per_node).repeat(labels, 1, 1))  # (K, L, L)
        self.biases = nn.Parameter(torch.zeros(labels))
        tails, heads = torch.triu_indices(shape.n, shape.n, 1)
        self.register_buffer("tails", tails, persistent=False)  # (P,)
        self.register_buffer("heads", heads, persistent=False)  # (P,)
        self.register_buffer("too_early", too_early(shape), persistent=False)

    def losses(self, z: Tensor, graphs: GraphTensors) -> dict[str, Tensor]:
        """Cross-entropies, summed over nodes and pairs, means over graphs (see ``Decoder``)."""
        nodes, edges = self._scores(z)
        decided = torch.arange(self.shape.n, device=z.device) <= graphs.sizes[:, None]
        kinds = graphs.nodes.masked_fill(~decided, -100)
        there = graphs.nodes[:, self.heads] > 0  # (B, P)
        pairs = graphs.edges[:, self.tails, self.heads].masked_fill(~there, -100)
        of_nodes = cross_entropy(nodes.flatten(0, 1), kinds.flatten(), reduction="sum")
        of_edges = cross_entropy(edges.flatten(0, 1), pairs.flatten(), reduction="sum")
        return {"nodes": of_nodes / len(graphs), "edges": of_edges / len(graphs)}

    def _scores(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """``(B, N, node kinds)`` and ``(B, P, edge kinds)``; "no edge" has the score 0."""
        per_node = z.unflatten(1, (self.shape.n, self.per_node))  # (B, N, L)
        products = torch.einsum("bul,klm,bvm->buvk", per_node, self.products, per_node)
        some = products[:, self.tails, self.heads] + self.biases  # (B, P, K)
        nodes = self.kinds(per_node) + self.too_early
        return nodes, torch.cat([torch.zeros_like(some[..., :1]), some], dim=-1)

    @torch.no_grad()
    def generate(self, z: Tensor, generator: torch.Generator | None = None) -> GraphTensors:
        """Write graphs (see ``Decoder``)."""
        scores, edge_scores = self._scores(z)
        nodes = torch.zeros(scores.shape[:2], dtype=torch.int64, device=z.device)  # (B, N)
        alive = torch.ones(len(z), dtype=torch.bool, device=z.device)
        for v in range(self.shape.n):
            nodes[:, v] = draw(scores[:, v], generator) * alive
            alive = nodes[:, v] > 0
        edges = nodes.new_zeros(len(z), self.shape.n, self.shape.n)
        there = nodes[:, self.heads] > 0
        edges[:, self.tails, self.heads] = draw(edge_scores, generator) * there
        return GraphTensors((nodes > 0).sum(dim=1), nodes, edges)
