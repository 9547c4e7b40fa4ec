"""Switch each family of rows off once: an oracle goes red, or the family is listed as implied."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import linprog

from nasgoat.acquisition import PosteriorMean
from nasgoat.graphs import shortest_distances
from nasgoat.mip import (
    AcquisitionProblem,
    Encoding,
    ModelOptions,
    Symmetry,
    layered_encoding,
)
from nasgoat.spaces import CellSpace
from tests.mip.oracles_mip import (
    DIGRAPHS,
    SMALL,
    cell_of,
    indexed_graphs,
    model_values,
    small_problem,
)
from tests.oracles import standard_form

SPACES = {**SMALL, **DIGRAPHS}
LAYERS = ("L2_monotone", "L3_composition", "L4_support", "L5_support_path", "L5_support_edge")


def paths_are_forced(n: int, dropped: str | None) -> bool:
    """Whether every adjacency matrix forces every R (continuous) to its numpy value."""
    model = pyo.ConcreteModel()
    model.paths = pyo.Block()
    encoding = layered_encoding(model.paths, n)
    if dropped is not None:
        model.paths.component(dropped).deactivate()
    form = standard_form(model)
    sign = np.where(form.senses == 0, 1, form.senses)
    matrix, rhs = sign[:, None] * form.matrix.toarray(), sign * form.rhs
    where = {id(variable): i for i, variable in enumerate(form.columns)}
    cost = np.zeros(len(form.columns))
    layers = [i for i in encoding.R if id(encoding.R[i]) in where]
    for index, weight in zip(layers, np.random.default_rng(0).uniform(1, 2, len(layers))):  # noqa: B905
        cost[where[id(encoding.R[index])]] = weight
    pairs = list(combinations(range(n), 2))
    graphs = indexed_graphs(CellSpace("dag", (n,)))
    distance = shortest_distances(graphs.adjacency)
    for i in range(0, len(graphs), 1 + len(graphs) // 70):
        boxes = [(0.0, 1.0)] * len(form.columns)
        for u, v in pairs:
            boxes[where[id(encoding.A[u, v])]] = (float(graphs.adjacency[i, u, v]),) * 2
        truth = sum(
            cost[where[id(encoding.R[u, v, s])]] * (distance[i, u, v] <= s) for u, v, s in layers
        )
        for side in (1, -1):
            found = linprog(side * cost, matrix, rhs, bounds=boxes)
            if found.status != 0 or abs(side * found.fun - truth) > 1e-6:
                return False
    return True


@pytest.mark.parametrize("n", [3, 4, 5])
def test_adjacency_forces_paths(n: int) -> None:
    assert paths_are_forced(n, None)


@pytest.mark.parametrize("family", LAYERS)
def test_every_layered_family_is_needed(family: str) -> None:
    assert not paths_are_forced(4, family)


def test_the_layered_families_are_these() -> None:
    model = pyo.ConcreteModel()
    layered_encoding(model, 3)
    assert tuple(c.local_name for c in model.component_objects(pyo.Constraint)) == LAYERS


# Families of the labels and rules, each with a space in which the points change without it.
NEEDED = {
    "labels.N1d_one_label": "nb101-4",
    "labels.E2c_one_label": "edge-labels",
    "InDegree].in_degree": "in-degree",
    "InDegrees].in_degrees": "parts",
    "LabelBudget].budget": "node-budget",
    "LeavesFeedSink].feeds_only_sink": "all-trees",
    "LeavesFeedSink].leaf_feeds_sink": "collecting",
    "MaxEdges].N1e_edges": "in-degree",
    "MaxLabelCount].label_count": "edge-count",
    "ParameterLimit].P1_one": "parameters",
    "ParameterLimit].P2_feeding": "parameters",
    "ParameterLimit].P3_limit": "parameters",
    "SingleSink].has_successor": "source-sink",
    "SingleSource].has_predecessor": "source-sink",
    "SkipNormalForm].chain_root": "trees",
    "SkipNormalForm].chain_skip": "trees",
    "SkipNormalForm].chain_down": "trees",
    "SkipNormalForm].head_is_only_child": "trees",
    "SkipNormalForm].tail_is_leaf": "trees",
    "SkipNormalForm].tail_has_sibling": "trees",
    "SkipNormalForm].tree.in_degree": "bare-trees",
    "SkipNormalForm].leaves.feeds_only_sink": "bare-trees",
    "SkipNormalForm].leaves.leaf_feeds_sink": "bare-trees",
}
# In no space of these tests do they cut off a point.
IMPLIED = {
    "OnPath].has_predecessor": ("nb101-4", "on-path"),  # by the fixed reachabilities
    "OnPath].has_successor": ("nb101-4", "on-path"),
    # a skip node below other operations is a leaf, so a chain that breaks has no skip below it
    "SkipNormalForm].chain_up": ("trees", "bare-trees"),
}


def families(space: str, encoding: Encoding) -> list[str]:
    model = cell_of(SPACES[space], encoding).model
    rows = model.cell.component_objects(pyo.Constraint, active=True)
    names = [row.name.removeprefix("cell.") for row in rows if len(row)]
    return [name for name in names if not name.startswith("paths.") and "pinned" not in name]


def changes_points(space: str, encoding: Encoding, family: str) -> bool:
    written = cell_of(SPACES[space], encoding)
    written.drop(family)
    return written.count() != len(indexed_graphs(SPACES[space]))


def test_no_family_of_labels_and_rules_is_left_out() -> None:
    known = {*NEEDED, *IMPLIED}
    for name, space in SPACES.items():
        for encoding in ("layered", "paper") if space.is_topological else ("paper",):
            for family in families(name, encoding):
                assert any(family.endswith(end) for end in known), family


@pytest.mark.parametrize("family", NEEDED)
def test_dropping_a_rule_family_changes_the_points(family: str) -> None:
    space = NEEDED[family]
    encoding: Encoding = "layered" if SPACES[space].is_topological else "paper"
    assert changes_points(space, encoding, family)


@pytest.mark.parametrize(("family", "space"), [(f, s) for f in IMPLIED for s in IMPLIED[f]])
def test_dropping_an_implied_family_changes_none(family: str, space: str) -> None:
    assert not changes_points(space, "paper", family)


@pytest.mark.parametrize(
    "name", ["nb101-4", "second-last", "nb201-path", "third-fixed", "labelled"]
)
def test_dropping_the_fixings_of_a_rule_changes_the_points(name: str) -> None:
    """Rules that only fix variables: the space without one of them has other points."""
    space = SPACES[name]
    kept = len(indexed_graphs(space))
    for i, rule in enumerate(space.rules):
        if type(rule).__name__ in {"OnPath", "FixedLabel", "SourceReachesSink", "SingleSource"}:
            rules = space.rules[:i] + space.rules[i + 1 :]
            wider = type(space)(
                "wider", space.sizes, space.node_alphabet, space.edge_alphabet, rules
            )
            assert len(indexed_graphs(wider)) > kept


Change = Callable[[AcquisitionProblem], None]


def drop(*path: str) -> Change:
    """Deactivate a family of the model."""

    def change(problem: AcquisitionProblem) -> None:
        problem.model.find_component(".".join(path)).deactivate()

    return change


VALUE_FAMILIES: dict[str, Change] = {
    "M1": drop("counts.maps[0].M1_distance"),
    "M2": drop("counts.maps[0].M2_first_label"),
    "M3": drop("counts.maps[0].M3_second_label"),
    "V1": drop("counts.V1_count"),
    "V2 value": drop("belief.V2_value"),
    "V3": drop("belief.V3_projection"),
    "V5": drop("belief.V5_variance"),
}


def test_the_families_of_values_are_these() -> None:
    problem = small_problem(SMALL["nb101-4"])
    names = set()
    for block in (problem.model.counts, problem.model.belief):
        names |= {c.name.split(".")[-1] for c in block.component_objects(pyo.Constraint) if len(c)}
    expected = {"M1_distance", "M2_first_label", "M3_second_label", "V1_count", "V2_one_value"}
    expected |= {"V2_value", "V3_projection", "V4_square", "V5_variance", "V6_deviation"}
    assert names == expected


def differs(problem: AcquisitionProblem) -> bool:
    graphs = list(indexed_graphs(problem.cell.space))[::5]
    values = np.array([problem.value(graph) for graph in graphs])
    return not np.allclose(model_values(problem, graphs), values, atol=1e-6)


@pytest.mark.parametrize("encoding", ["layered", "paper"])
def test_the_linear_model_is_exact_at_a_graph_with_its_tangents(encoding: Encoding) -> None:
    options = ModelOptions(encoding=encoding, symmetry=Symmetry(False, False))
    assert not differs(small_problem(SMALL["nb101-4"], options=options))


@pytest.mark.parametrize("family", VALUE_FAMILIES)
def test_dropping_a_value_family_shows(family: str) -> None:
    problem = small_problem(SMALL["nb101-4"])
    VALUE_FAMILIES[family](problem)
    assert differs(problem)


def test_one_value_per_count_is_implied_where_squares_are_maximised() -> None:
    """Of all sums of distinct numbers to a count, the count alone has the most squares."""
    problem = small_problem(SMALL["nb101-4"])
    drop("belief.V2_one_value")(problem)
    assert not differs(problem)


def test_dropping_the_counts_shows_in_the_mean() -> None:
    problem = small_problem(SMALL["nb101-4"], PosteriorMean())
    assert not differs(problem)
    problem.model.counts.V1_count.deactivate()
    assert differs(problem)


@pytest.mark.parametrize("kind", ["square_cuts", "root_cut"])
def test_dropping_tangents_shows(kind: str) -> None:
    problem = small_problem(SMALL["nb101-4"])
    graph = indexed_graphs(SMALL["nb101-4"])[3]
    cuts = problem.cuts_at(graph)
    kept = [c for c in cuts if (len(c.terms) == 2 and c.terms[0][1] < 0) == (kind == "square_cuts")]
    assert 0 < len(kept) < len(cuts)
    weaker = type("Weaker", (), {})()
    weaker.__dict__.update(
        linear=problem.linear, cell=problem.cell, cuts_at=lambda _: kept, value=problem.value
    )
    assert model_values(weaker, [graph])[0] < problem.value(graph) - 1e-3


def without_symmetry_row(symmetry: Symmetry, family: str) -> tuple[int, int]:
    """Points with all rows, and points without one family."""
    whole = cell_of(SMALL["in-degree"], "layered", symmetry)
    part = cell_of(SMALL["in-degree"], "layered", symmetry)
    part.drop(family)
    return whole.count(), part.count()


@pytest.mark.parametrize(
    ("symmetry", "family"), [(Symmetry(True, False), "S1_labels"), (Symmetry(), "S2_columns")]
)
def test_dropping_symmetry_rows_keeps_more_points(symmetry: Symmetry, family: str) -> None:
    kept, without = without_symmetry_row(symmetry, family)
    assert kept == sum(map(symmetry.holds, indexed_graphs(SMALL["in-degree"])))
    assert without > kept


def test_label_rows_are_implied_beside_column_rows() -> None:
    """S2 without an edge and with falling labels asks for a negative in-column."""
    kept, without = without_symmetry_row(Symmetry(), "S1_labels")
    assert without == kept
