"""The model of an exponential kernel: a relaxation everywhere, exact at visited graphs."""

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray

from nasgoat.acquisition import Acquisition, LowerConfidenceBound, PosteriorMean
from nasgoat.errors import EmptySpaceError, NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import ExponentialKernel, LinearKernel
from nasgoat.mip import AcquisitionProblem, ExponentialBelief, acquisition_problem
from nasgoat.mip.bends import bend, bend_block, chord
from nasgoat.mip.curves import Exponential
from nasgoat.mip.ranges import range_of
from nasgoat.mip.thresholds import thresholds_within
from nasgoat.posterior import KernelPosterior
from nasgoat.solve import standard_form
from tests.mip.oracles_mip import DIGRAPHS, SMALL, indexed_graphs, kernel_maps, model_values

SPACES = {**SMALL, **{name: DIGRAPHS[name] for name in ("undirected", "labelled", "edge-labelled")}}
STEEP = 5.0
WEIGHTS = (0.01, 1.0, STEEP)
TIGHT = 1e-5  # scipy's MIP tolerance of 1e-6, multiplied by the rows it is in


def posterior_on(name: str, weight: float = 1.0, noise: float = 1e-2) -> KernelPosterior:
    """A posterior on 12 random members, two of them the same."""
    space = SPACES[name]
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(11)]
    maps = kernel_maps(space, 0)
    kernel = ExponentialKernel(LinearKernel(maps, (weight,) * len(maps)), 2.0)
    batch = GraphBatch.of([*graphs, graphs[0]], max(space.sizes))
    return KernelPosterior.of(kernel, batch, rng.standard_normal(12), noise)


LCB = LowerConfidenceBound(2.0)


def problem_on(
    name: str, weight: float = 1.0, acquisition: Acquisition = LCB
) -> AcquisitionProblem:
    return acquisition_problem(acquisition, posterior_on(name, weight), SPACES[name])


def held(problem: AcquisitionProblem, most: int) -> list[LabeledGraph]:
    """Graphs of the model, spread over the space; symmetry rows leave the others out."""
    graphs = [g for g in indexed_graphs(problem.cell.space) if problem.cell.symmetry.holds(g)]
    return graphs[:: 1 + len(graphs) // most]


def errors(problem: AcquisitionProblem, graphs: list[LabeledGraph]) -> NDArray[np.float64]:
    """How far the model's least objective at each graph is above its value; negative: below."""
    values = np.array([problem.value(graph) for graph in graphs])
    found: NDArray[np.float64] = (model_values(problem, graphs) - values) / np.maximum(
        1.0, np.abs(values)
    )
    return found


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("name", SPACES)
def test_the_linear_model_is_a_relaxation_at_every_graph(name: str, weight: float) -> None:
    problem = problem_on(name, weight)
    graphs = held(problem, 12)
    problem.add_cuts(problem.first_cuts([]))
    problem.add_cuts(cut for graph in graphs[:3] for cut in problem.cuts_at(graph))
    assert errors(problem, graphs).max() <= TIGHT
    problem.refine(graphs[:3])
    assert errors(problem, graphs).max() <= TIGHT


@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(2.0), PosteriorMean()])
@pytest.mark.parametrize("name", ["nb101-4", "nb201-path", "edge-budget", "unlabelled"])
def test_a_visited_graph_is_exact(name: str, acquisition: Acquisition) -> None:
    problem = problem_on(name, STEEP, acquisition)
    graphs = held(problem, 6)
    assert problem.refine(graphs)
    assert not problem.refine(graphs)
    np.testing.assert_allclose(errors(problem, graphs), 0.0, atol=TIGHT)


def test_without_visits_it_is_not_exact() -> None:
    problem = problem_on("nb101-4", STEEP)
    assert errors(problem, held(problem, 6)).min() < -1e-4


@pytest.mark.parametrize("family", ["X5_chords", "X2_shares"])
def test_without_chords_the_bound_is_worthless(family: str) -> None:
    """Mutation: each family of the upper side is needed."""
    problem = problem_on("nb101-4", STEEP)
    graphs = held(problem, 6)
    problem.add_cuts(cut for graph in graphs for cut in problem.cuts_at(graph))
    before = errors(problem, graphs)
    rows = [
        row for row in problem.model.belief.component_objects(pyo.Constraint) if family in row.name
    ]
    assert rows
    for row in rows:
        row.deactivate()
    assert (errors(problem, graphs) < before - 1e-3).any()


def test_chords_that_are_too_low_are_noticed() -> None:
    """Mutation: with the curve itself as its upper bound's chord halved, graphs are lost."""
    problem = problem_on("nb101-4", STEEP)
    graphs = held(problem, 12)
    for row in problem.model.belief.component_data_objects(pyo.Var):
        if row.local_name == "e":
            row.setub(0.01)
    problem.add_cuts(cut for graph in graphs for cut in problem.cuts_at(graph))
    assert errors(problem, graphs).max() > 1e-3


