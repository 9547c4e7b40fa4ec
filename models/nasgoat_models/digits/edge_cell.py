"""Cells of NAS-Bench-201: operations on edges, sums in nodes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import NASBENCH201_OPS
from nasgoat_models.digits.layers import average_pool, relu_conv_bn

OPERATIONS: dict[str, Callable[[int], nn.Module]] = {
    "skip_connect": lambda _: nn.Identity(),
    "nor_conv_1x1": lambda channels: relu_conv_bn(channels, 1),
    "nor_conv_3x3": lambda channels: relu_conv_bn(channels, 3),
    "avg_pool_3x3": lambda _: average_pool(),
}


class EdgeCell(nn.Module):
    """Node 0 is the input, node ``v`` the sum of the operations on the edges ``u -> v``.

    A pair without an edge is the operation "none". A node that nothing reaches is zero, and so is
    the output of a cell whose last node is not reached: such a network can learn no more than how
    frequent the classes are.

    Args:
        graph: a cell of ``nasbench201("any")``.
        channels: of input and output.
    """

    def __init__(self, graph: LabeledGraph, channels: int) -> None:
        super().__init__()
        self.last = graph.n - 1
        self.edges = graph.edges
        labels = [graph.edge_label_of[edge] for edge in graph.edges]
        self.operations = nn.ModuleList(
            OPERATIONS[NASBENCH201_OPS[label]](channels) for label in labels
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute the cell: ``(B, C, H, W)`` to ``(B, C, H, W)``."""
        nodes = {0: x}
        for (u, v), operation in zip(self.edges, self.operations, strict=True):  # ascending in u
            if u in nodes:
                y = operation(nodes[u])  # (B, C, H, W)
                nodes[v] = nodes[v] + y if v in nodes else y
        return nodes.get(self.last, torch.zeros_like(x))
