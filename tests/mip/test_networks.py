"""Networks as rows: their minimum over all graphs of small spaces, by HiGHS and by listing."""

from collections.abc import Callable

import numpy as np
import pyomo.environ as pyo
import pytest

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    NetworkSample,
    PosteriorMean,
)
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import stacked_features
from nasgoat.mip import acquisition_problem, cell_block, count_block
from nasgoat.mip.networks import network_block
from nasgoat.networks import FeatureNetwork, Layer
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.posterior import NetworkPosterior
from nasgoat.spaces import CellSpace, digraphs, nasbench101, nasbench201
from nasgoat.surrogate.feature_maps import feature_maps_of

CASES = [
    (nasbench101([3, 4]), []),
    (digraphs(3), [6]),
    (nasbench101([3, 4]), [6]),
    (nasbench201(), [8]),
    (digraphs(4), [6]),
    (digraphs(3), [5, 4]),
    (nasbench101([4]), [5, 4]),
    (nasbench201(), [5, 4]),
]


def posterior_of(
    space: CellSpace, seed: int, widths: list[int], *, convex: bool, networks: int = 1
) -> NetworkPosterior:
    """Random networks on features in units of their deviation."""
    rng = np.random.default_rng(seed)
    maps = feature_maps_of(space)
    graphs = space.samples(100, rng)
    x = stacked_features(maps, graphs)
    std = x.std(axis=0)
    unit = np.where(std > 1e-9, std, np.inf)

    def network() -> FeatureNetwork:
        layers, before = [], 0
        for i, width in enumerate([*widths, 1]):
            hidden = rng.standard_normal((width, before)) / np.sqrt(max(before, 1))
            passed = rng.standard_normal((width, x.shape[1])) / np.sqrt(x.shape[1]) / unit
            passed *= convex or i == 0
            bias = 0.3 * rng.standard_normal(width) - passed @ x.mean(axis=0)
            layers.append(Layer(np.abs(hidden) if convex else hidden, passed, bias))
            before = width
        return FeatureNetwork(tuple(layers[:-1]), layers[-1])

    nets = tuple(network() for _ in range(networks))
    return NetworkPosterior(maps, nets, graphs.take(slice(0, 5)), np.zeros(5))


def agree(space: CellSpace, posterior: NetworkPosterior, acquisition: Acquisition) -> None:
    """Both optimisers on everything, and on what is left without the best three."""
    exclude: list = []
    for _ in range(2):
        task = Task(acquisition, posterior, space, exclude)
        truth = ExhaustiveOptimizer().minimize(task)[0].certificate.value
        found = MipOptimizer().minimize(task)[0]
        certificate = found.certificate
        assert certificate.value == pytest.approx(truth, abs=1e-4 * max(1.0, abs(truth)))
        assert certificate.lower_bound is not None
        assert certificate.lower_bound <= truth + 1e-9
        assert certificate.gap is not None
        assert certificate.gap <= 1e-4
        exact = acquisition.values(posterior, GraphBatch.of([found.graph]))[0]
        assert certificate.value == pytest.approx(exact, abs=1e-12)
        exclude = [best.graph for best in ExhaustiveOptimizer().minimize(task, 3)]


@pytest.mark.parametrize("convex", [False, True], ids=["relu", "icnn"])
@pytest.mark.parametrize(("space", "widths"), CASES, ids=lambda one: getattr(one, "name", one))
def test_the_minimum_over_all_graphs(space: CellSpace, widths: list[int], convex: bool) -> None:
    agree(space, posterior_of(space, len(widths), widths, convex=convex), PosteriorMean())


def test_the_mean_of_several_networks_and_each_of_them() -> None:
    space = digraphs(3)
    posterior = posterior_of(space, 0, [5], convex=False, networks=3)
    agree(space, posterior, PosteriorMean())
    for member in range(3):
        agree(space, posterior, NetworkSample(member))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("convex", [False, True], ids=["relu", "icnn"])