@pytest.mark.parametrize("name", SPACES)
def test_ranges_hold_at_every_graph(name: str) -> None:
    problem = problem_on(name)
    belief = problem.belief
    assert isinstance(belief, ExponentialBelief)
    graphs = indexed_graphs(SPACES[name])
    parts = belief.exponents
    d = parts.of(problem.counts.of(graphs))
    assert (d >= parts.low).all()
    assert (d <= parts.high).all()
    kernel = belief.kernel
    k = kernel.gram(graphs, belief.posterior.observed)
    expected = kernel.variance * np.exp(parts.centre + d)[:, parts.group]
    np.testing.assert_allclose(k, expected, rtol=1e-9)
    arguments = belief.arguments(graphs)
    for column, curve in zip(arguments.T, belief.curves, strict=True):
        assert column.min() >= curve.argument.lb - 1e-9
        assert column.max() <= curve.argument.ub + 1e-9


def test_every_column_has_finite_bounds() -> None:
    for name in SPACES:
        with problem_on(name).linear() as model:
            form = standard_form(model)
        assert np.isfinite(form.lower).all()
        assert np.isfinite(form.upper).all()


@pytest.mark.parametrize("seed", range(10))
def test_a_bend_lies_between_its_tangents_and_its_chords(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, high = -(10.0 ** rng.uniform(-3, 1)), 10.0 ** rng.uniform(-3, 1)
    d = np.linspace(low, high, 200)
    (found,) = thresholds_within(np.array([low]), np.array([high]), np.ones(1), [d], seed)
    above = chord(d, low, high, found)
    assert (above >= bend(d) - 1e-12 * bend(d).max()).all()
    model = pyo.ConcreteModel()
    model.d = pyo.Var(bounds=(low, high))
    made = bend_block(model, model.d, low, high, found)
    assert isinstance(made.curve, Exponential)
    for a in np.linspace(low, high, 7):
        cut = made.curve.tangent(float(a / made.width))
        (_, one), (_, slope) = cut.terms
        body = one * bend(d) / made.scale + slope * d / made.width
        assert (body >= cut.lower - 1e-9).all()
        at = one * bend(a) / made.scale + slope * a / made.width
        assert at == pytest.approx(cut.lower, abs=1e-9)


def test_the_row_for_solvers_that_know_exp_is_the_bend() -> None:
    model = pyo.ConcreteModel()
    model.d = pyo.Var(bounds=(-0.5, 0.5))
    made = bend_block(model, model.d, -0.5, 0.5, [])
    for d in (-0.5, 0.1, 0.5):
        made.curve.argument.set_value(d / made.width)
        made.e.set_value(float(bend(d)) / made.scale)
        assert pyo.value(made.curve.row.body) == pytest.approx(
            pyo.value(made.curve.row.upper), abs=1e-12
        )


def test_thresholds_go_where_errors_cost_most() -> None:
    lows, highs = np.array([-1.0, -1.0]), np.array([1.0, 1.0])
    grid = np.linspace(-1.0, 1.0, 65)
    found = thresholds_within(lows, highs, np.array([1.0, 1e-3]), [grid, grid], 6)
    assert len(found[0]) == 6
    assert found[1] == []


def test_ranges_are_those_of_the_relaxation() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), bounds=(0.0, 3.0))
    model.row = pyo.Constraint(expr=model.x[0] + model.x[1] <= 4.0)
    low, high = range_of(model, model.x[0] + 2.0 * model.x[1] + 1.0)
    assert low == pytest.approx(1.0, abs=1e-4)
    assert high == pytest.approx(8.0, abs=1e-4)
    assert low <= 1.0
    assert high >= 8.0


def test_a_linear_kernel_posterior_has_no_exponential_form() -> None:
    posterior = posterior_on("nb101-4")
    assert isinstance(posterior.kernel, ExponentialKernel)
    linear = KernelPosterior.of(
        posterior.kernel.linear, posterior.observed, posterior.targets, posterior.noise
    )
    with pytest.raises(NoEncodingError, match="FeaturePosterior"):
        acquisition_problem(PosteriorMean(), linear, SPACES["nb101-4"])


def test_squares_that_matter_more_get_more_tangents() -> None:
    belief = problem_on("nb101-4").belief
    assert isinstance(belief, ExponentialBelief)
    variance = belief.variance
    assert variance is not None
    w = np.random.default_rng(0).uniform(-0.5, 0.5, (30, len(variance.squares)))
    counts = np.array(variance.tangent_counts(w, 5))
    order = np.argsort(variance.r * np.ptp(w, axis=0))
    assert (np.diff(counts[order]) >= 0).all()
    assert counts.min() >= 2
    assert abs(counts.mean() - 5.0) < 1.0
    assert variance.tangent_counts(np.zeros((1, len(w[0]))), 5) == [5] * len(w[0])


def test_ranges_over_nothing_say_so() -> None:
    model = pyo.ConcreteModel(name="nothing")
    model.x = pyo.Var([0, 1], bounds=(0.0, 1.0))
    model.high = pyo.Constraint(expr=model.x[0] + model.x[1] >= 1.5)
    model.low = pyo.Constraint(expr=model.x[0] - model.x[1] >= 0.8)
    with pytest.raises(EmptySpaceError, match="nothing contradict each other"):
        range_of(model, model.x[0] + model.x[1])
