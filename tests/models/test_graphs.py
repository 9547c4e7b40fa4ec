"""Graphs as tensors, and what is done about decoded graphs that break rules."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import (
    CellSpace,
    SearchSpace,
    TableSpace,
    darts,
    digraphs,
    enas,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat_models.graphs import GraphShape, GraphTensors
from nasgoat_models.validity import are_members, checked, on_paths

SPACES = [nasbench101(range(2, 8)), nasbench201(), enas(), darts(), nasbench_graph()]
names = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)


def drawn(space: SearchSpace, count: int = 40) -> GraphBatch:
    return space.samples(count, np.random.default_rng(0))


@names
def test_graphs_come_back_from_tensors(space: CellSpace) -> None:
    graphs = drawn(space)
    back = GraphTensors.of(space, graphs).batch(space)
    assert space.keys(back) == space.keys(graphs)
    assert are_members(space, back).all()
    assert list(back) == list(space.identity.representatives(graphs))


@names
def test_tensors_hold_what_the_graphs_hold(space: CellSpace) -> None:
    tensors, shape = GraphTensors.of(space, drawn(space)), GraphShape.of(space)
    for i, graph in enumerate(tensors.batch(space)):
        n = graph.n
        assert tensors.sizes[i] == n == tensors.mask[i].sum()
        assert (tensors.adjacency[i, :n, :n].numpy() > 0).tolist() == graph.adjacency.tolist()
        assert tensors.adjacency[i].sum() == len(graph.edges)
        if graph.node_labels:
            assert tuple(tensors.node_labels[i, :n].tolist()) == graph.node_labels
        for (u, v), label in graph.edge_label_of.items():
            assert tensors.edge_labels[i, u, v] == label
    assert (tensors.node_one_hot(shape).sum(-1) == tensors.mask).all()
    assert (tensors.edge_one_hot(shape).sum(-1) == tensors.adjacency).all()
    assert (
        tensors.node_one_hot(shape)
        .argmax(-1)[tensors.mask]
        .equal(tensors.node_labels[tensors.mask])
    )


def test_copies_are_equal_tensors() -> None:
    space = nasbench101()
    graph = next(one for one in drawn(space) if one.n == 7)
    copies = list(space.identity.copies(graph, ordered=True))
    assert len(copies) > 1
    tensors = GraphTensors.of(space, copies)
    assert (tensors.nodes == tensors.nodes[0]).all()
    assert (tensors.edges == tensors.edges[0]).all()


def test_a_space_with_cycles_is_refused() -> None:
    with pytest.raises(ValueError, match=r"TopologicalOrder"):
        GraphShape.of(digraphs(4))


@names
def test_members_stay_and_others_are_repaired_to_members_or_refused(space: CellSpace) -> None:
    shape = GraphShape.of(space)
    graphs = GraphTensors.of(space, drawn(space, 30))
    generator = torch.Generator().manual_seed(0)
    flip = torch.rand(graphs.edges.shape, generator=generator) < 0.03
    new = torch.randint(0, shape.edge_kinds, graphs.edges.shape, generator=generator)
    inside = graphs.mask[:, :, None] & graphs.mask[:, None, :]
    edges = torch.where(flip & inside, new, graphs.edges).triu(1)
    spoilt = GraphTensors(graphs.sizes, graphs.nodes, edges).batch(space)
    found = checked(space, spoilt)
    assert len(found.graphs) == 30
    assert found.valid == sum(map(space.contains, spoilt))
    for before, after in zip(spoilt, found.graphs, strict=True):
        assert after is None or space.contains(after)
        assert (after == before) == space.contains(before)
    assert len(found.members) == found.valid + found.repaired
    assert found.refused == 30 - len(found.members)
    unrepaired = checked(space, spoilt, repair=False)
    assert (unrepaired.valid, unrepaired.repaired) == (found.valid, 0)


def test_a_repair_takes_as_few_edits_as_any() -> None:
    """Breadth-first over edits, against enumeration of the whole space."""
    space = nasbench201("all-on-path")
    rng = np.random.default_rng(1)
    everything = space.listing()
    for graph in nasbench201("any").samples(60, rng):
        (found,) = checked(space, GraphBatch.of([graph])).graphs
        here = GraphBatch.of([graph], 4).edge_labels
        fewest = int((everything.edge_labels != here).sum(axis=(1, 2)).min())
        if fewest <= 2 and graph.n == on_paths(graph).n:
            assert found is not None
            mine = GraphBatch.of([found], 4).edge_labels
            assert int((mine != here).sum()) == fewest


def test_nodes_on_no_path_are_dropped() -> None:
    graph = LabeledGraph(5, ((0, 1), (0, 2), (1, 4), (3, 4)), (0, 1, 2, 3, 4))
    assert on_paths(graph) == LabeledGraph(3, ((0, 1), (1, 2)), (0, 1, 4))
    labelled = LabeledGraph(4, ((0, 1), (0, 2), (2, 3)), None, (0, 1, 2))
    assert on_paths(labelled) == LabeledGraph(3, ((0, 1), (1, 2)), None, (1, 2))
    apart = LabeledGraph(3, ((0, 1),), (0, 1, 4))
    assert on_paths(apart) == apart


def test_only_rows_of_a_listed_space_are_members() -> None:
    cells = nasbench101(range(2, 6))
    rows = drawn(cells, 20)
    space = TableSpace.of("rows", cells, rows)
    known = set(space.keys(rows))
    asked = cells.samples(50, np.random.default_rng(2))
    expected = [key in known for key in cells.keys(asked)]
    assert are_members(space, asked).tolist() == expected
    wrong_size = GraphBatch.of([LabeledGraph(6, ((0, 5),), (0, 1, 1, 1, 1, 4))])
    assert not are_members(space, wrong_size).any()
