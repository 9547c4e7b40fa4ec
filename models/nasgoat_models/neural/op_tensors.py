"""Graphs of any space as networks of operations in dense tensors: what the GCNs see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True, eq=False)
class OpTensors:
    """``B`` networks of at most ``N`` operations, input and output among them.

    Labelled edges have become operations first (``nasgoat.search.op_graphs``), so graphs with
    cycles and graphs of several parts are networks like any other.

    Args:
        adjacency: ``(B, N, N)``, 1.0 where ``v`` follows ``u``.
        labels: ``(B, N, C)``, one-hot; 0.0 for absent nodes.
        mask: ``(B, N)``, 1.0 for nodes that are there.
    """

    adjacency: Tensor
    labels: Tensor
    mask: Tensor

    @classmethod
    def of(cls, space: SearchSpace, graphs: Sequence[LabeledGraph]) -> OpTensors:
        """The networks of graphs."""
        networks = OpGraphs(space)
        batch = networks.of(GraphBatch.of(graphs))
        kinds = torch.from_numpy(np.where(batch.exists, batch.node_labels, -1).astype(np.int64))
        labels = one_hot(kinds + 1, len(networks.names) + 1)[..., 1:]
        adjacency = torch.from_numpy(batch.adjacency)
        return cls(adjacency.float(), labels.float(), (kinds >= 0).float())

    def take(self, rows: Tensor) -> OpTensors:
        """The chosen networks."""
        return OpTensors(self.adjacency[rows], self.labels[rows], self.mask[rows])
