"""The whole acquisition model agrees with the number side, graph by graph."""

import numpy as np
import pytest

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    EdgeLabels,
    ShortestPathLengths,
    default_feature_maps,
    stacked_features,
)
from nasgoat.mip import (
    NO_SYMMETRY,
    AcquisitionProblem,
    ModelOptions,
    Symmetry,
    acquisition_problem,
)
from nasgoat.mip.majorant import split
from nasgoat.mip.terms import constant
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.solve import standard_form
from nasgoat.spaces import CellSpace, UpToIsomorphism, nasbench101, nasbench201
from tests import oracles
from tests.mip.oracles_mip import (
    DIGRAPHS,
    SMALL,
    at_point,
    believed,
    indexed_graphs,
    kernel_maps,
    small_problem,
)

SPACES = {
    name: SMALL[name]
    for name in ("nb101-4", "edge-labels", "edge-count", "edge-budget", "node-budget", "parts")
} | {name: DIGRAPHS[name] for name in ("all", "labelled", "edge-labelled")}
KINDS = ("lcb", "explore", "mean", "thompson")


def acquisition_of(kind: str, posterior: FeaturePosterior) -> Acquisition:
    if kind == "thompson":
        return ThompsonSample.draw(posterior, np.random.default_rng(3))
    betas = {"lcb": 1.0, "explore": 9.0}
    return LowerConfidenceBound(betas[kind]) if kind in betas else PosteriorMean()


def problem_of(name: str, kind: str, **options: object) -> AcquisitionProblem:
    space = SPACES[name]
    posterior = believed(space, kernel_maps(space, 0), 1)
    written = ModelOptions(symmetry=NO_SYMMETRY, **options)  # type: ignore[arg-type]
    return acquisition_problem(acquisition_of(kind, posterior), posterior, space, written)


