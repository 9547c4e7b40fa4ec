"""Op paths as rows: equal to the numbers at every design, bounded, tight, each family needed."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import OptimizeResult, linprog

from nasgoat.acquisition import Acquisition, LowerConfidenceBound, PosteriorMean
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import FeatureMap, LinearKernel, NodeLabels, OpPaths
from nasgoat.mip import Cell, Count, encode_counts
from nasgoat.mip.terms import constant
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    Indexed,
    TopologicalOrder,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat.surrogate import feature_maps_of
from tests.mip.oracles_mip import TERMINALS, cell_of, indexed_graphs
from tests.oracles import StandardForm, standard_form

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ANY_CELL = CellSpace(
    "any", (4,), ("input", "a", "skip", "output"), (), (TopologicalOrder(), *TERMINALS)
)
FIVE = CellSpace("5", (5,), ("input", "a", "skip", "output"), (), (TopologicalOrder(), *TERMINALS))
EDGES = CellSpace("edges", (4,), (), ("skip", "a"), identity=Indexed())
CASES: dict[str, tuple[CellSpace, OpPaths]] = {
    "nasbench201": (nasbench201("any"), OpPaths(4, (1, 2, 3), 0, 3, "edges")),
    "nasbench201, short": (nasbench201(), OpPaths(4, (1, 2, 3), 0, 1, "edges")),
    "edges": (EDGES, OpPaths(4, (1,), 0, 3, "edges")),
    "edges, length 1": (EDGES, OpPaths(4, (1,), 0, 1, "edges")),
    "edges, length 0": (EDGES, OpPaths(4, (1,), 0, 0, "edges")),
    "edges, none skipped": (EDGES, OpPaths(4, (1, 0), None, 2, "edges")),
    "nodes": (nasbench101([5]), OpPaths(7, (1, 2, 3), None, 5, "nodes")),
    "nodes, short": (nasbench101([5]), OpPaths(5, (1, 2), 3, 1, "nodes")),
    "nodes, any": (ANY_CELL, OpPaths(4, (1,), 2, 2, "nodes")),
    "nodes, length 0": (ANY_CELL, OpPaths(4, (1,), 2, 0, "nodes")),
    "nodes, length 1": (FIVE, OpPaths(5, (1,), 2, 1, "nodes")),
    "two nodes": (nasbench101([2]), OpPaths(2, (1, 2, 3), None, 0, "nodes")),
    "trees": (nasbench_graph(("gcn", "gat", "skip")), OpPaths(6, (1, 2), 3, 3, "nodes")),
    "trees, short": (nasbench_graph(("gcn", "gat", "skip")), OpPaths(6, (1, 2), 3, 2, "nodes")),
}
MOST = 120  # graphs of a case, two linear programs each


@dataclass(frozen=True)
class Counted:
    """A space with the counts of a feature map on a model of its own."""

    model: pyo.ConcreteModel
    cell: Cell
    feature_map: OpPaths
    counts: list[Count]

    @classmethod
    def of(cls, space: CellSpace, feature_map: OpPaths, dropped: str | None = None) -> "Counted":
        held = cell_of(space, "layered")
        held.model.map = pyo.Block()
        counts = encode_counts(feature_map, held.model.map, held.cell.handles)
        held.model.weighed = pyo.Var(range(len(counts)))

        @held.model.Constraint(range(len(counts)))
        def is_count(model, i):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return model.weighed[i] == counts[i].expression

        if dropped is not None:
            rows = [
                row
                for row in held.model.map.component_objects(pyo.Constraint)
                if row.local_name == dropped and len(row)
            ]
            assert rows
            for row in rows:
                row.deactivate()
        return cls(held.model, held.cell, feature_map, counts)

    def numbers(self, batch: GraphBatch) -> Floats:
        """The number side, in the order of ``counts``."""
        return self.feature_map.counts(batch)[:, [count.column for count in self.counts]] * 1.0


class Programs:
    """Linear programs over the relaxation of a ``Counted``."""

    def __init__(self, counted: Counted) -> None:
        self.counted = counted
        self.form: StandardForm = standard_form(counted.model)
        self.place = {id(variable): i for i, variable in enumerate(self.form.columns)}
        matrix, rhs, senses = self.form.matrix, self.form.rhs, self.form.senses
        sign = senses[senses != 0]
        self.rows = {
            "A_eq": matrix[senses == 0],
            "b_eq": rhs[senses == 0],
            "A_ub": matrix[senses != 0].multiply(sign[:, None]).tocsr(),
            "b_ub": sign * rhs[senses != 0],
        }
        self.bounds = [(variable.lb, variable.ub) for variable in self.form.columns]
        self.counts = [self.place.get(id(v)) for v in counted.model.weighed.values()]

    def minimum(self, cost: Floats, graph: LabeledGraph | None = None) -> OptimizeResult:
        """Least ``cost . counts``, at a graph's design if there is one."""
        objective = np.zeros(len(self.bounds))
        for column, weight in zip(self.counts, cost, strict=True):
            if column is not None:
                objective[column] = weight
        bounds = list(self.bounds)
        cell = self.counted.cell
        for term, value in zip(cell.design, cell.design_of(graph) if graph else (), strict=False):
            if constant(term) is None:
                bounds[self.place[id(term)]] = (value, value)
        return linprog(objective, bounds=bounds, **self.rows)

    def forced(self, graphs: GraphBatch) -> bool:
        """Whether the design of every graph forces its counts to those of the number side."""
        numbers = self.counted.numbers(graphs)
        known = [constant(count.expression) for count in self.counted.counts]
        cost = np.random.default_rng(0).uniform(1.0, 2.0, len(known))
        cost[[value is not None for value in known]] = 0.0
        for graph, truth in zip(graphs, numbers, strict=True):
            for side in (1.0, -1.0):
                found = self.minimum(side * cost, graph)
                if found.status != 0 or abs(side * found.fun - cost @ truth) > 1e-6:
                    return False
        return True


