"""Graphs as values and as batches of arrays: paths, canonical forms, conversions."""

from nasgoat.graphs.batch import GraphBatch
from nasgoat.graphs.canonical import (
    canonical_form,
    canonical_orders,
    index_keys,
    isomorphism_key,
)
from nasgoat.graphs.codes import GraphCode
from nasgoat.graphs.convert import edges_to_nodes, nodes_to_edges
from nasgoat.graphs.labeled import Edge, LabeledGraph
from nasgoat.graphs.paths import on_shortest_path, reachability, shortest_distances

__all__ = [
    "Edge",
    "GraphBatch",
    "GraphCode",
    "LabeledGraph",
    "canonical_form",
    "canonical_orders",
    "edges_to_nodes",
    "index_keys",
    "isomorphism_key",
    "nodes_to_edges",
    "on_shortest_path",
    "reachability",
    "shortest_distances",
]
