"""Graphs of a space as dense tensors, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True)
class GraphShape:
    """How large the tensors of a space's graphs are: what a model needs to know of a space.

    Kinds are labels made dense: kind 0 is "nothing there", kind ``1 + a`` the label ``a``. Where
    nodes (edges) carry no labels, each that is there has kind 1.

    Args:
        sizes: the node counts, ascending.
        node_kinds: number of kinds of nodes, absent ones included.
        edge_kinds: number of kinds of edges, absent ones included.
    """

    sizes: tuple[int, ...]
    node_kinds: int
    edge_kinds: int

    @classmethod
    def of(cls, space: SearchSpace) -> GraphShape:
        """The shape of a space's graphs.

        Raises:
            ValueError: edges of the space may lead to a lower index.
        """
        if not space.is_topological:
            msg = (
                f"graphs of {space.name!r} are not numbered along their edges; this model reads "
                "and writes acyclic graphs only: add the rule TopologicalOrder() to the space"
            )
            raise ValueError(msg)
        nodes, edges = len(space.node_alphabet) or 1, len(space.edge_alphabet) or 1
        return cls(tuple(space.sizes), 1 + nodes, 1 + edges)

    @property
    def n(self) -> int:
        """The largest node count."""
        return self.sizes[-1]


@dataclass(frozen=True, slots=True, eq=False)
class GraphTensors:
    """``B`` graphs with room for ``N`` nodes each, numbered along their edges.

    Args:
        sizes: ``(B,)``, number of nodes.
        nodes: ``(B, N)``, kinds of nodes (see ``GraphShape``).
        edges: ``(B, N, N)``, kinds of edges; ``[b, u, v]`` is that of ``u -> v``, with ``u < v``.
    """

    sizes: Tensor
    nodes: Tensor
    edges: Tensor

    @classmethod
    def of(cls, space: SearchSpace, graphs: GraphBatch | Iterable[LabeledGraph]) -> GraphTensors:
        """Graphs in the numbering that the space's identity chooses: copies become equal.

        Raises:
            ValueError: see ``GraphShape.of``.
        """
        n = GraphShape.of(space).n
        batch = graphs.padded(n) if isinstance(graphs, GraphBatch) else GraphBatch.of(graphs, n)
        batch = space.identity.representatives(batch)
        nodes = np.where(batch.exists, np.maximum(batch.node_labels, 0) + 1, 0)
        edges = np.where(batch.adjacency, np.maximum(batch.edge_labels, 0) + 1, 0)
        parts = (batch.sizes, nodes, edges)
        return cls(*(torch.from_numpy(part.astype(np.int64)) for part in parts))

    def batch(self, space: SearchSpace) -> GraphBatch:
        """The same graphs as arrays, with the labels that the space has; the inverse of ``of``."""
        sizes, nodes, edges = (part.cpu().numpy() for part in (self.sizes, self.nodes, self.edges))
        of_nodes = nodes - 1 if space.node_alphabet else np.full_like(nodes, -1)
        of_edges = edges - 1 if space.edge_alphabet else np.full_like(edges, -1)
        return GraphBatch(sizes, edges > 0, of_nodes.astype(np.int8), of_edges.astype(np.int8))

    @property
    def n(self) -> int:
        """Number of nodes that there is room for."""
        return self.nodes.shape[1]

    @property
    def adjacency(self) -> Tensor:
        """``(B, N, N)``, 1.0 where there is an edge ``u -> v``, else 0.0."""
        return (self.edges > 0).float()

    @property
    def mask(self) -> Tensor:
        """``(B, N)``, true for nodes that are part of their graph."""
        return self.nodes > 0

    @property
    def node_labels(self) -> Tensor:
        """``(B, N)``, -1 for absent nodes; 0 where nodes carry no labels."""
        return self.nodes - 1

    @property
    def edge_labels(self) -> Tensor:
        """``(B, N, N)``, -1 for absent edges; 0 where edges carry no labels."""
        return self.edges - 1

    def node_one_hot(self, shape: GraphShape) -> Tensor:
        """``(B, N, node_kinds - 1)``: labels; all 0.0 for absent nodes."""
        return one_hot(self.nodes, shape.node_kinds)[..., 1:].float()

    def edge_one_hot(self, shape: GraphShape) -> Tensor:
        """``(B, N, N, edge_kinds - 1)``: labels; all 0.0 for absent edges."""
        return one_hot(self.edges, shape.edge_kinds)[..., 1:].float()

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: Tensor) -> GraphTensors:
        """The chosen graphs."""
        return GraphTensors(self.sizes[rows], self.nodes[rows], self.edges[rows])

    def to(self, device: torch.device) -> GraphTensors:
        """The same on a device."""
        return GraphTensors(*(part.to(device) for part in (self.sizes, self.nodes, self.edges)))

    @classmethod
    def cat(cls, parts: Iterable[GraphTensors]) -> GraphTensors:
        """Join graphs of one space; at least one part."""
        columns = zip(*((one.sizes, one.nodes, one.edges) for one in parts), strict=True)
        return cls(*(torch.cat(column) for column in columns))