def some(space: CellSpace) -> GraphBatch:
    graphs = space.listing() if space.size() > 20_000 else indexed_graphs(space)
    return graphs.take(np.arange(0, len(graphs), 1 + len(graphs) // MOST))


@pytest.mark.parametrize("name", CASES)
def test_a_design_forces_its_counts(name: str) -> None:
    space, feature_map = CASES[name]
    counted = Counted.of(space, feature_map)
    assert Programs(counted).forced(some(space))
    columns = [count.column for count in counted.counts]
    assert len(set(columns)) == len(columns)
    others = np.delete(feature_map.counts(space.listing()), columns, axis=1)
    assert not others.any()  # a column without a count is zero on all graphs


@pytest.mark.parametrize("name", CASES)
def test_no_graph_exceeds_the_upper_bounds(name: str) -> None:
    space, feature_map = CASES[name]
    counted = Counted.of(space, feature_map)
    upper = np.array([count.upper for count in counted.counts])
    numbers = counted.numbers(space.listing())
    assert (numbers <= upper).all()
    known = [constant(count.expression) for count in counted.counts]
    for values, value in zip(numbers.T, known, strict=True):
        assert value is None or (values == value).all()


@pytest.mark.parametrize("name", ["nasbench201", "edges", "nodes, any", "nodes, length 1"])
def test_upper_bounds_are_reached(name: str) -> None:
    space, feature_map = CASES[name]
    counted = Counted.of(space, feature_map)
    upper = [count.upper for count in counted.counts]
    assert counted.numbers(indexed_graphs(space)).max(axis=0).tolist() == upper


@pytest.mark.parametrize("skip", [None, 3])
@pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
def test_upper_bounds_of_nodes_are_reached_where_all_edges_are_there(
    n: int, skip: int | None
) -> None:
    alphabet = ("input", "a", "b", *(["skip"] if skip else []), "output")
    ends = (TERMINALS[0], type(TERMINALS[1])(-1, len(alphabet) - 1, only_there=True))
    space = CellSpace("full", (n,), alphabet, (), (TopologicalOrder(), *ends))
    feature_map = OpPaths(n, (1, 2), skip, n - 2, "nodes")
    counts = Counted.of(space, feature_map).counts
    edges = tuple(combinations(range(n), 2))
    labels = product(range(1, len(alphabet) - 1), repeat=n - 2)
    cells = [LabeledGraph(n, edges, (0, *inner, len(alphabet) - 1)) for inner in labels]
    numbers = feature_map.counts(GraphBatch.of(cells)).max(axis=0)
    assert [numbers[count.column] for count in counts] == [count.upper for count in counts]
    assert len(counts) == feature_map.n_features


@pytest.mark.parametrize("longest", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_the_relaxation_of_nasbench201_is_its_convex_hull(seed: int, longest: int) -> None:
    """Its paths share single edges only, whose labels are one-hot: nothing is left between them."""
    space = nasbench201("any")
    counted = Counted.of(space, OpPaths(4, (1, 2, 3), 0, longest, "edges"))
    rng = np.random.default_rng(seed)
    cost = rng.standard_normal(len(counted.counts))
    truth = (counted.numbers(space.listing()) @ cost).min()
    assert Programs(counted).minimum(cost).fun == pytest.approx(truth, abs=1e-7)


FAMILIES = {
    "W1_edge": "nodes, any",
    "W1_path": "nodes, any",
    "W2_words": "nodes, any",
    "W3_label": "edges",
    "W4_operation": "edges, length 1",
    "W5_skips": "edges, length 1",
}


@pytest.mark.parametrize(("family", "name"), FAMILIES.items())
def test_every_family_is_needed(family: str, name: str) -> None:
    space, feature_map = CASES[name]
    assert not Programs(Counted.of(space, feature_map, family)).forced(some(space))


def test_the_families_are_these() -> None:
    counted = Counted.of(*CASES["edges, length 1"])
    found = counted.model.map.component_objects(pyo.Constraint)
    assert {row.local_name for row in found} == FAMILIES.keys()


def test_what_has_no_encoding() -> None:
    feature_map = OpPaths(3, (0, 1), None, 1, "nodes")
    held = cell_of(digraphs(3, rules=(Acyclic(),), node_alphabet=("a", "b")), "paper")
    with pytest.raises(NoEncodingError, match="u < v"):
        encode_counts(feature_map, pyo.Block(concrete=True), held.cell.handles)
    held = cell_of(nasbench101([4]), "layered")
    with pytest.raises(NoEncodingError, match=r"labels \[2, 3\]"):
        encode_counts(
            OpPaths(4, (1,), None, 1, "nodes"), pyo.Block(concrete=True), held.cell.handles
        )


def solved(
    space: CellSpace,
    maps: tuple[FeatureMap, ...],
    seed: int,
    count: int,
    acquisition: Acquisition,
) -> None:
    """The MIP's optimum is that of exhaustive search, and its bound is true."""
    rng = np.random.default_rng(seed)
    observed = GraphBatch.of([space.sample(rng) for _ in range(count)], max(space.sizes))
    kernel = LinearKernel(maps, tuple((10.0 ** rng.uniform(-1, 1, len(maps))).tolist()))
    targets = kernel.gram(observed, observed)[0] + rng.standard_normal(count)
    posterior = FeaturePosterior.of(kernel, observed, targets, 0.05)
    task = Task(acquisition, posterior, space, list(observed)[::2])
    truth = ExhaustiveOptimizer().minimize(task)[0].certificate.value
    proven = MipOptimizer().minimize(task, 1, Limits(seconds=20.0))[0].certificate
    scale = max(1.0, abs(truth))
    assert proven.lower_bound is not None
    assert proven.lower_bound <= truth + 1e-6 * scale
    if proven.status == "optimal":
        assert proven.value == pytest.approx(truth, abs=1e-4 * scale)
        assert proven.gap is not None
        assert proven.gap <= 1e-4


@pytest.mark.parametrize("beta", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("count", [5, 40, 160])
@pytest.mark.parametrize("seed", range(2))
def test_optimum_on_nasbench201(seed: int, count: int, beta: float) -> None:
    space = nasbench201(("any", "source-sink")[seed % 2])
    maps = feature_maps_of(space, "el+op-paths")
    solved(space, maps, seed, count, LowerConfidenceBound(beta))


@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(4.0), PosteriorMean()], ids=repr)
@pytest.mark.parametrize(
    "name", ["nodes", "nodes, short", "trees", "trees, short", "edges, length 1"]
)
def test_optimum_elsewhere(name: str, acquisition: Acquisition) -> None:
    """Symmetry rows are written where numberings mean nothing."""
    space, feature_map = CASES[name]
    maps: tuple[FeatureMap, ...] = (feature_map,)
    if space.node_alphabet:
        maps += (NodeLabels(len(space.node_alphabet)),)
    solved(space, maps, 3, 15, acquisition)


def test_optimum_over_several_node_counts() -> None:
    space = nasbench101([2, 3, 4, 5])
    solved(space, feature_maps_of(space, "nl+op-paths"), 1, 20, LowerConfidenceBound(1.0))
