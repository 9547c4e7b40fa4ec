"""Cells of NAS-Bench-101: operations on vertices, channels split among those before the output."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import NASBENCH101_OPS
from nasgoat_models.digits.layers import conv_bn_relu, max_pool

OPERATIONS: dict[str, Callable[[int], nn.Module]] = {
    "conv3x3-bn-relu": lambda channels: conv_bn_relu(channels, channels, 3),
    "conv1x1-bn-relu": lambda channels: conv_bn_relu(channels, channels, 1),
    "maxpool3x3": lambda _: max_pool(),
}


def vertex_channels(graph: LabeledGraph, channels: int) -> list[int]:
    """Channels of each vertex; those of vertex 0, the input, are not decided here and given as 0.

    The ``channels`` of the output are divided among the vertices that feed it, the first ones get
    what is left over. Every other vertex has as many channels as the widest vertex that it feeds.

    Raises:
        ValueError: more vertices feed the output than it has channels.
    """
    A, output = graph.adjacency, graph.n - 1
    feeders = [v for v in range(1, output) if A[v, output]]
    if len(feeders) > channels:
        msg = f"{len(feeders)} vertices feed an output of {channels} channels; use more channels"
        raise ValueError(msg)
    widths = [0] * output + [channels]
    for place, v in enumerate(feeders):
        share, rest = divmod(channels, len(feeders))
        widths[v] = share + (place < rest)
    for v in reversed(range(1, output)):
        if not A[v, output]:
            widths[v] = max(widths[w] for w in range(v + 1, output) if A[v, w])
    return widths


class VertexCell(nn.Module):
    """A vertex applies its operation to the sum of what comes in; the output concatenates.

    Where a vertex is wider than the one that it feeds, its last channels are dropped there. The
    input reaches a vertex through a 1 x 1 projection to that vertex's width; projected to the width
    of the output it is added to the concatenation, or is the output if nothing else feeds it.

    Args:
        graph: a cell of ``nasbench101``, in a topological numbering.
        inside: channels of the input.
        outside: channels of the output.
    """

    def __init__(self, graph: LabeledGraph, inside: int, outside: int) -> None:
        super().__init__()
        A, self.output = graph.adjacency, graph.n - 1
        self.widths = vertex_channels(graph, outside)
        self.sources = [[u for u in range(1, v) if A[u, v]] for v in range(graph.n)]
        self.projections = nn.ModuleDict(
            {str(v): conv_bn_relu(inside, self.widths[v], 1) for v in range(1, graph.n) if A[0, v]}
        )
        labels = graph.node_labels or ()
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
