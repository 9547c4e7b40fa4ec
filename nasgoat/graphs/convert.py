"""Edge-labelled cells as node-labelled ones: every operation edge becomes a node."""

from __future__ import annotations

from nasgoat.graphs.labeled import LabeledGraph


def edges_to_nodes(graph: LabeledGraph, n_labels: int) -> LabeledGraph:
    """Turn an edge-labelled cell into a node-labelled one (the line graph with terminals).

    Every pair ``u < v`` of the cell becomes one operation node, in lexicographic order of ``(v,
    u)``
    as in NAS-Bench-201's strings, between an input node (index 0) and an output node (the last). A
    pair without an edge becomes a node that carries the label ``n_labels``, "none". NAS-Bench-201
    cells become 8 nodes: 6 operations, input and output.

    Args:
        graph: a topologically indexed, edge-labelled cell with source 0 and sink ``n-1``.
        n_labels: number ``L`` of edge labels. The result's labels are: ``0 .. L-1`` the operations,
            ``L`` none, ``L+1`` input, ``L+2`` output.

    Raises:
        ValueError: the graph has an edge against the index order, no edge labels, or a label that
            is not below ``n_labels``.
    """
    if graph.edge_labels is None and graph.edges:
        msg = "edges_to_nodes needs an edge-labelled graph; this one has no edge labels"
        raise ValueError(msg)
    if any(label >= n_labels for label in graph.edge_labels or ()):
        msg = f"edge labels {graph.edge_labels} are not all below {n_labels}"
        raise ValueError(msg)
    if any(u > v for u, v in graph.edges):
        msg = f"edges_to_nodes needs edges u -> v with u < v, got {graph.edges}"
        raise ValueError(msg)
    pairs = [(u, v) for v in range(graph.n) for u in range(v)]
    label_of = graph.edge_label_of
    source, sink = 0, len(pairs) + 1
    labels = [n_labels + 1, *(label_of.get(pair, n_labels) for pair in pairs), n_labels + 2]
    edges = [(source, 1 + i) for i, (u, _) in enumerate(pairs) if u == 0]
    edges += [(1 + i, sink) for i, (_, v) in enumerate(pairs) if v == graph.n - 1]
    edges += [
        (1 + i, 1 + j)
        for i, (_, middle) in enumerate(pairs)
        for j, (u, _) in enumerate(pairs)
        if middle == u
    ]
    return LabeledGraph(sink + 1, tuple(edges), tuple(labels))


def nodes_to_edges(graph: LabeledGraph, n_labels: int) -> LabeledGraph:
    """The exact inverse of ``edges_to_nodes``.

    Raises:
        ValueError: the graph is not one that ``edges_to_nodes`` returns.
    """
    n = next((n for n in range(2, graph.n + 1) if n * (n - 1) // 2 + 2 == graph.n), None)
    if n is None or graph.node_labels is None:
        msg = f"a node-labelled graph of {graph.n} nodes is not a converted edge-labelled cell"
        raise ValueError(msg)
    pairs = [(u, v) for v in range(n) for u in range(v)]
    kept = [(pair, label) for pair, label in zip(pairs, graph.node_labels[1:-1], strict=True)]
    kept = [(pair, label) for pair, label in kept if label != n_labels]
    cell = LabeledGraph(n, tuple(pair for pair, _ in kept), None, tuple(label for _, label in kept))
    if edges_to_nodes(cell, n_labels) != graph:
        msg = "the graph's edges or terminal labels are not those of a converted cell"
        raise ValueError(msg)
    return cell