@pytest.mark.parametrize(
    "space", [nasbench101([3, 5]), digraphs(4), nasbench201()], ids=lambda space: space.name
)
def test_many_networks(space: CellSpace, convex: bool, seed: int) -> None:
    posterior = posterior_of(space, 100 + seed, [6, 4], convex=convex, networks=2)
    agree(space, posterior, PosteriorMean())


def free_units(problem_block: pyo.Block) -> int:
    """Binaries of a network's own."""
    return sum(
        1 for v in problem_block.component_data_objects(pyo.Var) if v.is_binary() and not v.fixed
    )


def test_convex_networks_add_no_binaries() -> None:
    space = nasbench101([4])
    for convex in (True, False):
        posterior = posterior_of(space, 0, [8, 8], convex=convex)
        problem = acquisition_problem(PosteriorMean(), posterior, space)
        assert (free_units(problem.model.belief) == 0) == convex


def drop(family: str) -> Callable[[pyo.ConcreteModel], None]:
    def without(model: pyo.ConcreteModel) -> None:
        for row in model.component_objects(pyo.Constraint, active=True):
            if row.local_name == family:
                row.deactivate()

    return without


@pytest.mark.parametrize("family", ["Z1_above", "Z2_off", "Z3_on"])
def test_no_family_of_rows_is_idle(family: str) -> None:
    """Without it some graph is given a value below that of the network."""
    space = nasbench101([4])
    listing = space.listing()
    wrong = 0
    for seed in range(4):
        posterior = posterior_of(space, seed, [5, 4], convex=False)
        least = posterior.mean_and_std(listing)[0].min()
        problem = acquisition_problem(PosteriorMean(), posterior, space)
        solver = pyo.SolverFactory("appsi_highs")
        solver.solve(problem.model)
        assert pyo.value(problem.model.acquisition) == pytest.approx(least, abs=1e-4)
        drop(family)(problem.model)
        solver.solve(problem.model)
        wrong += pyo.value(problem.model.acquisition) < least - 1e-3
    assert wrong > 0


def test_a_network_in_a_model_of_ones_own() -> None:
    """Fewest edges among the graphs whose prediction is at most a limit."""
    space = nasbench101([4])
    posterior = posterior_of(space, 3, [6], convex=False)
    model = pyo.ConcreteModel()
    model.space, model.counts, model.network = pyo.Block(), pyo.Block(), pyo.Block()
    cell = cell_block(model.space, space)
    counts = count_block(model.counts, posterior.maps, cell.handles)
    value = network_block(model.network, posterior.networks[0], counts)
    listing = space.listing()
    predicted = posterior.mean_and_std(listing)[0]
    edges = listing.adjacency.sum(axis=(1, 2))
    model.limit = pyo.Constraint(expr=value <= float(np.quantile(predicted, 0.05)))
    model.edges = pyo.Objective(expr=sum(cell.handles.edge.values()))
    pyo.SolverFactory("appsi_highs").solve(model)
    fits = predicted <= np.quantile(predicted, 0.05)
    assert round(pyo.value(model.edges)) == edges[fits].min()


@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(), ExpectedImprovement(0.0)])
def test_deviations_have_no_form(acquisition: Acquisition) -> None:
    space = nasbench101([4])
    posterior = posterior_of(space, 0, [4], convex=False, networks=2)
    with pytest.raises(NoEncodingError, match="deviation of networks"):
        MipOptimizer().minimize(Task(acquisition, posterior, space))
    assert ExhaustiveOptimizer().minimize(Task(acquisition, posterior, space))


def test_weights_beyond_what_solvers_value_well_are_refused() -> None:
    space = nasbench101([4])
    posterior = posterior_of(space, 0, [4], convex=False)
    (net,) = posterior.networks
    first = net.layers[0]
    huge = Layer(first.hidden, 1e6 * first.passed, first.bias)
    vast = NetworkPosterior(
        posterior.maps,
        (FeatureNetwork((huge,), net.output),),
        posterior.observed,
        posterior.targets,
    )
    with pytest.raises(NoEncodingError, match="train with a larger decay"):
        acquisition_problem(PosteriorMean(), vast, space)
