"""Cells of NAS-Bench-101: operations on vertices, channels split among those before the output."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import NASBENCH101_OPS
from nasgoat.spaces.nb101 import official_forms, vertex_channels
from nasgoat_models.digits.layers import conv_bn_relu, max_pool

OPERATIONS: dict[str, Callable[[int], nn.Module]] = {
    "conv3x3-bn-relu": lambda channels: conv_bn_relu(channels, channels, 3),
    "conv1x1-bn-relu": lambda channels: conv_bn_relu(channels, channels, 1),
    "maxpool3x3": lambda _: max_pool(),
}


class VertexCell(nn.Module):
    """A vertex applies its operation to the sum of what comes in; the output concatenates.

    The cell is numbered as NAS-Bench-101 does, so that isomorphic cells become equal modules. The
    channels of the output are divided among the vertices that feed it; any other vertex has as many
    as the widest vertex that it feeds (``nb101.vertex_channels``). Where a vertex is wider than the
    one that it feeds, its last channels are dropped there. The input reaches a vertex through a
    1 x 1 projection to that vertex's width; projected to the width of the output it is added to the
    concatenation, or is the output if nothing else feeds it.

    Args:
        graph: a cell of ``nasbench101()``.
        inside: channels of the input.
        outside: channels of the output, at least as many as vertices that feed it.
    """

    def __init__(self, graph: LabeledGraph, inside: int, outside: int) -> None:
        super().__init__()
        form = official_forms(GraphBatch.of([graph]))
        cell, self.output = form[0], graph.n - 1
        self.widths = [*vertex_channels(form, outside)[0, : self.output].tolist(), outside]
        A = cell.adjacency
        self.sources = [[u for u in range(1, v) if A[u, v]] for v in range(graph.n)]
        self.projections = nn.ModuleDict(
            {str(v): conv_bn_relu(inside, self.widths[v], 1) for v in range(1, graph.n) if A[0, v]}
        )
        labels = cell.node_labels or ()
        self.operations = nn.ModuleDict(
            {
                # label 0 is the input's
                str(v): OPERATIONS[NASBENCH101_OPS[labels[v] - 1]](self.widths[v])
                for v in range(1, self.output)
            }
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute the cell: ``(B, inside, H, W)`` to ``(B, outside, H, W)``."""
        values: dict[int, torch.Tensor] = {}
        for v in range(1, self.output):
            parts = [values[u][:, : self.widths[v]] for u in self.sources[v]]
            values[v] = self.operations[str(v)](self._sum(parts, v, x))  # (B, widths[v], H, W)
        fed = [values[v] for v in self.sources[self.output]]
        return self._sum([torch.cat(fed, dim=1)] if fed else [], self.output, x)

    def _sum(self, parts: list[torch.Tensor], v: int, x: torch.Tensor) -> torch.Tensor:
        if str(v) in self.projections:
            parts = [*parts, self.projections[str(v)](x)]
        return torch.stack(parts).sum(dim=0)
