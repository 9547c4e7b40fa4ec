"""The block of a space holds exactly the space's graphs, each once, with the numpy values."""

from itertools import combinations

import numpy as np
import pyomo.environ as pyo
import pytest

from nasgoat.errors import EmptySpaceError, NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph, reachability, shortest_distances
from nasgoat.mip import Encoding, Symmetry
from nasgoat.spaces import (
    CellSpace,
    FixedLabel,
    Rule,
    SkipNormalForm,
    TopologicalOrder,
    digraphs,
    nasbench101,
    nasbench201,
)
from tests.mip.oracles_mip import (
    CELL,
    DIGRAPHS,
    OPS,
    SMALL,
    at_point,
    cell_of,
    encodings,
    indexed_graphs,
)
from tests.oracles import standard_form

SPACES = {**SMALL, **{f"digraphs-{name}": space for name, space in DIGRAPHS.items()}}
CASES = [
    (name, encoding)
    for name, space in SPACES.items()
    if name != "nb201-path"  # 9,280 points: see the slow test
    for encoding in encodings(space)
]


def test_every_rule_is_in_some_space() -> None:
    used = {type(rule).__name__ for space in SPACES.values() for rule in space.rules}
    ours = {r.__name__ for r in Rule.__subclasses__() if r.__module__.startswith("nasgoat.")}
    # UserRule wraps whatever a user writes: tests/optimize/test_embedding.py
    assert used == ours - {"UserRule"}


def agrees(space: CellSpace, encoding: Encoding) -> None:
    """Every member is a point, fixed variables have their values, and there is no other point."""
    graphs = indexed_graphs(space)
    written = cell_of(space, encoding)
    model = written.model
    form = standard_form(model)
    assert form.broken(at_point(form.columns, graphs)) == []
    fixed = [v for v in model.component_data_objects(pyo.Var) if v.fixed]
    if fixed:
        assert (at_point(fixed, graphs) == [v.value for v in fixed]).all()
    assert written.count() == len(graphs)


@pytest.mark.parametrize(("name", "encoding"), CASES)
def test_points_are_the_members(name: str, encoding: Encoding) -> None:
    agrees(SPACES[name], encoding)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["layered", "paper"])
@pytest.mark.parametrize(
    "space",
    [nasbench101([5]), *(nasbench201(r) for r in ("any", "source-sink", "all-on-path"))],
    ids=["nb101-5", "nb201-any", "nb201-source-sink", "nb201-all-on-path"],
)
def test_points_are_the_members_of_benchmarks(space: CellSpace, encoding: Encoding) -> None:
    agrees(space, encoding)


@pytest.mark.parametrize(("name", "encoding"), CASES)
def test_handles_agree_with_numpy(name: str, encoding: Encoding) -> None:
    space = SPACES[name]
    graphs = indexed_graphs(space)
    graphs = graphs.take(np.arange(0, len(graphs), 1 + len(graphs) // 40))
    written = cell_of(space, encoding)
    cell, h = written.cell, written.cell.handles
    free = [v for v in written.model.component_data_objects(pyo.Var) if not v.fixed]
    points = at_point(free, graphs)
    distance = shortest_distances(graphs.adjacency)
    reach = reachability(graphs.adjacency)
    for i, graph in enumerate(graphs):
        for variable, value in zip(free, points[i], strict=True):
            variable.value = value
        assert all(pyo.value(term) == 1 for term in h.exists.values())
        assert all(pyo.value(term) == graphs.adjacency[i, *uv] for uv, term in h.edge.items())
        assert all(pyo.value(term) == reach[i, *uv] for uv, term in h.reach.items())
        for (u, v, s), term in h.at_distance.items():
            assert pyo.value(term) == (distance[i, u, v] == s)
        for (v, a), term in h.label.items():
            assert pyo.value(term) == (graphs.node_labels[i, v] == a)
        for (u, v, a), term in h.edge_label.items():
            assert pyo.value(term) == (graphs.edge_labels[i, u, v] == a)
        design = [pyo.value(term) for term in cell.design]
        assert design == cell.design_of(graph)
        assert cell.graph_at(design) == graph


def test_design_is_read_with_rounding() -> None:
    cell = cell_of(SMALL["nb101-4"], "layered").cell
    graph = indexed_graphs(SMALL["nb101-4"])[7]
    noise = np.random.default_rng(0).uniform(-0.4, 0.4, len(cell.design))
    assert cell.graph_at(list(np.array(cell.design_of(graph)) + noise)) == graph


@pytest.mark.parametrize("name", ["nb101-4", "third-fixed", "free-ends", "interior", "in-degree"])
def test_copies_are_the_points_of_a_key(name: str) -> None:
    space = SMALL[name]
    graphs = indexed_graphs(space)
    keys = np.array(space.keys(graphs))
    cell = cell_of(space, "layered").cell
    for i in range(0, len(graphs), 1 + len(graphs) // 60):
        expected = {graphs[int(j)] for j in np.flatnonzero(keys == keys[i])}
        copies = cell.copies(graphs[i])
        assert len(copies) == len(expected)
        assert set(copies) == expected


def test_several_sizes_are_refused() -> None:
    with pytest.raises(NoEncodingError, match="one by one"):
        cell_of(nasbench101((3, 4)), "layered")


@pytest.mark.parametrize("encoding", ["layered", "paper"])
def test_symmetry_rows_of_dags_need_an_order(encoding: Encoding) -> None:
    with pytest.raises(NoEncodingError, match="topological"):
        cell_of(digraphs(3), encoding, Symmetry())


def test_a_skip_at_the_ends_is_outside_for_rows_too() -> None:
    rules = (TopologicalOrder(), SkipNormalForm(1))
    space = CellSpace("no terminals", (4,), ("a", "skip"), (), rules)
    assert cell_of(space, "layered").count() == len(indexed_graphs(space))


EMPTY = {
    "two labels on one node": (*CELL, FixedLabel(0, 1)),
    "no such node": (*CELL, FixedLabel(4, 1)),
    "no label left": (*CELL, FixedLabel(1, 1, True), FixedLabel(1, 2, True)),
}


@pytest.mark.parametrize("encoding", ["layered", "paper"])
@pytest.mark.parametrize("name", EMPTY)
def test_contradictory_rules_are_an_empty_space(name: str, encoding: Encoding) -> None:
    space = CellSpace(name, (3,), OPS, (), EMPTY[name])
    assert len(indexed_graphs(space)) == 0
    with pytest.raises(EmptySpaceError):
        cell_of(space, encoding)


@pytest.mark.parametrize("encoding", ["layered", "paper"])
def test_a_label_nobody_may_have_leaves_no_point(encoding: Encoding) -> None:
    rules = (*CELL, FixedLabel(0, 1), FixedLabel(1, 2, True), FixedLabel(2, 1, True))
    space = CellSpace("full", (3,), ("input", "a", "b", "output"), (), rules)
    with pytest.raises(EmptySpaceError):
        cell_of(space, encoding)


def test_pairs_of_an_ordered_space_go_upwards() -> None:
    for encoding in encodings(SMALL["nb101-4"]):
        handles = cell_of(SMALL["nb101-4"], encoding).cell.handles
        assert handles.ordered
        assert list(handles.pairs) == list(combinations(range(4), 2))


def test_a_graph_of_another_space_has_no_copy() -> None:
    cell = cell_of(nasbench201("all-on-path"), "layered").cell
    assert cell.copies(LabeledGraph(4, ((0, 3),), None, (1,))) == []
    assert len(GraphBatch.of([])) == 0
