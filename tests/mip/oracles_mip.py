"""Spaces, random problems and twins that the tests of mip, solve and optimize share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from nasgoat.acquisition import (
    Acquisition,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.graphs import GraphBatch, LabeledGraph, on_shortest_path, shortest_distances
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    LinearKernel,
    NodeLabels,
    OpCounts,
    ShortestPathLengths,
    ShortestPaths,
)
from nasgoat.mip import (
    NO_SYMMETRY,
    AcquisitionProblem,
    Cell,
    Encoding,
    LayeredEncoding,
    LinearBelief,
    ModelOptions,
    Symmetry,
    acquisition_problem,
    cell_block,
)
from nasgoat.mip.terms import constant
from nasgoat.posterior import FeaturePosterior
from nasgoat.solve import standard_form as compiled
from nasgoat.spaces import (
    NASBENCH101_OPS,
    Acyclic,
    CellSpace,
    Chain,
    FixedLabel,
    InDegree,
    InDegrees,
    Indexed,
    LabelBudget,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    ParameterLimit,
    Parts,
    SingleSink,
    SingleSource,
    SkipNormalForm,
    SourceReachesSink,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
    UpToIsomorphism,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from tests.oracles import count_points

Floats = NDArray[np.float64]

SKIP = 2  # the label of skip in SMALL["trees"]
OPS = ("input", "a", "b", "output")
TERMINALS = (FixedLabel(0, 0, only_there=True), FixedLabel(-1, 3, only_there=True))
CELL = (TopologicalOrder(), OnPath(), *TERMINALS)


def node_space(name: str, sizes: tuple[int, ...], *rules: object) -> CellSpace:
    """A cell with two operations, and further rules."""
    return CellSpace(name, sizes, OPS, (), (*CELL, *rules))  # type: ignore[arg-type]


# Each rule class at least once, each small enough to be listed in no time.
SMALL: dict[str, CellSpace] = {
    "nb101-3": nasbench101([3]),
    "nb101-4": nasbench101([4]),
    "nb201-path": nasbench201("all-on-path"),
    "edge-labels": CellSpace("e", (3,), (), ("x", "y", "z"), identity=Indexed()),
    "edge-count": CellSpace(
        "ec",
        (4,),
        (),
        ("x", "y"),
        (TopologicalOrder(), SourceReachesSink(), MaxLabelCount(1, 2, "edges"), MaxEdges(4)),
        Indexed(),
    ),
    "edge-budget": CellSpace(
        "eb",
        (4,),
        (),
        ("x", "y"),
        (TopologicalOrder(), OnPath(), LabelBudget((1.5, 0.25), 3.0, "edges")),
    ),
    "parameters": nasbench101([4]).with_rules(ParameterLimit(9_000_000)),
    "parameters-anywhere": CellSpace(
        "pw",
        (3,),
        ("input", *NASBENCH101_OPS, "output"),
        (),
        (TopologicalOrder(), OnPath(), ParameterLimit(12_000_000)),
    ),
    "node-count": node_space("nc", (4,), MaxLabelCount(2, 1)),
    "node-budget": node_space("nb", (4,), LabelBudget((0.0, 3.0, 2.0, 0.0), 5.0)),
    "in-degree": node_space("id", (5,), InDegree(at_most=1), MaxEdges(6)),
    "source-sink": CellSpace(
        "ss", (5,), ("a", "b"), (), (TopologicalOrder(), SingleSource(), SingleSink(), MaxEdges(6))
    ),
    "interior": node_space("in", (5,), FixedLabel(2, 1), MaxEdges(6)),
    "second-last": node_space("sl", (5,), FixedLabel(-2, 2), MaxEdges(5)),
    "chain": node_space("ch", (5,), Chain(skips=True)),
    "path": node_space("pa", (5,), Chain()),
    "unlabelled": CellSpace("u", (5,), rules=(TopologicalOrder(), OnPath())),
    "trees": nasbench_graph(("gcn", "skip")),
    "bare-trees": CellSpace(
        "bt",
        (4,),
        ("input", "a", "skip", "output"),
        (),
        (TopologicalOrder(), *TERMINALS, SkipNormalForm(SKIP)),
    ),
    "all-trees": nasbench_graph(("gcn", "gat"), normal_form=False),
    "third-fixed": CellSpace("tf", (5,), OPS, (), CELL, UpToIsomorphism((0, 2, -1))),
    "parts": CellSpace(
        "pa",
        (5,),
        (),
        ("x", "y"),
        (TopologicalOrder(), Parts((1, 4)), InDegrees((0, 0, 0, 1, 2))),
        Indexed(),
    ),
    "free-ends": CellSpace(
        "fe", (4,), ("a", "b"), (), (TopologicalOrder(), InDegree(2, 1)), UpToIsomorphism(())
    ),
}
DIGRAPHS: dict[str, CellSpace] = {
    "all": digraphs(3),
    "up-to-isomorphism": digraphs(3, up_to_isomorphism=True),
    "acyclic": digraphs(4, rules=(Acyclic(),)),
    "undirected": digraphs(4, rules=(Undirected(),)),
    "strong": digraphs(3, rules=(StronglyConnected(),), up_to_isomorphism=True),
    "undirected-strong": digraphs(4, rules=(Undirected(), StronglyConnected())),
    "labelled": digraphs(3, rules=(Acyclic(), SingleSource()), node_alphabet=("a", "b")),
    "labelled-any": digraphs(3, node_alphabet=("a", "b"), up_to_isomorphism=True),
    "collecting": digraphs(4, rules=(Acyclic(), LeavesFeedSink(), InDegree(at_most=2))),
    "two-ends": digraphs(4, rules=(SingleSource(), SingleSink(), MaxEdges(6))),
    "to-sink": digraphs(3, rules=(SourceReachesSink(),)),
    "on-path": digraphs(3, rules=(OnPath(), InDegree.exactly(1))),
    "edge-labelled": CellSpace("el", (3,), (), ("x", "y"), (MaxEdges(3),), Indexed()),
}


@cache
def indexed_graphs(space: CellSpace) -> GraphBatch:
    """Every indexed graph of a space of one size, by plain loops."""
    n = space.sizes[0]
    pairs = list(combinations(range(n), 2) if space.is_topological else permutations(range(n), 2))
    graphs = []
    for chosen in product((False, True), repeat=len(pairs)):
        edges = tuple(pair for pair, there in zip(pairs, chosen, strict=True) if there)
        labellings = product(range(len(space.edge_alphabet) or 1), repeat=len(edges))
        graphs += [
            LabeledGraph(n, edges, None, labels if space.edge_alphabet else None)
            for labels in labellings
        ]
    batch = GraphBatch.of(graphs, n)
    if space.node_alphabet:
        for rule in space.rules:
            batch = batch.take(rule.holds(batch)) if rule.structural else batch
        table = np.array(list(product(range(len(space.node_alphabet)), repeat=n)), np.int8)
        repeated = batch.take(np.repeat(np.arange(len(batch)), len(table)))
        batch = replace(repeated, node_labels=np.tile(table, (len(batch), 1)))
    return space.members(batch)


def kernel_maps(space: CellSpace, kind: int) -> tuple[FeatureMap, ...]:
    """One of the sets of feature maps that fit a space."""
    n, labels = max(space.sizes), len(space.label_names)
    choices: list[tuple[FeatureMap, ...]] = [(ShortestPathLengths(n),)]
    if space.node_alphabet:
        choices = [
            (ShortestPaths(n, labels), NodeLabels(labels)),
            (ShortestPaths(n, labels),),
            (NodeLabels(labels),),
        ]
    elif space.edge_alphabet and isinstance(space.identity, Indexed):
        kinds = tuple(min(v, 2) for v in range(n))
        choices = [
            (ShortestPathLengths(n), EdgeLabels(n, labels)),
            (ShortestPathLengths(n),),
            (OpCounts(kinds, labels), EdgeLabels(n, labels)),
            (OpCounts(kinds, labels),),
        ]
    return choices[kind % len(choices)]


def believed(
    space: CellSpace,
    maps: tuple[FeatureMap, ...],
    seed: int = 0,
    *,
    count: int = 12,
    noise: float = 0.05,
    weights: tuple[float, ...] | None = None,
) -> FeaturePosterior:
    """A posterior on random members with standard normal targets."""
    rng = np.random.default_rng(seed)
    graphs = GraphBatch.of([space.sample(rng) for _ in range(count)], max(space.sizes))
    kernel = LinearKernel(maps, weights or (1.0,) * len(maps))
    return FeaturePosterior.of(kernel, graphs, rng.standard_normal(count), noise)


def random_acquisition(posterior: FeaturePosterior, rng: np.random.Generator) -> Acquisition:
    """LCB in half of the cases, the mean in a sixth, else a Thompson sample."""
    choice = int(rng.integers(6))
    if choice < 4:
        return LowerConfidenceBound((0.0, 0.01, 1.0, 9.0)[int(rng.integers(4))])
    return PosteriorMean() if choice == 4 else ThompsonSample.draw(posterior, rng)


def at_point(form_columns: list[pyo.Var], batch: GraphBatch, problem: Any = None) -> Floats:
    """Values of the variables of a cell, or of a whole problem, at every graph; ``(N, columns)``.

    Computed from numpy paths and feature maps, not from the rows.
    """
    n = batch.n
    distance = shortest_distances(batch.adjacency)
    reach = distance < n
    skips = batch.node_labels == SKIP
    above = reach & ~np.eye(n, dtype=np.bool_)
    above[:, 0] = False
    within = np.concatenate([(distance[..., None] <= np.arange(n)), reach[..., None]], axis=3)
    adjacency = batch.adjacency | np.eye(n, dtype=np.bool_)
    values: dict[str, Callable[..., Floats]] = {
        "A": lambda u, v: adjacency[:, u, v],
        "R": lambda u, v, s: within[:, u, v, s],
        "m": lambda u, w, v, s: within[:, u, w, s - 1] & batch.adjacency[:, w, v],
        "r": lambda u, v: reach[:, u, v],
        "d": lambda u, v: distance[:, u, v],
        "delta": lambda u, v, w: on_shortest_path(distance)[:, u, v, w],
        "is_at": lambda u, v, s: distance[:, u, v] == s,
        "F": lambda *i: (
            batch.node_labels[:, i[0]] == i[1]
            if len(i) == 2
            else batch.edge_labels[:, i[0], i[1]] == i[2]
        ),
        "chain": lambda v: ~(above & ~skips[:, :, None]).any(axis=1)[:, v],
        "p": lambda u, v, s, a, b: (
            (distance[:, u, v] == s)
            & (batch.node_labels[:, u] == a)
            & (batch.node_labels[:, v] == b)
        ),
        "feeding": lambda k: batch.adjacency[:, 1:, -1].sum(axis=1) == k,
        "nothing": lambda *_: np.zeros(len(batch)),
    }
    if problem is not None:
        values |= posterior_values(problem, batch)
    columns = []
    for variable in form_columns:
        index = variable.index()
        index = index if isinstance(index, tuple) else () if index is None else (index,)
        columns.append(values[variable.parent_component().local_name](*index))
    return np.stack(columns, axis=1).astype(float)


def posterior_values(problem: AcquisitionProblem, batch: GraphBatch) -> dict[str, Any]:
    """The same for the variables of the counts and of the variance."""
    counts = problem.counts.of(batch)
    values: dict[str, Any] = {
        "count": lambda j: counts[:, j],
        "z": lambda j, c: counts[:, j] == c,
    }
    belief = problem.belief
    if isinstance(belief, LinearBelief) and belief.variance is not None:
        unit = belief.variance.unit
        w = counts @ belief.variance.G.T
        variance = problem.posterior.mean_and_std(batch)[1] ** 2 / unit
        values |= {
            "w": lambda k: w[:, k],
            "q": lambda k: w[:, k] ** 2,
            "Q": lambda *_: variance,
            "t": lambda *_: np.sqrt(variance),
        }
    return values


@dataclass(frozen=True)
class CellModel:
    """A space on a model of its own, which dies with it."""

    model: pyo.ConcreteModel
    cell: Cell

    def drop(self, family: str) -> None:
        """Deactivate all families whose name ends so; there must be one."""
        rows = [
            row
            for row in self.model.component_objects(pyo.Constraint)
            if row.name.endswith(family) and len(row)
        ]
        assert rows
        for row in rows:
            row.deactivate()

    def count(self) -> int:
        """Number of integer points, one per graph; at most once per model.

        ``m`` of the layered encoding may be anything between its support and the product that
        bounds it from above; for the count it is made the product.
        """
        for variable in self.model.component_data_objects(pyo.Var):
            if variable.is_continuous():
                variable.domain = pyo.Integers
        paths = self.model.cell.paths
        if paths.component("m") is not None:
            layered = LayeredEncoding(self.cell.handles.n, paths.A, paths.R, paths.m)
            paths.whole = pyo.ConstraintList()
            for u, w, v, s in paths.m:
                both = layered.within(u, w, s - 1) + paths.A[w, v] - 1
                paths.whole.add(paths.m[u, w, v, s] >= both)
        return count_points(self.model)


def cell_of(space: CellSpace, encoding: Encoding, symmetry: Symmetry = NO_SYMMETRY) -> CellModel:
    """A space on a model of its own."""
    model = pyo.ConcreteModel()
    model.cell = pyo.Block()
    return CellModel(model, cell_block(model.cell, space, encoding, symmetry))


def encodings(space: CellSpace) -> tuple[Encoding, ...]:
    """Those that a space has."""
    return ("layered", "paper") if space.is_topological else ("paper",)


def small_problem(
    space: CellSpace,
    acquisition: Acquisition | None = None,
    options: ModelOptions = ModelOptions(symmetry=NO_SYMMETRY),
    seed: int = 0,
) -> AcquisitionProblem:
    """The acquisition problem of a space, LCB unless told otherwise."""
    posterior = believed(space, kernel_maps(space, 0), seed)
    return acquisition_problem(acquisition or LowerConfidenceBound(4.0), posterior, space, options)


def model_values(problem: AcquisitionProblem, graphs: Iterable[LabeledGraph]) -> Floats:
    """Least objective of the linear model at each graph's design, with the tangents at the graph.

    Infinite where the model holds no such graph.
    """
    with problem.linear() as model:
        form = compiled(model)
    values = []
    for graph in graphs:
        lower, upper = form.lower.copy(), form.upper.copy()
        held = True
        for term, value in zip(problem.cell.design, problem.cell.design_of(graph), strict=True):
            if constant(term) is None:
                column = form.column_of[id(term)]
                lower[column] = upper[column] = value
            else:
                held &= constant(term) == value
        cuts = problem.cuts_at(graph)
        matrix, least = np.zeros((len(cuts), len(lower))), np.zeros(len(cuts))
        for i, cut in enumerate(cuts):
            least[i] = cut.lower
            for variable, a in cut.terms:
                column = form.column_of.get(id(variable))
                if column is None:  # in no row at all, so free within its bounds
                    least[i] -= max(a * variable.lb, a * variable.ub)
                else:
                    matrix[i, column] = a
        constraints = [LinearConstraint(form.A, form.row_lower, form.row_upper)]
        if cuts:
            constraints.append(LinearConstraint(matrix, least, np.inf))
        found = milp(
            form.cost,
            constraints=constraints,
            bounds=Bounds(lower, upper),
            integrality=form.integer.astype(int),
        )
        values.append(found.fun + form.offset if held and found.fun is not None else np.inf)
    return np.array(values)
