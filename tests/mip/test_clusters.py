"""Joint choices of edge labels: forced, exact products, exclusions, each family needed."""

from itertools import combinations

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from nasgoat.acquisition import Acquisition, LowerConfidenceBound, PosteriorMean
from nasgoat.graphs import LabeledGraph
from nasgoat.kernels import EdgeLabels, FeatureMap, OpPaths, ShortestPathLengths
from nasgoat.kernels.features import counts_of
from nasgoat.mip import AcquisitionProblem, ModelOptions, acquisition_problem
from nasgoat.mip.clusters import cluster_block
from nasgoat.mip.joint import Cluster, JointLabels
from nasgoat.mip.local_terms import terms_of
from nasgoat.mip.terms import constant
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.records import Limits
from nasgoat.solve import HighsSolver
from nasgoat.spaces import (
    CellSpace,
    Indexed,
    MaxEdges,
    OnPath,
    SourceReachesSink,
    TopologicalOrder,
    nasbench101,
    nasbench201,
)
from nasgoat.surrogate import feature_maps_of
from tests.mip.oracles_mip import believed, cell_of
from tests.oracles import standard_form

Floats = NDArray[np.float64]

EDGES = CellSpace("edges", (4,), (), ("skip", "a"), identity=Indexed())
SOME = CellSpace(
    "some", (4,), (), ("skip", "a", "b"), (TopologicalOrder(), OnPath(), MaxEdges(5)), Indexed()
)
UNNUMBERED = CellSpace("iso", (4,), (), ("skip", "a"), (TopologicalOrder(), SourceReachesSink()))
PATHS = OpPaths(4, (1,), 0, 3, "edges")
CASES: dict[str, tuple[CellSpace, tuple[FeatureMap, ...]]] = {
    "nasbench201": (nasbench201(), feature_maps_of(nasbench201(), "el+op-paths")),
    "any": (nasbench201("any"), (OpPaths(4, (1, 2, 3), 0, 1, "edges"),)),
    "edges": (EDGES, (EdgeLabels(4, 2), PATHS)),
    "edges, length 0": (EDGES, (OpPaths(4, (1,), 0, 0, "edges"), EdgeLabels(4, 2))),
    "labels alone": (EDGES, (EdgeLabels(4, 2),)),
    "some": (SOME, (EdgeLabels(4, 3), OpPaths(4, (1, 2), 0, 2, "edges"))),
    "two nodes": (
        CellSpace("two", (2,), (), ("skip", "a"), identity=Indexed()),
        (EdgeLabels(2, 2), OpPaths(2, (1,), 0, 1, "edges")),
    ),
    "distances": (nasbench201(), (ShortestPathLengths(4), EdgeLabels(4, 4))),
    "some distances": (SOME, (EdgeLabels(4, 3), ShortestPathLengths(4))),
    "distances alone": (EDGES, (ShortestPathLengths(4),)),
    "distances and paths": (EDGES, (PATHS, ShortestPathLengths(4))),
}
APART = {"labels alone", "some distances", "distances alone"}  # no two clusters know all labels
SMALL_CASES = [
    *("edges", "edges, length 0", "labels alone", "some", "two nodes", "some distances"),
    *("distances alone", "distances and paths"),
]
FEW = 12  # graphs of a case, two linear programs each