def some(space: CellSpace, count: int) -> list[LabeledGraph]:
    graphs = indexed_graphs(space)
    return list(graphs)[:: 1 + len(graphs) // count]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SPACES)
def test_quadratic_model_at_a_design_has_the_value_of_the_graph(name: str, kind: str) -> None:
    """V4 and V6 active, solved by SCIP through Pyomo's own interface: any such solver will do."""
    pytest.importorskip("pyscipopt")
    from pyomo.contrib.solver.solvers.scip.scip_direct import ScipDirect  # noqa: PLC0415

    problem = problem_of(name, kind)
    opened = [t for t in problem.cell.design if constant(t) is None]
    scip = ScipDirect()
    for graph in some(problem.cell.space, 8):
        values = dict(zip(map(id, problem.cell.design), problem.cell.design_of(graph), strict=True))
        for term in opened:
            term.fix(values[id(term)])
        found = scip.solve(problem.model, load_solutions=False)
        # SCIP's feasibility tolerance of 1e-6 under the root
        assert found.incumbent_objective == pytest.approx(problem.value(graph), abs=2e-3)
        assert found.incumbent_objective <= problem.value(graph) + 1e-6
        for term in opened:
            term.unfix()


@pytest.mark.parametrize("encoding", ["layered", "paper"])
@pytest.mark.parametrize("kind", ["explore", "thompson"])
@pytest.mark.parametrize("name", SPACES)
def test_every_graph_is_a_point_of_the_linear_model(name: str, kind: str, encoding: str) -> None:
    if encoding == "layered" and name in DIGRAPHS:
        pytest.skip("no topological indexing")
    problem = problem_of(
        name, kind, encoding=encoding, joint=False
    )  # z: tests/mip/test_clusters.py
    graphs = indexed_graphs(problem.cell.space)
    graphs = graphs.take(np.arange(0, len(graphs), 1 + len(graphs) // 100))
    assert len(graphs) > 20
    rng = np.random.default_rng(0)
    if problem.belief.curves:
        problem.add_cuts(problem.first_cuts([]))
        for i in rng.integers(len(graphs), size=5):
            problem.add_cuts(problem.cuts_at(graphs[int(i)]))
        *squares, root = problem.belief.curves
        problem.add_cuts([square.tangent(float(rng.normal())) for square in squares])
        problem.add_cuts([root.tangent(d * d) for d in (0.0, 1e-4, 0.3, 5.0)])
    with problem.linear() as model:
        form = oracles.standard_form(model)
        objective = standard_form(model)
    points = at_point(form.columns, graphs, problem)
    assert form.broken(points, 1e-7) == []
    columns = [objective.column_of[id(variable)] for variable in form.columns]
    cost = objective.cost[columns]
    expected = problem.acquisition.values(problem.posterior, graphs)
    np.testing.assert_allclose(points @ cost + objective.offset, expected, atol=1e-8)
    low = np.array([variable.lb for variable in form.columns])
    high = np.array([variable.ub for variable in form.columns])
    assert ((points >= low - 1e-9) & (points <= high + 1e-9)).all()


@pytest.mark.parametrize("name", SPACES)
def test_tangents_are_tight_at_their_graph(name: str) -> None:
    problem = problem_of(name, "explore")
    for graph in some(problem.cell.space, 10):
        batch = GraphBatch.of([graph])
        curves = problem.belief.curves
        variables = [v for curve in curves for v in (curve.argument, curve.value)]
        (point,) = at_point(variables, batch, problem)
        values = dict(zip(map(id, variables), point, strict=True))
        cuts = problem.cuts_at(graph)
        assert len(cuts) == len(curves)
        for cut in cuts:
            body = sum(a * values[id(v)] for v, a in cut.terms)
            assert body == pytest.approx(cut.lower, abs=1e-7)


@pytest.mark.parametrize(
    "name", ["nb101-4", "edge-budget", "third-fixed", "interior", "unlabelled"]
)
@pytest.mark.parametrize("symmetry", [NO_SYMMETRY, Symmetry()])
def test_exclusions_cut_off_the_copies_and_nothing_else(name: str, symmetry: Symmetry) -> None:
    space = SMALL[name]
    problem = small_problem(space, PosteriorMean(), ModelOptions(symmetry=symmetry))
    graphs = indexed_graphs(space)
    keys = space.keys(graphs)
    held = [problem.cell.symmetry.holds(graph) for graph in graphs]
    designs = [problem.cell.design_of(graph) for graph in graphs]
    variables = problem.cell.design
    for i in range(0, len(graphs), 1 + len(graphs) // 12):
        cuts = problem.exclude(graphs[i])
        for j, design in enumerate(designs):
            value_of = {id(v): x for v, x in zip(variables, design, strict=True)}
            alive = all(sum(a * value_of[id(v)] for v, a in c.terms) >= c.lower for c in cuts)
            if held[j]:
                assert alive == (keys[i] != keys[j])


def test_exclusions_of_other_sizes_and_other_spaces_are_empty() -> None:
    problem = small_problem(SMALL["nb101-4"])
    assert problem.exclude(nasbench101([3]).listing()[0]) == []
    assert problem.exclude(LabeledGraph(4, ((0, 1), (1, 3)), (0, 1, 1, 4))) == []
    narrow = small_problem(nasbench201("all-on-path"))
    assert narrow.exclude(LabeledGraph(4, ((0, 3),), None, (1,))) == []


@pytest.mark.parametrize("name", SPACES)
def test_variance_is_prior_minus_squares(name: str) -> None:
    space = SPACES[name]
    posterior = believed(space, kernel_maps(space, 0), 2, noise=1e-3)
    graphs = indexed_graphs(space)
    phi = stacked_features(posterior.kernel.maps, graphs)
    prior = (phi**2) @ posterior.kernel.prior_variances
    explained = ((phi @ posterior.covariance_factor.T) ** 2).sum(axis=1)
    std = posterior.mean_and_std(graphs)[1]
    np.testing.assert_allclose(prior - explained, std**2, atol=1e-10)
    kernel = KernelPosterior.of(
        posterior.kernel, posterior.observed, posterior.targets, posterior.noise
    )
    np.testing.assert_allclose(kernel.mean_and_std(graphs)[1], std, atol=1e-6)


def test_linear_restores_the_quadratic_rows() -> None:
    problem = small_problem(SMALL["nb101-3"])
    quadratic = (problem.model.belief.V4_square[0], problem.model.belief.V6_deviation)
    with problem.linear():
        assert not any(row.active for row in quadratic)
    assert all(row.active for row in quadratic)
    with pytest.raises(RuntimeError), problem.linear():
        raise RuntimeError
    assert all(row.active for row in quadratic)


@pytest.mark.parametrize("kind", ["mean", "thompson"])
def test_a_linear_objective_has_no_variance(kind: str) -> None:
    problem = problem_of("nb101-4", kind)
    graph = indexed_graphs(SMALL["nb101-4"])[0]
    assert not problem.belief.curves
    assert problem.cuts_at(graph) == problem.first_cuts([graph]) == []


def test_no_form_says_what_to_do() -> None:
    space = SMALL["nb101-4"]
    posterior = believed(space, kernel_maps(space, 0))
    with pytest.raises(NoEncodingError, match="use lcb, mean or thompson"):
        acquisition_problem(ExpectedImprovement(0.0), posterior, space)


def test_indexed_features_need_an_indexed_identity() -> None:
    indexed = SMALL["edge-labels"]
    space = CellSpace("iso", (3,), (), ("x", "y", "z"), identity=UpToIsomorphism())
    posterior = believed(space, (EdgeLabels(3, 3),))
    with pytest.raises(NoEncodingError, match="identity Indexed"):
        acquisition_problem(PosteriorMean(), posterior, space)
    acquisition_problem(PosteriorMean(), posterior, indexed)


def test_every_column_has_finite_bounds() -> None:
    for name in SPACES:
        with problem_of(name, "lcb").linear() as model:
            form = standard_form(model)
        assert np.isfinite(form.lower).all()
        assert np.isfinite(form.upper).all()


@pytest.mark.parametrize("maps", [default_feature_maps(5, 0, 0), (ShortestPathLengths(7),)])
def test_maps_may_be_wider_than_the_space(maps: tuple[ShortestPathLengths, ...]) -> None:
    space = SMALL["unlabelled"]
    problem = acquisition_problem(LowerConfidenceBound(), believed(space, maps), space)
    graphs = indexed_graphs(space)
    with problem.linear() as model:
        form = oracles.standard_form(model)
    kept = graphs.take(np.array([problem.cell.symmetry.holds(graph) for graph in graphs]))
    assert form.broken(at_point(form.columns, kept, problem), 1e-7) == []


def test_counts_of_one_name_share_a_variable() -> None:
    space = SMALL["nb101-4"]
    maps = kernel_maps(space, 0)
    problem = acquisition_problem(LowerConfidenceBound(), believed(space, maps), space)
    alone = acquisition_problem(LowerConfidenceBound(), believed(space, maps[:1]), space)
    assert len(problem.counts.variable) == len(alone.counts.variable)
    assert (np.count_nonzero(problem.counts.J, axis=0) == 2).any()


@pytest.mark.parametrize("name", SPACES)
def test_features_are_made_of_the_counts(name: str) -> None:
    problem = problem_of(name, "lcb")
    graphs = indexed_graphs(problem.cell.space)
    expected = stacked_features(problem.posterior.kernel.maps, graphs)
    counts = problem.counts.of(graphs)
    np.testing.assert_allclose(counts @ problem.counts.J.T, expected, atol=1e-12)
    assert (counts <= problem.counts.upper).all()
    known = ~np.isnan(problem.counts.known)
    assert (counts[:, known] == problem.counts.known[known]).all()


@pytest.mark.parametrize("name", SPACES)
def test_variance_row_is_tight_at_every_graph(name: str) -> None:
    """V5 with q = w^2 and Q the variance leaves no slack: a false bound would begin here."""
    problem = problem_of(name, "explore", joint=False)
    graphs = indexed_graphs(problem.cell.space)
    row = problem.model.belief.V5_variance
    with problem.linear() as model:
        form = oracles.standard_form(model)
    (i,) = [i for i, label in enumerate(form.names) if label == row.name]
    points = at_point(form.columns, graphs, problem)
    body = (form.matrix[[i]] @ points.T)[0]
    np.testing.assert_allclose(body, form.rhs[i], atol=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_a_split_is_exact_and_its_diagonal_is_above(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, rank = int(rng.integers(1, 30)), int(rng.integers(0, 20))
    prior = np.diag(10.0 ** rng.uniform(-3, 2, count))
    if seed % 3 == 0:  # counts that are sums of others
        mixing = rng.normal(size=(count, count))
        prior = mixing.T @ prior @ mixing
    root = np.linalg.cholesky(prior + 1e-12 * np.eye(count))
    basis = np.linalg.qr(rng.normal(size=(count, count)))[0][:, : min(rank, count)]
    shares = 1.0 - 10.0 ** rng.uniform(-9, 0, basis.shape[1])
    informed = np.sqrt(shares)[:, None] * basis.T @ root.T
    typical = 10.0 ** rng.uniform(-2, 1, count)
    part = split(prior, informed, typical)
    S = prior - informed.T @ informed
    scale = np.abs(prior).max()
    np.testing.assert_allclose(np.diag(part.D) - part.G.T @ part.G, S, atol=1e-13 * scale * count)
    assert (part.D >= 0.0).all()
