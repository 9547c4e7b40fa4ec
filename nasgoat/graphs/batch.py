"""Many graphs as a few arrays, so that rules, features and keys are computed for all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs.labeled import LabeledGraph


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class GraphBatch:
    """``N`` graphs of at most ``n`` nodes.

    Nodes beyond a graph's size carry no edges and the label -1, as do absent edges, nodes without
    labels and edges without labels.
    """

    sizes: NDArray[np.int64]  # (N,), number of nodes of each graph
    adjacency: NDArray[np.bool_]  # (N, n, n), [i, u, v] true iff graph i has the edge u -> v
    node_labels: NDArray[np.int8]  # (N, n)
    edge_labels: NDArray[np.int8]  # (N, n, n)

    @classmethod
    def of(cls, graphs: Iterable[LabeledGraph], n: int | None = None) -> Self:
        """Stack graphs; ``n`` pads to at least that many nodes."""
        graphs = list(graphs)
        n = max([graph.n for graph in graphs] + [n or 1])
        adjacency = np.zeros((len(graphs), n, n), dtype=np.bool_)
        node_labels = np.full((len(graphs), n), -1, dtype=np.int8)
        edge_labels = np.full((len(graphs), n, n), -1, dtype=np.int8)
        for i, graph in enumerate(graphs):
            if graph.node_labels is not None:
                node_labels[i, : graph.n] = graph.node_labels
            if not graph.edges:
                continue
            tails, heads = zip(*graph.edges, strict=True)
            adjacency[i, tails, heads] = True
            if graph.edge_labels is not None:
                edge_labels[i, tails, heads] = graph.edge_labels
        sizes = np.array([graph.n for graph in graphs], dtype=np.int64)
        return cls(sizes, adjacency, node_labels, edge_labels)

    @classmethod
    def concatenate(cls, batches: Sequence[GraphBatch]) -> Self:
        """Join batches, padding all of them to the largest node count."""
        n = max((batch.n for batch in batches), default=1)
        padded = [batch.padded(n) for batch in batches] or [cls.of([])]
        return cls(
            np.concatenate([batch.sizes for batch in padded]),
            np.concatenate([batch.adjacency for batch in padded]),
            np.concatenate([batch.node_labels for batch in padded]),
            np.concatenate([batch.edge_labels for batch in padded]),
        )

    @property
    def n(self) -> int:
        """Number of nodes that the arrays have room for."""
        return self.adjacency.shape[1]

    @property
    def exists(self) -> NDArray[np.bool_]:
        """``(N, n)``, true for nodes that are part of their graph."""
        nodes: NDArray[np.bool_] = np.arange(self.n)[None, :] < self.sizes[:, None]
        return nodes

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[LabeledGraph]:
        """The graphs as values; a third of the time of asking for one after the other."""
        of_graph, tails, heads = np.nonzero(self.adjacency)
        ends = np.searchsorted(of_graph, np.arange(len(self) + 1)).tolist()
        edges = list(zip(tails.tolist(), heads.tolist(), strict=True))
        labels = self.edge_labels[of_graph, tails, heads].tolist()
        for i, (n, nodes) in enumerate(zip(self.sizes.tolist(), self.node_labels, strict=True)):
            part = slice(ends[i], ends[i + 1])
            yield LabeledGraph.of_sorted(
                n, tuple(edges[part]), tuple(nodes[:n].tolist()), tuple(labels[part])
            )

    def __getitem__(self, i: int) -> LabeledGraph:
        """Graph ``i`` as a value."""
        return next(iter(self.take(np.array([i]))))

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> GraphBatch:
        """Return the chosen graphs."""
        return GraphBatch(
            self.sizes[rows], self.adjacency[rows], self.node_labels[rows], self.edge_labels[rows]
        )

    def padded(self, n: int) -> GraphBatch:
        """Return the same graphs with room for ``n`` nodes.

        Raises:
            ValueError: ``n`` is less than the room there is.
        """
        extra = n - self.n
        if extra < 0:
            msg = f"cannot pad {self.n} nodes to {n}"
            raise ValueError(msg)
        if extra == 0:
            return self
        square = ((0, 0), (0, extra), (0, extra))
        return GraphBatch(
            self.sizes,
            np.pad(self.adjacency, square),
            np.pad(self.node_labels, square[:2], constant_values=-1),
            np.pad(self.edge_labels, square, constant_values=-1),
        )

    def permuted(self, old_index: NDArray[np.int64]) -> GraphBatch:
        """Renumber: node ``v`` of the result is node ``old_index[i, v]`` of graph ``i``."""
        rows = np.arange(len(self))[:, None]
        square = (rows[:, :, None], old_index[:, :, None], old_index[:, None, :])
        return GraphBatch(
            self.sizes,
            self.adjacency[square],
            self.node_labels[rows, old_index],
            self.edge_labels[square],
        )
