"""Exponentials of numbers of matches: parts, products, rows that are exact at every graph."""

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray

from nasgoat.acquisition import Acquisition, LowerConfidenceBound, PosteriorMean
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import EdgeLabels, ExponentialKernel, LinearKernel, ShortestPathLengths
from nasgoat.mip import AcquisitionProblem, ModelOptions, acquisition_problem, parts_of
from nasgoat.mip.bends import bend
from nasgoat.mip.lookups import Lookup
from nasgoat.posterior import KernelPosterior
from nasgoat.spaces import CellSpace, nasbench201
from tests.mip.oracles_mip import DIGRAPHS, SMALL, indexed_graphs, model_values

SPACES = {
    "edge-count": SMALL["edge-count"],
    "edge-labelled": DIGRAPHS["edge-labelled"],
    "nb201": nasbench201("source-sink"),
}
TIGHT = 1e-5  # scipy's MIP tolerance of 1e-6, multiplied by the rows it is in
SLACK = 1e-4  # what the same tolerance makes of a root
LCB = LowerConfidenceBound(2.0)


def posterior_on(space: CellSpace, weight: float) -> KernelPosterior:
    """A posterior on 12 random members, two of them the same."""
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(11)]
    maps = (ShortestPathLengths(space.sizes[0]), EdgeLabels(space.sizes[0], len(space.label_names)))
    kernel = ExponentialKernel(LinearKernel(maps, (5.0, weight)), 2.0)
    batch = GraphBatch.of([*graphs, graphs[0]], max(space.sizes))
    return KernelPosterior.of(kernel, batch, rng.standard_normal(12), 1e-2)


def problems_on(
    name: str, weight: float = 1.0, acquisition: Acquisition = LCB
) -> list[AcquisitionProblem]:
    """One model for each part, as many of them as three."""
    space = SPACES[name]
    posterior = posterior_on(space, weight)
    parts = parts_of(posterior, space)
    assert len(parts) > 1
    return [acquisition_problem(acquisition, posterior, part) for part in parts[-3:]]


def members_of(problem: AcquisitionProblem, most: int = 6) -> list[LabeledGraph]:
    graphs = list(problem.cell.space.members(indexed_graphs(SPACES_OF[problem.cell.space.name])))
    return graphs[:: 1 + len(graphs) // most]


SPACES_OF = {space.name: space for space in SPACES.values()}


def errors(problem: AcquisitionProblem, graphs: list[LabeledGraph]) -> NDArray[np.float64]:
    """How far the model's least objective at each graph is above its value; negative: below."""
    values = np.array([problem.value(graph) for graph in graphs])
    found: NDArray[np.float64] = model_values(problem, graphs) - values
    return found / np.maximum(1.0, np.abs(values))


@pytest.mark.parametrize("name", SPACES)
def test_parts_are_a_partition_by_distances(name: str) -> None:
    space = SPACES[name]
    graphs = indexed_graphs(space)
    parts = [part.members(graphs) for part in parts_of(posterior_on(space, 1.0), space)]
    assert sum(map(len, parts)) == len(graphs)
    assert len({graph for part in parts for graph in part}) == len(graphs)
    lengths = ShortestPathLengths(space.sizes[0])
    assert all(len(np.unique(lengths.counts(part), axis=0)) == 1 for part in parts if len(part))


def test_what_is_not_divided() -> None:
    space = SPACES["nb201"]
    posterior = posterior_on(space, 1.0)
    kernel, data = posterior.kernel, (posterior.observed, posterior.targets, 1e-2)
    assert isinstance(kernel, ExponentialKernel)
    labels_alone = ExponentialKernel(LinearKernel(kernel.maps[1:], (1.0,)))
    for other in (kernel.linear, labels_alone):
        assert parts_of(KernelPosterior.of(other, *data), space) == [space]


def test_without_lookups_there_are_chords() -> None:
    space = SPACES["edge-count"]
    problem = acquisition_problem(LCB, posterior_on(space, 1.0), space, ModelOptions(lookups=False))
    assert not any(isinstance(curve, Lookup) for curve in problem.belief.curves)


@pytest.mark.parametrize("acquisition", [LCB, PosteriorMean()])
@pytest.mark.parametrize("weight", [0.01, 1.0, 5.0])
@pytest.mark.parametrize("name", SPACES)
def test_tangents_alone_are_exact_at_every_graph(
    name: str, weight: float, acquisition: Acquisition
) -> None:
    for problem in problems_on(name, weight, acquisition):
        assert any(isinstance(curve, Lookup) for curve in problem.belief.curves)
        problem.add_cuts(problem.first_cuts([]))
        found = errors(problem, members_of(problem))
        assert found.max() <= TIGHT
        if name != "edge-labelled":  # there k(x,x) varies within a part, and has chords
            assert found.min() >= -SLACK


FAMILIES = ("products.P1_first", "products.P2_second", "lookups.X14_pairs", "lookups.X1_exponent")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_needed(family: str) -> None:
    """Mutation: without it some graph is valued too well."""
    worst = 0.0
    for problem in problems_on("nb201", 5.0):
        rows = problem.model.belief.find_component(family)
        rows.deactivate()
        worst = min(worst, float(errors(problem, members_of(problem)).min()))
    assert worst < -1e-3


def lookup(low: float, step: float, most: int, *, above: bool) -> Lookup:
    width = max(-low, low + step * most, 1e-3)
    scale = float(bend(np.array([low, low + step * most])).max())
    model = pyo.ConcreteModel()
    model.u, model.e, model.c = pyo.Var(), pyo.Var(), pyo.Var()
    return Lookup(model.u, model.e, model.c, None, width, scale, low, step, most, above)


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize("step", [1e-4, 0.1, 1.0, 15.0])
@pytest.mark.parametrize("most", range(1, 9))
def test_a_lookup_holds_at_all_matches_and_is_exact_at_two(
    most: int, step: float, above: bool
) -> None:
    low = -step * most / 2.0
    curve = lookup(low, step, most, above=above)
    m = np.arange(most + 1)
    d = low + step * m
    for k in m:
        cut = curve.tangent(float(d[k]) / curve.width)
        values = (bend(d) / curve.scale, d / curve.width, m * (m - 1) / 2.0)
        sides = sum(a * value for (_, a), value in zip(cut.terms, values, strict=True)) - cut.lower
        assert sides.min() >= -1e-9
        assert sides[k] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("above", [False, True])
def test_the_best_row_for_a_point_is_found(above: bool) -> None:
    curve = lookup(-1.5, 0.5, 6, above=above)
    m, c = 2.6, 2.4
    point = {id(curve.argument): (-1.5 + 0.5 * m) / curve.width, id(curve.pairs): c}

    def height(at: float) -> float:
        """Of the value that the row allows at the point."""
        cut = curve.tangent(at)
        (_, sign), *others = cut.terms
        return (cut.lower - sum(a * point[id(v)] for v, a in others)) / sign

    found = height(curve.where(lambda variable: point[id(variable)]))
    heights = [height((-1.5 + 0.5 * k) / curve.width) for k in range(7)]
    assert found == pytest.approx(min(heights) if above else max(heights))
