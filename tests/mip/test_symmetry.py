"""Symmetry rows keep at least one copy of every architecture, and are off where they may not be."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nasgoat.acquisition import PosteriorMean
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import EdgeLabels, NodeLabels, ShortestPathLengths
from nasgoat.mip import NO_SYMMETRY, Symmetry, acquisition_problem
from nasgoat.spaces import (
    CellSpace,
    FixedLabel,
    Indexed,
    LabelBudget,
    TopologicalOrder,
    UpToIsomorphism,
    nasbench101,
    nasbench201,
)
from nasgoat.spaces.listing import _labelled, structures  # the indexed graphs behind a listing
from tests.mip.oracles_mip import CELL, OPS, at_point, believed, cell_of, indexed_graphs
from tests.oracles import standard_form

OPTIONS = {"labels": Symmetry(True, False), "labels and columns": Symmetry()}


def members(n: int) -> GraphBatch:
    """All indexed NAS-Bench-101 cells of n nodes."""
    space = nasbench101([n])
    return space.members(_labelled(space, structures(space, n)))


def held(batch: GraphBatch, symmetry: Symmetry) -> NDArray[np.bool_]:
    """``Symmetry.holds`` of many graphs of one size, written a second time."""
    n = batch.n
    kept = np.ones(len(batch), dtype=np.bool_)
    for u in range(1, n - 2):
        columns = [batch.adjacency[:, :u, v] @ (1 << np.arange(u)) for v in (u, u + 1)]
        labels = batch.node_labels.astype(int)
        first = (labels[:, u], columns[0] if symmetry.columns else 0)
        second = (labels[:, u + 1], columns[1] if symmetry.columns else 0)
        falls = (first[0] > second[0]) | ((first[0] == second[0]) & (first[1] > second[1]))
        if symmetry.labels:
            kept &= ~(falls & ~batch.adjacency[:, u, u + 1])
    return kept


def classes(batch: GraphBatch) -> int:
    """Number of isomorphism classes, terminals fixed."""
    form = UpToIsomorphism().representatives(batch)
    flat = np.concatenate(
        [form.node_labels.view(np.uint8), np.packbits(form.adjacency.reshape(len(form), -1), 1)], 1
    )
    return len(np.unique(np.ascontiguousarray(flat).view(f"V{flat.shape[1]}")))


@pytest.mark.parametrize("name", OPTIONS)
def test_rows_say_what_holds_says(name: str) -> None:
    symmetry = OPTIONS[name]
    graphs = members(5)
    said = np.array([symmetry.holds(graph) for graph in graphs])
    assert (said == held(graphs, symmetry)).all()
    written = cell_of(nasbench101([5]), "layered", symmetry)
    form = standard_form(written.model)
    rows = [i for i, row in enumerate(form.names) if "symmetry" in row]
    points = at_point(form.columns, graphs)
    excess = form.senses[rows] * ((form.matrix[rows] @ points.T).T - form.rhs[rows])
    assert (form.senses != 0)[rows].all()
    assert ((excess <= 1e-9).all(axis=1) == said).all()
    others = np.setdiff1d(np.arange(len(form.names)), rows)
    assert np.abs(form.matrix[others] @ points.T).max() > 0
    assert {name for name in form.broken(points) if "symmetry" not in name} == set()


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    ("n", "expected"),
    [(4, 84), (5, 2441), (6, 62010), pytest.param(7, 359082, marks=pytest.mark.slow)],
)
def test_every_class_keeps_a_copy(n: int, expected: int, name: str) -> None:
    graphs = members(n)
    kept = graphs.take(held(graphs, OPTIONS[name]))
    assert classes(kept) == expected
    if n > 4:
        assert len(kept) < len(graphs)


def test_no_symmetry_keeps_all() -> None:
    assert all(NO_SYMMETRY.holds(graph) for graph in indexed_graphs(nasbench101([4])))


def test_columns_need_labels() -> None:
    with pytest.raises(ValueError, match="use labels, too"):
        Symmetry(labels=False, columns=True)


def test_unlabelled_and_edge_labelled_classes_are_kept() -> None:
    plain = CellSpace("u", (5,), rules=(TopologicalOrder(),))
    edges = CellSpace("e", (4,), (), ("x", "y"), (TopologicalOrder(),))
    for space in (plain, edges):
        graphs = indexed_graphs(space)
        keys = np.array(space.keys(graphs))
        kept = np.array([Symmetry().holds(graph) for graph in graphs])
        assert set(keys[kept]) == set(keys)
        assert not kept.all()
        assert cell_of(space, "layered", Symmetry()).count() == kept.sum()


ILLEGAL = {
    "a rule names a node": CellSpace("r", (5,), OPS, (), (*CELL, FixedLabel(1, 1))),
    "the last but one": CellSpace("l", (5,), OPS, (), (*CELL, FixedLabel(-2, 1))),
    "indexed": CellSpace("i", (5,), OPS, (), CELL, Indexed()),
    "further fixed node": CellSpace("f", (5,), OPS, (), CELL, UpToIsomorphism((0, 1, -1))),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_rows_are_off_where_something_tells_numberings_apart(name: str) -> None:
    space = ILLEGAL[name]
    problem = acquisition_problem(PosteriorMean(), believed(space, (NodeLabels(4),)), space)
    assert problem.cell.symmetry == NO_SYMMETRY
    assert all(problem.cell.copies(graph) for graph in indexed_graphs(space))


def test_rows_are_off_for_indexed_features() -> None:
    space = nasbench201()
    maps = (ShortestPathLengths(4), EdgeLabels(4, 4))
    problem = acquisition_problem(PosteriorMean(), believed(space, maps), space)
    assert problem.cell.symmetry == NO_SYMMETRY


@pytest.mark.parametrize("fixed", [(), (0,), (0, -1), (-1,)])
def test_rows_are_on_where_all_is_invariant(fixed: tuple[int, ...]) -> None:
    rules = (*CELL, LabelBudget((0.0, 1.0, 2.0, 0.0), 5.0))
    space = CellSpace("legal", (5,), OPS, (), rules, UpToIsomorphism(fixed))
    problem = acquisition_problem(PosteriorMean(), believed(space, (NodeLabels(4),)), space)
    assert problem.cell.symmetry == Symmetry()
    assert all(problem.cell.copies(graph) for graph in indexed_graphs(space))
