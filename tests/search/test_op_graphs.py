"""Architectures as networks of operations."""

import networkx as nx
import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.search.op_graphs import SKIPS, OpGraphs
from nasgoat.spaces import CellSpace, darts, digraphs, nasbench101, nasbench201, nasbench_graph


def named(graph: LabeledGraph, names: tuple[str, ...]) -> "nx.DiGraph[object]":
    network = graph.to_networkx()
    for v in network:
        network.nodes[v]["label"] = names[network.nodes[v]["label"]]
    return network


def plain(cell: LabeledGraph, space: CellSpace) -> "nx.DiGraph[object]":
    """Operations on edges as nodes, one by one."""
    ops = space.edge_alphabet
    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_node("in", label="input")
    network.add_node("out", label="output")
    for edge, label in cell.edge_label_of.items():
        network.add_node(edge, label=ops[label])
    for (a, b), (c, d) in [(e, f) for e in cell.edges for f in cell.edges]:
        if b == c:
            network.add_edge((a, b), (c, d))
    network.add_edges_from([("in", edge) for edge in cell.edges if edge[0] == 0])
    network.add_edges_from([(edge, "out") for edge in cell.edges if edge[1] == cell.n - 1])
    for edge in cell.edges:
        if network.nodes[edge]["label"] in SKIPS:
            network.add_edges_from(
                (u, v) for u in network.predecessors(edge) for v in network.successors(edge)
            )
            network.remove_node(edge)
    useful = nx.descendants(network, "in") & nx.ancestors(network, "out")
    return network.subgraph({"in", "out"} | useful)


def test_edges_become_operations_and_skips_wires() -> None:
    space = nasbench201("any")
    cells = list(space.samples(150, np.random.default_rng(0)))
    graphs = OpGraphs(space)
    networks = list(graphs.of(GraphBatch.of(cells)))
    same = nx.algorithms.isomorphism.categorical_node_match("label", "")
    for cell, network in zip(cells, networks, strict=True):
        assert nx.is_isomorphic(named(network, graphs.names), plain(cell, space), node_match=same)
    assert len({network.n for network in networks}) > 4


@pytest.mark.parametrize("space", [nasbench101(), nasbench_graph()], ids=lambda space: space.name)
def test_operations_on_nodes_stay_as_they_are(space: CellSpace) -> None:
    cells = list(space.samples(30, np.random.default_rng(1)))
    graphs = OpGraphs(space)
    for cell, network in zip(cells, graphs.of(GraphBatch.of(cells)), strict=True):
        assert network.edges == cell.edges
        names = [graphs.names[label] for label in network.node_labels or ()]
        assert names == [space.node_alphabet[label] for label in cell.node_labels or ()]


def test_operations_of_two_cells_are_told_apart() -> None:
    space = darts()
    graphs = OpGraphs(space)
    for cell, network in zip(
        cells := list(space.samples(10, np.random.default_rng(2))),
        graphs.of(GraphBatch.of(cells)),
        strict=True,
    ):
        labels = (network.node_labels or ())[1:-1]
        kept = [a for a in cell.edge_labels or () if space.edge_alphabet[a] not in SKIPS]
        assert sorted(label % len(space.edge_alphabet) for label in labels) == sorted(kept)
        half = [edge[0] < 6 for edge in cell.edges]
        skips = [space.edge_alphabet[a] in SKIPS for a in cell.edge_labels or ()]
        first = sum(h and not s for h, s in zip(half, skips, strict=True))
        assert sum(label < len(space.edge_alphabet) for label in labels) == first
        sink = network.n - 1
        assert {u for u, v in network.edges if v == sink} >= set(range(1, sink))
    assert len(graphs.names) == 2 * len(space.edge_alphabet) + 2


def test_graphs_without_terminals_get_them() -> None:
    space = digraphs(3)
    network = OpGraphs(space).of(GraphBatch.of([LabeledGraph(3, ((0, 1), (0, 2)))]))[0]
    assert network == LabeledGraph(5, ((0, 1), (1, 2), (1, 3), (2, 4), (3, 4)), (1, 0, 0, 0, 2))