class Joined:
    """A space with the joint choices of some feature maps on a model of its own."""

    def __init__(self, name: str) -> None:
        self.space, self.maps = CASES[name]
        held = cell_of(self.space, "layered")
        self.model, self.cell = held.model, held.cell
        self.model.joint = pyo.Block()
        terms = terms_of(self.maps, self.cell.handles)
        joint = cluster_block(self.model.joint, terms, self.cell.handles)
        assert joint is not None
        self.joint: JointLabels = joint
        every = [z for cluster in joint.clusters for z in cluster.one_hot]
        self.model.held = pyo.Constraint(expr=sum(every) >= 0)  # keeps z without J1 in the model

    def states(self, graph: LabeledGraph) -> dict[tuple[int, int], int]:
        label = graph.edge_label_of
        return {pair: label.get(pair, -1) + 1 for pair in self.cell.handles.pairs}

    def place(self, cluster: Cluster, graph: LabeledGraph) -> int:
        """Which state of a cluster a graph has."""
        mine = cluster.state_of(self.states(graph))
        (found,) = np.flatnonzero((cluster.states == mine).all(axis=1))
        return int(found)

    def chosen(self, graph: LabeledGraph) -> set[int]:
        """The ids of the indicators that are 1 at a graph."""
        clusters = self.joint.clusters
        return {id(c.one_hot[self.place(c, graph)]) for c in clusters}

    def forced(self) -> bool:
        """Whether designs leave no choice of z, and the right one."""
        form = standard_form(self.model)
        sign = np.where(form.senses == 0, 1.0, form.senses)
        matrix, rhs = form.matrix.multiply(sign[:, None]).tocsr(), sign * form.rhs
        equal = form.senses == 0
        rows = {
            "A_eq": matrix[equal],
            "b_eq": rhs[equal],
            "A_ub": matrix[~equal],
            "b_ub": rhs[~equal],
        }
        place = {id(variable): i for i, variable in enumerate(form.columns)}
        z = [v for c in self.joint.clusters for v in c.one_hot]
        weights = np.random.default_rng(0).uniform(1.0, 2.0, len(z))
        cost = np.zeros(len(form.columns))
        for variable, weight in zip(z, weights, strict=True):
            cost[place[id(variable)]] = weight
        graphs = self.space.listing()
        for graph in graphs.take(np.arange(0, len(graphs), 1 + len(graphs) // FEW)):
            bounds = [(variable.lb, variable.ub) for variable in form.columns]
            for term, value in zip(self.cell.design, self.cell.design_of(graph), strict=True):
                if constant(term) is None:
                    bounds[place[id(term)]] = (value, value)
            chosen = self.chosen(graph)
            truth = sum(w for v, w in zip(z, weights, strict=True) if id(v) in chosen)
            for side in (1.0, -1.0):
                found = linprog(side * cost, bounds=bounds, **rows)
                if found.status != 0 or abs(side * found.fun - truth) > 1e-6:
                    return False
        return True


@pytest.mark.parametrize("name", SMALL_CASES)
def test_designs_force_the_joint_choices(name: str) -> None:
    assert Joined(name).forced()


def test_marginals_are_needed() -> None:
    joined = Joined("edges")
    joined.model.joint.J1_marginal.deactivate()
    assert not joined.forced()
    assert [c.local_name for c in joined.model.joint.component_objects(pyo.Constraint)] == [
        "J1_marginal"
    ]


@pytest.mark.parametrize("name", CASES)
def test_every_link_makes_marginals_equal(name: str) -> None:
    """Whatever two clusters share has equal marginals: the rows span the difference."""
    joined = Joined(name)
    form = standard_form(joined.model.joint)
    place = {id(variable): i for i, variable in enumerate(form.columns)}
    rows = form.matrix.toarray()
    rank = np.linalg.matrix_rank(rows)
    clusters = joined.joint.clusters
    for one, other in combinations(clusters, 2):
        looks = one.looks & other.looks
        if not looks:
            continue
        shared = sorted({edge for edge, _ in looks})
        state = one.of(shared, looks)[len(one.states) // 2]
        row = np.zeros(len(form.columns))
        for cluster, sign in ((one, 1.0), (other, -1.0)):
            for at, variable in zip(cluster.of(shared, looks), cluster.one_hot, strict=True):
                row[place[id(variable)]] += sign * (at == state).all()
        assert np.linalg.matrix_rank(np.vstack([rows, row])) == rank


@pytest.mark.parametrize("name", CASES)
def test_counts_and_products_are_those_of_the_numbers(name: str) -> None:
    joined = Joined(name)
    graphs = joined.space.listing()
    graphs = graphs.take(np.arange(0, len(graphs), 1 + len(graphs) // 300))
    counts = np.concatenate([counts_of(m, graphs) for m in joined.maps], axis=1).astype(float)
    root = np.random.default_rng(0).standard_normal((counts.shape[1],) * 2)
    S = root + root.T
    coefficients = joined.joint.quadratic(S)
    indicators = joined.joint.indicators(joined.joint.terms)
    for graph, c in zip(graphs, counts, strict=True):
        clusters = zip(joined.joint.clusters, coefficients, strict=True)
        found = sum(part[joined.place(cluster, graph)] for cluster, part in clusters)
        assert found == pytest.approx(c @ S @ c, abs=1e-9)
        chosen = joined.chosen(graph)
        told = np.zeros(len(c))
        for column, terms in indicators.items():
            told[column] = sum(id(term) in chosen for term in terms)
        assert told.tolist() == c.tolist()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("nasbench201", [125, 125, 625, 625, 625, 625]), ("distances", [25] * 15 + [160] * 6)],
)
def test_clusters_see_all_pairs_of_terms(name: str, wanted: list[int]) -> None:
    joined = Joined(name)
    assert sorted(len(cluster.states) for cluster in joined.joint.clusters) == wanted
    for one, other in combinations(joined.joint.terms, 2):
        assert any(c.looks >= one.looks | other.looks for c in joined.joint.clusters)


def problem_of(name: str, options: ModelOptions = ModelOptions()) -> AcquisitionProblem:
    space, maps = CASES[name]
    return acquisition_problem(LowerConfidenceBound(1.0), believed(space, maps), space, options)


@pytest.mark.parametrize("name", SMALL_CASES)
@pytest.mark.parametrize("count", [1, 3, 9])
def test_exclusions_cut_off_what_they_should_and_nothing_else(name: str, count: int) -> None:
    joined = Joined(name)
    graphs = list(joined.space.listing())
    rng = np.random.default_rng(count)
    gone = {int(i) for i in rng.choice(len(graphs), min(count, len(graphs)), replace=False)}
    rows = list(joined.joint.excluding([joined.states(graphs[i]) for i in gone]))
    if name in APART:
        assert rows == []
        return
    for i, graph in enumerate(graphs):
        chosen = joined.chosen(graph)
        over = [sum(id(z) in chosen for z in row) > most for row, most in rows]
        assert any(over) == (i in gone)


def test_nothing_is_excluded_without_graphs() -> None:
    assert list(Joined("edges").joint.excluding([])) == []


NODES = nasbench101([4])
LONG = CellSpace("long", (6,), (), ("skip",), (TopologicalOrder(), MaxEdges(5)), Indexed())
# two paths of it have up to seven edges
WIDE = CellSpace(
    "wide", (5,), (), ("skip", "a", "b", "c"), (TopologicalOrder(), MaxEdges(4)), Indexed()
)


@pytest.mark.parametrize(
    ("space", "maps"),
    [
        (LONG, feature_maps_of(LONG, "ssp+el")),
        (NODES, feature_maps_of(NODES, "op-paths")),
        (WIDE, feature_maps_of(WIDE, "el+op-paths")),
    ],
    ids=["distances over many edges", "labels of nodes", "too many states"],
)
def test_where_there_are_no_joint_choices(space: CellSpace, maps: tuple[FeatureMap, ...]) -> None:
    posterior = believed(space, maps)
    problem = acquisition_problem(LowerConfidenceBound(1.0), posterior, space)
    assert problem.counts.joint is None


def test_joint_choices_are_for_deviations() -> None:
    assert problem_of("edges").counts.joint is not None
    assert problem_of("edges", ModelOptions(joint=False)).counts.joint is None
    space, maps = CASES["edges"]
    problem = acquisition_problem(PosteriorMean(), believed(space, maps), space)
    assert problem.counts.joint is None


@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(2.0), PosteriorMean()], ids=repr)
@pytest.mark.parametrize("name", [*CASES, "numbers mean nothing"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_optimum_is_that_of_enumeration(name: str, seed: int, acquisition: Acquisition) -> None:
    """With half of the space excluded, or the observed graphs."""
    space, maps = CASES.get(name, (UNNUMBERED, (PATHS,)))
    rng = np.random.default_rng(seed)
    listing = space.listing()
    posterior = believed(space, maps, seed, count=min(30, len(listing)), noise=1e-3)
    gone = list(posterior.observed)
    if len(listing) < 1000:
        gone = list(listing.take(rng.choice(len(listing), len(listing) // 2, replace=False)))
    task = Task(acquisition, posterior, space, gone)
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 3)]
    for options in (ModelOptions(), ModelOptions(joint=False)):
        optima = MipOptimizer(HighsSolver(), options).minimize(task, 3, Limits(seconds=20.0))
        assert [o.certificate.value for o in optima] == pytest.approx(truths, abs=2e-4)
        for optimum, truth in zip(optima, truths, strict=True):
            assert optimum.certificate.lower_bound is not None
            assert optimum.certificate.lower_bound <= truth + 1e-6
