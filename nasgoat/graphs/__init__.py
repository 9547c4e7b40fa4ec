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
from nasgoat.graphs.signatures import (
    byte_signatures,
    equal,
    isomorphic,
    isomorphism_signatures,
)

__all__ = [
    "Edge",
    "GraphBatch",
    "GraphCode",
    "LabeledGraph",
    "byte_signatures",
    "canonical_form",
    "canonical_orders",
    "edges_to_nodes",
    "equal",
    "index_keys",
    "isomorphic",
    "isomorphism_key",
    "isomorphism_signatures",
    "nodes_to_edges",
    "on_shortest_path",
    "reachability",
    "shortest_distances",
]
