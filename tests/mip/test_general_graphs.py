"""Graphs without a topological order: the layered encoding and the order by degrees."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import linprog

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph, shortest_distances
from nasgoat.kernels import EdgeLabels, NodeLabels, ShortestPathLengths
from nasgoat.mip import ModelOptions, acquisition_problem
from nasgoat.mip.cell import cell_block
from nasgoat.mip.degree_order import MAX_COPIES, DegreeOrder, degree_order
from nasgoat.mip.general_layered import GeneralLayeredEncoding, general_layered_encoding
from nasgoat.mip.symmetry import NO_SYMMETRY
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.records import Limits
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    FixedLabel,
    Indexed,
    LabelBudget,
    MaxEdges,
    Rule,
    SingleSource,
    StronglyConnected,
    Undirected,
    UpToIsomorphism,
    digraphs,
)
from nasgoat.spaces.listing import _labelled, structures  # the indexed graphs behind a listing
from tests.mip.oracles_mip import at_point, believed, indexed_graphs, kernel_maps
from tests.oracles import count_points, standard_form

UND, CON = Undirected(), StronglyConnected()
KINDS: dict[str, tuple[Rule, ...]] = {
    "any": (),
    "strong": (CON,),
    "undirected": (UND,),
    "connected": (UND, CON),
}
# labelled graphs of each kind: OEIS A053763, A003030, A006125, A001187
COUNTS = {
    "any": {1: 1, 2: 4, 3: 64},
    "strong": {1: 1, 2: 1, 3: 18},
    "undirected": {1: 1, 2: 2, 3: 8, 4: 64},
    "connected": {1: 1, 2: 1, 3: 4, 4: 38},
}
SLOW = {"any": {4: 4096}, "strong": {4: 1606}, "undirected": {5: 1024}, "connected": {5: 728}}
FAMILIES = (
    "G1_monotone",
    "G2_composition",
    "G3_support",
    "G4_support_path",
    "G5_support_edge",
    "G6_out",
    "G6_in",
    "G7_edges",
)


def encoded(kind: str, n: int) -> tuple[pyo.ConcreteModel, GeneralLayeredEncoding]:
    """The encoding on a model of its own."""
    rules, model = KINDS[kind], pyo.ConcreteModel()
    return model, general_layered_encoding(
        model, n, undirected=UND in rules, connected=CON in rules
    )


def drop(model: pyo.ConcreteModel, family: str) -> bool:
    """Deactivate a family; false if the encoding has none of its rows."""
    rows = model.component(family)
    if rows is None or not len(rows):
        return False
    rows.deactivate()
    return True


def points(model: pyo.ConcreteModel, encoding: GeneralLayeredEncoding) -> int:
    """Number of integer points; ``m``, which is loose, made the product that bounds it."""
    for variable in model.component_data_objects(pyo.Var):
        if variable.is_continuous():
            variable.domain = pyo.Integers
    model.whole = pyo.ConstraintList()
    for u, w, v, s in encoding.m:
        both = encoding.within(u, w, s - 1) + encoding.edge(w, v) - 1
        model.whole.add(encoding.m[u, w, v, s] >= both)
    return count_points(model)


SIZES = [(kind, n, count) for kind, counts in COUNTS.items() for n, count in counts.items()]
LARGER = [
    pytest.param(kind, n, count, marks=pytest.mark.slow)
    for kind, counts in SLOW.items()
    for n, count in counts.items()
]


@pytest.mark.parametrize(("kind", "n", "count"), [*SIZES, *LARGER])
def test_points_are_the_graphs(kind: str, n: int, count: int) -> None:
    space = digraphs(n, rules=KINDS[kind])
    graphs = indexed_graphs(space)
    model, encoding = encoded(kind, n)
    form = standard_form(model)
    assert len(graphs) == space.size() == count
    if form.columns:
        assert form.broken(at_point(form.columns, graphs)) == []
    assert points(model, encoding) == count


def forced(kind: str, n: int, dropped: str | None = None) -> bool:
    """Whether every adjacency matrix of a member forces every continuous R, and others have none.

    Of the matrices only every few are tried.
    """
    model, encoding = encoded(kind, n)
    if dropped is not None:
        assert drop(model, dropped)
    form = standard_form(model)
    sign = np.where(form.senses == 0, 1, form.senses)
    matrix, rhs = sign[:, None] * form.matrix.toarray(), sign * form.rhs
    where = {id(variable): i for i, variable in enumerate(form.columns)}
    undirected = indexed_graphs(digraphs(n, rules=(UND,) if encoding.undirected else ()))
    members = set(indexed_graphs(digraphs(n, rules=KINDS[kind])))
    layers = [i for i in encoding.R if id(encoding.R[i]) in where]
    cost = np.zeros(len(form.columns))
    for i, index in enumerate(layers):
        cost[where[id(encoding.R[index])]] = 1.0 + i / len(layers)
    distance = shortest_distances(undirected.adjacency)
    for i in range(0, len(undirected), 1 + len(undirected) // 40):
        boxes = [(0.0, 1.0)] * len(form.columns)
        for u, v in encoding.pairs:
            boxes[where[id(encoding.A[u, v])]] = (float(undirected.adjacency[i, u, v]),) * 2
        truth = sum(
            cost[where[id(encoding.R[u, v, s])]] * (distance[i, u, v] <= s) for u, v, s in layers
        )
        for side in (1, -1):
            found = linprog(side * cost, matrix, rhs, bounds=boxes)
            if (found.status == 0) != (undirected[i] in members):
                return False
            if found.status == 0 and abs(side * float(found.fun or 0.0) - truth) > 1e-6:
                return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_adjacency_forces_paths(kind: str) -> None:
    assert forced(kind, 3)
    assert forced(kind, 4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES[:5])
def test_every_layered_family_is_needed(kind: str, family: str) -> None:
    assert not forced(kind, 4, family)


@pytest.mark.parametrize("kind", KINDS)
def test_the_families_are_these(kind: str) -> None:
    model, _ = encoded(kind, 4)
    names = {rows.local_name for rows in model.component_objects(pyo.Constraint)}
    expected = set(FAMILIES[: 8 if CON in KINDS[kind] else 5])
    assert names == (expected - {"G6_in"} if UND in KINDS[kind] else expected)


@pytest.mark.parametrize("kind", KINDS)
def test_two_nodes_and_features_that_no_edge_is_part_of(kind: str) -> None:
    space = digraphs(2, rules=KINDS[kind], node_alphabet=("a", "b"))
    task = Task(LowerConfidenceBound(1.0), believed(space, (NodeLabels(2),)), space)
    optima = MipOptimizer().minimize(task, space.size())
    truths = ExhaustiveOptimizer().minimize(task, space.size())
    assert [o.certificate.value for o in optima] == pytest.approx(
        [o.certificate.value for o in truths], abs=1e-4
    )


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("strong", "G6_out"),
        ("strong", "G6_in"),
        ("connected", "G6_out"),
        ("strong", "G7_edges"),
        ("connected", "G7_edges"),
    ],
)
def test_rows_on_degrees_are_implied_from_three_nodes_on(kind: str, family: str) -> None:
    model, encoding = encoded(kind, 3)
    assert drop(model, family)
    assert points(model, encoding) == COUNTS[kind][3]


@pytest.mark.parametrize("kind", ["strong", "connected"])
def test_two_nodes_need_the_rows_on_degrees(kind: str) -> None:
    model, encoding = encoded(kind, 2)
    for family in FAMILIES[5:]:
        drop(model, family)
    model.loose = pyo.Constraint(expr=sum(encoding.A.values()) >= 0)
    assert points(model, encoding) > COUNTS[kind][2]


# Unlabelled graphs up to isomorphism: OEIS A000273, A035512, A000088, A001349.
CLASSES = {
    ("any", 3): 16,
    ("any", 4): 218,
    ("strong", 4): 83,
    ("undirected", 5): 34,
    ("connected", 5): 21,
}


@pytest.mark.parametrize(("kind", "n"), CLASSES)
def test_every_class_keeps_a_numbering(kind: str, n: int) -> None:
    space = digraphs(n, rules=KINDS[kind], up_to_isomorphism=True)
    order = degree_order(space)
    assert order is not None
    graphs = space.members(_labelled(space, structures(space, n)))
    kept = np.array([order.holds(graph) for graph in graphs])
    assert len(set(space.keys(graphs.take(kept)))) == space.size() == CLASSES[kind, n]
    assert kept.sum() < len(graphs)


LABELLED = {
    "undirected": digraphs(4, rules=(UND,), node_alphabet=("a", "b", "c"), up_to_isomorphism=True),
    "any": digraphs(3, node_alphabet=("a", "b"), up_to_isomorphism=True),
    "two fixed": CellSpace("f", (4,), ("a", "b"), (), (UND,), UpToIsomorphism((0, 2))),
    "edges": CellSpace("e", (3,), (), ("x", "y"), (Acyclic(),), UpToIsomorphism(())),
    "unlabelled": digraphs(4, rules=(CON,), up_to_isomorphism=True),
}


@pytest.mark.parametrize("encoding", ["layered", "paper"])
@pytest.mark.parametrize("name", LABELLED)
def test_rows_say_what_holds_says(name: str, encoding: str) -> None:
    space = LABELLED[name]
    order = degree_order(space)
    assert order is not None
    graphs = indexed_graphs(space)
    said = np.array([order.holds(graph) for graph in graphs])
    keys = np.array(space.keys(graphs))
    assert set(keys[said]) == set(keys)
    model = pyo.ConcreteModel()
    model.cell = pyo.Block()
    cell_block(model.cell, space, encoding, order)  # type: ignore[arg-type]
    form = standard_form(model)
    rows = [i for i, row in enumerate(form.names) if "symmetry" in row]
    others = [i for i in range(len(form.names)) if i not in rows]
    at = form.matrix @ at_point(form.columns, graphs).T
    excess = form.senses[:, None] * (at - form.rhs[:, None])
    equal = np.abs(at - form.rhs[:, None])
    wrong = np.where(form.senses[:, None] == 0, equal, excess) > 1e-9
    assert (~wrong[rows].any(axis=0) == said).all()
    assert not wrong[others].any()


@pytest.mark.parametrize("name", LABELLED)
def test_copies_are_the_kept_numberings(name: str) -> None:
    space = LABELLED[name]
    order = degree_order(space)
    assert order is not None
    graphs = indexed_graphs(space)
    keys = np.array(space.keys(graphs))
    kept = np.array([order.holds(graph) for graph in graphs])
    for i in range(0, len(graphs), 1 + len(graphs) // 80):
        copies = list(order.copies(graphs[i]))
        assert Counter(copies) == Counter(graphs.take(kept & (keys == keys[i])))
        assert order.sorted(graphs[i]) in copies


ILLEGAL = {
    "indexed": CellSpace("i", (4,), ("a", "b"), (), (UND,), Indexed()),
    "a rule names a node": CellSpace(
        "r", (4,), ("a", "b"), (), (FixedLabel(1, 1),), UpToIsomorphism(())
    ),
    "a rule means the first": digraphs(3, rules=(SingleSource(),), up_to_isomorphism=True),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_rows_are_off_where_something_tells_numberings_apart(name: str) -> None:
    space = ILLEGAL[name]
    assert degree_order(space) is None
    problem = acquisition_problem(PosteriorMean(), believed(space, kernel_maps(space, 0)), space)
    assert problem.cell.symmetry == NO_SYMMETRY


def test_rows_are_off_for_indexed_features_and_on_request() -> None:
    plain = LABELLED["undirected"]
    belief = believed(plain, (NodeLabels(3),))
    on = acquisition_problem(PosteriorMean(), belief, plain)
    off = acquisition_problem(PosteriorMean(), belief, plain, ModelOptions(degree_order=False))
    assert on.cell.symmetry == DegreeOrder((0, 1, 2, 3))
    assert off.cell.symmetry == NO_SYMMETRY
    edges = LABELLED["edges"]
    indexed = believed(edges, (ShortestPathLengths(3), EdgeLabels(3, 2)))
    with pytest.raises(NoEncodingError, match="tells numberings apart"):
        acquisition_problem(PosteriorMean(), indexed, edges)


def test_a_graph_with_too_many_numberings_is_refused() -> None:
    n = 10
    ring = LabeledGraph(n, tuple((u, (u + s) % n) for u in range(n) for s in (1, n - 1)))
    full = LabeledGraph(n, tuple((u, v) for u, v in product(range(n), repeat=2) if u != v))
    order = DegreeOrder(tuple(range(n)))
    assert list(order.copies(full)) == [full]
    assert order.holds(order.sorted(ring))
    with pytest.raises(NoEncodingError, match=f"more than {MAX_COPIES:,}"):
        list(order.copies(ring))


def family(seed: int, rng: np.random.Generator) -> CellSpace:
    """A random space of general graphs that can be listed."""
    rules = [*KINDS.values(), (Acyclic(),), (UND, MaxEdges(6))][seed % 6]
    labelled = bool(rng.integers(2))
    largest = 5 if UND in rules and not labelled else 4 if UND in rules else 3
    n = int(rng.integers(2, largest + 1))
    if labelled and rng.random() < 0.3:
        rules = (*rules, LabelBudget((1.0, 2.0), 1.5 * n))
    return digraphs(
        n,
        int(rng.integers(1, n + 1)),
        rules=rules,
        node_alphabet=("a", "b") if labelled else (),
        up_to_isomorphism=bool(rng.integers(2)),
    )


def compare(seed: int) -> bool:
    """The k best graphs of a random problem, by the MIP and by enumeration.

    Returns:
        Whether all were proven within the limits; what is not still has a true bound.
    """
    rng = np.random.default_rng(seed)
    space = family(seed, rng)
    posterior = believed(
        space, kernel_maps(space, int(rng.integers(3))), seed, count=int(rng.integers(1, 20))
    )
    excluded = [space.sample(rng) for _ in range(int(rng.integers(4)))]
    left = space.size() - len(set(space.keys(GraphBatch.of(excluded)))) if excluded else 1
    if left < 1:
        return True
    task = Task(
        LowerConfidenceBound((0.0, 1.0, 9.0)[int(rng.integers(3))]), posterior, space, excluded
    )
    options = ModelOptions(
        encoding="paper" if rng.random() < 0.2 else None, degree_order=rng.random() < 0.8
    )
    optima = MipOptimizer(options=options, descents=int(rng.choice([0, 3]))).minimize(
        task, 3, Limits(seconds=20.0)
    )
    keys = space.keys(GraphBatch.of([o.graph for o in optima]))
    assert len(set(keys)) == len(keys)
    for i, optimum in enumerate(optima):
        picked = [*excluded, *(o.graph for o in optima[:i])]
        rest = replace(task, exclude=picked)
        truth = ExhaustiveOptimizer().minimize(rest)[0].certificate.value
        certificate, scale = optimum.certificate, max(1.0, abs(truth))
        assert space.contains(optimum.graph)
        assert certificate.lower_bound is None or certificate.lower_bound <= truth + 1e-6 * scale
        if certificate.status == "optimal":
            assert certificate.value == pytest.approx(truth, rel=1e-4, abs=1e-4)
    proven = all(o.certificate.status == "optimal" for o in optima)
    truths = ExhaustiveOptimizer().minimize(task, 3)
    assert not proven or len(optima) == len(truths)
    return proven


@pytest.mark.parametrize("seed", range(60))
def test_the_mip_finds_what_enumeration_finds(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(5))
def test_the_mip_finds_what_enumeration_finds_at_length(hundred: int) -> None:
    proven = [compare(seed) for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred)]
    assert sum(proven) >= 50


@pytest.mark.parametrize("n", [8, 15])
@pytest.mark.parametrize("kind", KINDS)
def test_graphs_too_many_to_list_are_sampled(kind: str, n: int) -> None:
    space = digraphs(n, rules=KINDS[kind])
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(20)]
    assert not space.is_listable()
    assert all(space.contains(graph) for graph in graphs)
    assert len({len(graph.edges) for graph in graphs}) > 5  # not empty and complete graphs only


@pytest.mark.parametrize(("kind", "n"), [("connected", 10), ("strong", 8)])
def test_the_gap_of_large_graphs_is_honest(kind: str, n: int) -> None:
    space = digraphs(n, rules=KINDS[kind], up_to_isomorphism=True)
    posterior = believed(space, (ShortestPathLengths(n),), count=10)
    task = Task(LowerConfidenceBound(1.0), posterior, space)
    best = MipOptimizer(descents=1).minimize(task, 1, Limits(seconds=1.0))[0]
    rng = np.random.default_rng(1)
    others = GraphBatch.of([best.graph, *(space.sample(rng) for _ in range(50))])
    values = task.acquisition.values(posterior, others)
    bound = best.certificate.lower_bound
    assert bound is None or bound <= values.min() + 1e-6


@pytest.mark.parametrize("labels", [(), ("a", "b"), ("a", "b", "c")])
@pytest.mark.parametrize("kind", ["undirected", "connected"])
def test_counts_of_undirected_graphs_come_in_pairs(kind: str, labels: tuple[str, ...]) -> None:
    """What the model takes for even or equal is so at every graph."""
    space = digraphs(4, rules=KINDS[kind], node_alphabet=labels)
    posterior = believed(space, kernel_maps(space, 0))
    problem = acquisition_problem(LowerConfidenceBound(1.0), posterior, space)
    counts, graphs = problem.counts, indexed_graphs(space)
    values = counts.of(graphs)
    assert (values % counts.step == 0).all()
    assert (values <= counts.upper).all()
    assert (counts.step == 2).any()
    features = np.concatenate([m.counts(graphs) * m.scale(4) for m in counts.maps], axis=1)
    assert values @ counts.J.T == pytest.approx(features)
    ordered = digraphs(4, rules=(CON,), node_alphabet=labels)
    problem = acquisition_problem(
        LowerConfidenceBound(1.0), believed(ordered, kernel_maps(ordered, 0)), ordered
    )
    assert (problem.counts.step == 1).all()
