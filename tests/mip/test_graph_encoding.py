"""Graph-Encoding has exactly one point per graph, and that point holds the numpy values."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from nasgoat.graphs import GraphBatch, on_shortest_path, reachability, shortest_distances
from nasgoat.mip.graph_encoding import IMPLIED, GraphEncoding, graph_encoding
from nasgoat.mip.restrictions import acyclic, strongly_connected, topological, undirected
from tests.oracles import StandardForm, all_digraphs, count_points, standard_form

Restriction = Callable[[GraphEncoding], None]

LABELLED_DIGRAPHS = {
    (1, 1): 1,
    (2, 1): 5,
    (2, 2): 4,
    (3, 1): 69,
    (3, 2): 68,
    (3, 3): 64,
    (4, 1): 4165,
    (4, 2): 4164,
    (4, 3): 4160,
    (4, 4): 4096,
}
CONDITIONS = (
    "C1_least",
    "C1_order",
    "C2_edge",
    "C2_reach",
    "C2_distance_tail",
    "C2_distance_head",
    "C3_reach",
    "C3_distance",
    "C3_path",
    "C4_reach",
    "C4_upper",
    "C4_lower",
    "C5_upper",
    "C5_lower",
    "C6_path",
    "C6_reach",
    "C7_start",
    "C7_end",
    "C7_upper",
    "C7_lower",
    "C8_triangle_upper",
    "C8_triangle_lower",
)
# With one interior node at most, these three follow from the others.
NEEDED_FROM_4_NODES_ON = {"C7_start", "C7_end", "C8_triangle_upper"}


def encoded(n: int, n0: int | None = None, *, presolve: bool = True) -> GraphEncoding:
    """The encoding on a model of its own, all variables integer."""
    model = pyo.ConcreteModel()
    model.paths = pyo.Block()
    return graph_encoding(model.paths, n, n0, integer_distances=True, presolve=presolve)


def conditions_alone(n: int, n0: int) -> GraphEncoding:
    """C1 to C8 without presolve and without the distance indicators."""
    encoding = encoded(n, n0, presolve=False)
    encoding.block.D_one.deactivate()
    encoding.block.D_distance.deactivate()
    encoding.is_at.fix(0)
    return encoding


def count(encoding: GraphEncoding) -> int:
    return count_points(encoding.block.model())


def numpy_values(batch: GraphBatch) -> dict[str, NDArray[np.int64]]:
    """The point of every graph, by variable name; absent nodes are isolated."""
    adjacency = batch.adjacency.astype(np.int64)
    nodes = np.arange(batch.n)
    adjacency[:, nodes, nodes] = batch.exists
    distance = shortest_distances(batch.adjacency)
    return {
        "A": adjacency,
        "r": reachability(batch.adjacency).astype(np.int64),
        "d": distance,
        "delta": on_shortest_path(distance).astype(np.int64),
        "is_at": (distance[..., None] == np.arange(batch.n + 1)).astype(np.int64),
    }


def at(values: dict[str, NDArray[np.int64]], variable: pyo.Var) -> NDArray[np.int64]:
    """What one variable is in every graph; ``(N,)``."""
    return values[variable.parent_component().local_name][(slice(None), *variable.index())]


def broken(encoding: GraphEncoding, batch: GraphBatch) -> list[str]:
    """Rows and fixings that disagree with the numpy values of some graph."""
    values = numpy_values(batch)
    form = standard_form(encoding.block.model())
    points = np.array([at(values, variable) for variable in form.columns]).T
    variables = encoding.block.component_data_objects(pyo.Var)
    fixed = [var for var in variables if var.fixed and (at(values, var) != var.value).any()]
    beyond = [
        var
        for var in form.columns
        if at(values, var).min() < var.lb or at(values, var).max() > var.ub
    ]
    return form.broken(points) + [var.name for var in fixed + beyond]


@pytest.mark.parametrize("presolve", [False, True])
@pytest.mark.parametrize(("n", "n0"), LABELLED_DIGRAPHS)
def test_every_graph_is_a_point(n: int, n0: int, presolve: bool) -> None:
    graphs = all_digraphs(n, n0)
    assert len(graphs) == LABELLED_DIGRAPHS[n, n0]
    assert broken(encoded(n, n0, presolve=presolve), graphs) == []


def test_wrong_values_break_rows() -> None:
    """The check above is able to fail."""
    graphs = all_digraphs(3)
    encoding = encoded(3)
    encoding.d[0, 1].fix(2)
    assert "paths.d[0,1]" in broken(encoding, graphs)
    assert "paths.C4_upper[0,1]" in broken(encoding, graphs)


@pytest.mark.parametrize(("n", "n0"), LABELLED_DIGRAPHS)
def test_as_many_points_as_graphs(n: int, n0: int) -> None:
    assert count(encoded(n, n0)) == LABELLED_DIGRAPHS[n, n0]


@pytest.mark.parametrize(("n", "n0"), [(2, 1), (3, 1), (3, 2), (3, 3), (4, 2)])
def test_as_many_points_without_presolve(n: int, n0: int) -> None:
    assert count(encoded(n, n0, presolve=False)) == LABELLED_DIGRAPHS[n, n0]


@pytest.mark.parametrize("n", [3, 4])
def test_continuous_distances_are_forced(n: int) -> None:
    """With ``d`` continuous, a graph leaves no room between the least and the greatest of ``d``."""
    rng = np.random.default_rng(0)
    graphs = all_digraphs(n)
    graphs = graphs.take(np.sort(rng.choice(len(graphs), 40, replace=False)))
    values = numpy_values(graphs)
    model = pyo.ConcreteModel()
    encoding = graph_encoding(model, n)
    assert all(var.is_continuous() for var in encoding.d.values())
    for i in range(len(graphs)):
        for u, v in encoding.pairs:
            encoding.A[u, v].fix(int(values["A"][i, u, v]))
        form = standard_form(model)
        weights = [rng.normal() if var.is_continuous() else 0.0 for var in form.columns]
        for sign in (1, -1):
            found = milp(
                sign * np.array(weights),
                constraints=row_constraints(form),
                bounds=Bounds(*zip(*(var.bounds for var in form.columns), strict=True)),
                integrality=[not var.is_continuous() for var in form.columns],
            )
            expected = [at(values, var)[i] for var in form.columns]
            np.testing.assert_allclose(found.x, expected, atol=1e-6)


def row_constraints(form: StandardForm) -> LinearConstraint:
    lower = np.where(form.senses == 1, -np.inf, form.rhs)
    upper = np.where(form.senses == -1, np.inf, form.rhs)
    return LinearConstraint(form.matrix, lower, upper)


def test_families_are_the_conditions() -> None:
    families = [c.local_name for c in encoded(3).block.component_objects(pyo.Constraint)]
    assert tuple(families) == (*CONDITIONS, "D_one", "D_distance")
    assert set(CONDITIONS) >= IMPLIED


@pytest.mark.parametrize("family", CONDITIONS)
def test_dropping_a_family_shows_unless_it_is_implied(family: str) -> None:
    n, n0 = (4, 3) if family in NEEDED_FROM_4_NODES_ON else (3, 1)
    encoding = conditions_alone(n, n0)
    encoding.block.component(family).deactivate()
    assert (count(encoding) == LABELLED_DIGRAPHS[n, n0]) == (family in IMPLIED)


@pytest.mark.parametrize("family", sorted(IMPLIED))
def test_implied_families_are_implied_at_4_nodes_too(family: str) -> None:
    encoding = conditions_alone(4, 3)
    encoding.block.component(family).deactivate()
    assert count(encoding) == LABELLED_DIGRAPHS[4, 3]


@pytest.mark.parametrize("kept", ["C2_edge", "C2_reach", "C2_distance_tail"])
def test_all_implied_families_but_one_of_c2_can_go_together(kept: str) -> None:
    encoding = conditions_alone(4, 2)
    for family in IMPLIED - {kept}:
        if not (kept == "C2_distance_tail" and family == "C2_distance_head"):
            encoding.block.component(family).deactivate()
    assert count(encoding) == LABELLED_DIGRAPHS[4, 2]
    for family in IMPLIED:
        encoding.block.component(family).deactivate()
    assert count(encoding) > LABELLED_DIGRAPHS[4, 2]


@pytest.mark.parametrize("family", ["D_one", "D_distance"])
def test_both_indicator_families_are_needed(family: str) -> None:
    encoding = encoded(3)
    encoding.block.component(family).deactivate()
    assert count(encoding) > LABELLED_DIGRAPHS[3, 3]


def test_which_implied_families_tighten_the_lp_bound() -> None:
    """C2_edge and C4_reach are implied even in the LP, as their comments say; no other is."""
    model = encoded(4, 2).block.model()
    rng = np.random.default_rng(0)
    full = standard_form(model)
    weights = [{var.name: rng.normal() for var in full.columns} for _ in range(30)]
    bounds = lp_bounds(full, weights)
    tighter = set()
    for family in IMPLIED:
        model.paths.component(family).deactivate()
        form = standard_form(model)
        model.paths.component(family).activate()
        if (lp_bounds(form, weights) < bounds - 1e-6).any():
            tighter.add(family)
    assert tighter == IMPLIED - {"C2_edge", "C4_reach"}


def lp_bounds(form: StandardForm, weights: list[dict[str, float]]) -> NDArray[np.float64]:
    equal = form.senses == 0
    upright = form.matrix.multiply(np.where(equal, 1, form.senses)[:, None]).tocsr()
    rhs = np.where(equal, 1, form.senses) * form.rhs
    boxes = [var.bounds for var in form.columns]
    rows = (upright[~equal], rhs[~equal], upright[equal], rhs[equal])
    costs = [[weight[var.name] for var in form.columns] for weight in weights]
    return np.array([linprog(cost, *rows, bounds=boxes).fun for cost in costs])


def test_comments_mark_the_implied_families() -> None:
    source = Path(inspect.getfile(graph_encoding)).read_text()
    marked = re.findall(r"def (\w+)\(.*\):  # implied", source)
    assert sorted(marked) == sorted(IMPLIED)


def connected_undirected(encoding: GraphEncoding) -> None:
    undirected(encoding)
    strongly_connected(encoding)


RESTRICTED = [
    (acyclic, 3, 3, 25),
    (acyclic, 4, 4, 543),
    (acyclic, 3, 1, 25 + 3 + 1),
    (topological, 3, 3, 8),
    (topological, 4, 4, 64),
    (topological, 4, 2, 64 + 8 + 2),
    (undirected, 3, 3, 8),
    (undirected, 4, 4, 64),
    (undirected, 4, 2, 64 + 8 + 2),
    (connected_undirected, 3, 3, 4),
    (connected_undirected, 4, 4, 38),
    (strongly_connected, 3, 3, 18),
    (strongly_connected, 4, 4, 1606),
    (strongly_connected, 4, 1, 1606 + 18 + 1 + 1),
]


def symmetric(batch: GraphBatch) -> NDArray[np.bool_]:
    return (batch.adjacency == batch.adjacency.transpose(0, 2, 1)).all(axis=(1, 2))


def connected(batch: GraphBatch) -> NDArray[np.bool_]:
    both = batch.exists[:, :, None] & batch.exists[:, None, :]
    return (reachability(batch.adjacency) | ~both).all(axis=(1, 2))


MEMBERS: dict[Restriction, Callable[[GraphBatch], NDArray[np.bool_]]] = {
    # nilpotent: walks of batch.n edges do not exist in an acyclic graph
    acyclic: lambda batch: (
        ~np.linalg.matrix_power(batch.adjacency.astype(int), batch.n).any((1, 2))
    ),
    topological: lambda batch: ~np.tril(batch.adjacency).any(axis=(1, 2)),
    undirected: symmetric,
    strongly_connected: connected,
    connected_undirected: lambda batch: symmetric(batch) & connected(batch),
}


@pytest.mark.parametrize(("restrict", "n", "n0", "expected"), RESTRICTED)
def test_restriction_keeps_its_graphs_and_no_others(
    restrict: Restriction, n: int, n0: int, expected: int
) -> None:
    graphs = all_digraphs(n, n0)
    graphs = graphs.take(MEMBERS[restrict](graphs))
    encoding = encoded(n, n0)
    restrict(encoding)
    assert len(graphs) == expected
    assert broken(encoding, graphs) == []
    assert count(encoding) == expected


@pytest.mark.parametrize("restrict", [topological, undirected, strongly_connected])
@pytest.mark.parametrize("n0", [3, 4])
def test_presolve_of_a_restriction_changes_no_set(restrict: Callable[..., None], n0: int) -> None:
    plain, presolved = encoded(4, n0), encoded(4, n0)
    restrict(plain, presolve=False)
    restrict(presolved)
    assert count(plain) == count(presolved)
    if not (restrict is strongly_connected and n0 < 4):  # nothing is known before the size is
        rows, fewer = standard_form(plain.block.model()), standard_form(presolved.block.model())
        assert len(fewer.names) < len(rows.names)


def test_topological_presolve_leaves_pairs_and_triples_upwards() -> None:
    n = 7
    encoding = encoded(n)
    topological(encoding)
    form = standard_form(encoding.block.model())
    names = [variable.parent_component().local_name for variable in form.columns]
    assert names.count("A") == names.count("r") == names.count("d") == 21
    assert names.count("delta") == 35
    assert all(var.index()[0] < var.index()[1] for var in form.columns)


def test_presolve_of_connected_graphs_leaves_bogrape() -> None:
    encoding = encoded(4)
    strongly_connected(encoding)
    form = standard_form(encoding.block.model())
    assert {v.parent_component().local_name for v in form.columns} == {"A", "d", "delta", "is_at"}
    assert max(var.ub for var in form.columns) == 3


@pytest.mark.parametrize(
    ("n", "n0", "restrict"),
    [(3, 1, None), (4, 4, None), (4, 4, topological), (4, 4, undirected), (4, 2, topological)],
)
def test_handles_agree_with_numpy(n: int, n0: int, restrict: Restriction | None) -> None:
    encoding = encoded(n, n0)
    graphs = all_digraphs(n, n0)
    if restrict is not None:
        restrict(encoding)
        graphs = graphs.take(MEMBERS[restrict](graphs))
    handles = encoding.handles(label={(0, 0): 1.0})
    assert (handles.n, handles.n_least, handles.ordered) == (n, n0, restrict is topological)
    assert handles.label == {(0, 0): 1.0}
    assert handles.edge_label == {}
    assert set(handles.pairs) <= set(handles.edge) == set(handles.reach)
    values = numpy_values(graphs)
    free = [v for v in encoding.block.component_data_objects(pyo.Var) if not v.fixed]
    for i in range(0, len(graphs), 1 + len(graphs) // 100):
        for variable in free:
            variable.value = at(values, variable)[i]
        for v, term in handles.exists.items():
            assert pyo.value(term) == graphs.exists[i, v]
        for (u, v), term in handles.edge.items():
            assert pyo.value(term) == graphs.adjacency[i, u, v]
        for (u, v), term in handles.reach.items():
            assert pyo.value(term) == values["r"][i, u, v]
        for (u, v, s), term in handles.at_distance.items():
            assert 1 <= s < n
            assert pyo.value(term) == (values["d"][i, u, v] == s)


def test_handles_hold_numbers_where_presolve_knows() -> None:
    encoding = encoded(3)
    topological(encoding)
    handles = encoding.handles()
    assert handles.exists == {0: 1, 1: 1, 2: 1}
    assert handles.edge[1, 0] == handles.reach[2, 0] == handles.at_distance[2, 1, 1] == 0
    assert handles.at_distance[0, 1, 2] == 0  # nothing lies between 0 and 1
    assert handles.edge[0, 1] is encoding.A[0, 1]
    assert handles.at_distance[0, 2, 2] is encoding.is_at[0, 2, 2]


def test_names_say_condition_and_nodes() -> None:
    encoding = encoded(4)
    names = set(standard_form(encoding.block.model()).names)
    assert {"paths.C8_triangle_upper[0,3,1]", "paths.C4_lower[1,0]", "paths.D_one[2,3]"} <= names
    variables = {v.name for v in standard_form(encoding.block.model()).columns}
    assert {"paths.A[0,1]", "paths.d[3,0]", "paths.delta[0,3,1]", "paths.is_at[0,1,4]"} <= variables


def test_a_contradiction_is_reported_by_name() -> None:
    encoding = encoded(3)
    topological(encoding)
    encoding.A[1, 0].fix(1)
    form = standard_form(encoding.block.model())
    assert form.broken(np.zeros((1, len(form.columns)))).count("paths.TOP_edge[1,0]") == 1
    assert count(encoding) == 0


def test_every_variable_has_finite_bounds() -> None:
    model = pyo.ConcreteModel()
    graph_encoding(model, 4, 2)
    for variable in model.component_data_objects(pyo.Var):
        assert None not in variable.bounds


@pytest.mark.parametrize(("n", "n0"), [(3, 4), (3, 0), (0, None)])
def test_sizes_are_checked(n: int, n0: int | None) -> None:
    with pytest.raises(ValueError, match=f"1 <= n0 <= n, got n0={n0 if n0 is not None else n}"):
        graph_encoding(pyo.ConcreteModel(), n, n0)
