"""Tasks at the edge of what can be asked, for every backend; enumeration is the oracle."""

from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
)
from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel, LinearKernel, NodeLabels
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.solve import KBest, Solver
from nasgoat.spaces import CellSpace, TopologicalOrder, UpToIsomorphism, nasbench101
from tests.mip.oracles_mip import SMALL, believed, kernel_maps
from tests.solve.backends import BACKENDS

FALSE = 1e-6  # what a bound may exceed the truth by
TOLERANCE = 1e-4  # of values, relative above 1: the default gap limit
each = pytest.mark.parametrize("backend", BACKENDS)

ONE_NODE = CellSpace("one node", (1,), ("a", "b", "c"))
FREE_EDGE = CellSpace("free edge", (1, 2, 3), ("a", "b"), (), (TopologicalOrder(),))
FREE_ENDS = replace(FREE_EDGE, name="free ends", identity=UpToIsomorphism(()))


def solved(backend: Solver, task: Task, k: int = 2) -> None:
    """The k best are those of enumeration, every bound is true."""
    k = min(k, task.space.size())
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, k)]
    for descents in (0, 3):
        optima = MipOptimizer(backend, descents=descents).minimize(task, k)
        assert [o.certificate.status for o in optima] == ["optimal"] * k
        for optimum, truth in zip(optima, truths, strict=True):
            scale = max(1.0, abs(truth))
            assert optimum.certificate.value == pytest.approx(truth, abs=TOLERANCE * scale)
            assert optimum.certificate.lower_bound is not None
            assert optimum.certificate.lower_bound <= truth + FALSE * scale


@each
@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(4.0), ExpectedImprovement(0.0)])
@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("exponential", [False, True])
def test_hardly_anything_observed(
    backend: Solver, exponential: bool, count: int, acquisition: Acquisition
) -> None:
    space = SMALL["nb101-4"]
    observed, targets = space.listing().take(slice(0, count)), np.ones(count)
    kernel = LinearKernel(kernel_maps(space, 0), (1.0, 0.5))
    posterior = (
        KernelPosterior.of(ExponentialKernel(kernel), observed, targets, 0.1)
        if exponential
        else FeaturePosterior.of(kernel, observed, targets, 0.1)
    )
    solved(backend, Task(acquisition, posterior, space))


@each
@pytest.mark.parametrize("space", [ONE_NODE, FREE_EDGE, FREE_ENDS, nasbench101((2, 3))], ids=repr)
def test_edges_that_no_feature_looks_at(backend: Solver, space: CellSpace) -> None:
    labels = len(space.node_alphabet)
    posterior = believed(space, (NodeLabels(labels),), count=6)
    for acquisition in (LowerConfidenceBound(1.0), PosteriorMean()):
        solved(backend, Task(acquisition, posterior, space), 3)
    everything = Task(PosteriorMean(), posterior, space, list(space.listing()))
    with pytest.raises(NothingLeftError):
        MipOptimizer(backend).minimize(everything)


@each
@pytest.mark.parametrize("unit", [1e-8, 1e-3, 1e3, 1e8])
def test_targets_of_any_unit(backend: Solver, unit: float) -> None:
    space = SMALL["nb101-4"]
    rng = np.random.default_rng(3)
    observed = GraphBatch.of([space.sample(rng) for _ in range(12)])
    kernel = LinearKernel(kernel_maps(space, 0), (1.0, 1.0))
    targets = unit * rng.standard_normal(12)
    posterior = FeaturePosterior.of(kernel, observed, targets, 0.05)
    solved(backend, Task(LowerConfidenceBound(1.0), posterior, space))


@each
@pytest.mark.parametrize("beta", [0.0, 1e-8, 1e6])
@pytest.mark.parametrize("weights", [(0.01, 0.01), (100.0, 0.01), (100.0, 100.0)])
def test_extreme_weights_and_betas(
    backend: Solver, weights: tuple[float, ...], beta: float
) -> None:
    space = SMALL["nb101-4"]
    posterior = believed(space, kernel_maps(space, 0), 2, noise=1e-4, weights=weights)
    solved(backend, Task(LowerConfidenceBound(beta), posterior, space))


@each
def test_another_aim_may_leave_the_deviation_out(backend: Solver) -> None:
    space = SMALL["nb101-4"]
    posterior = believed(space, kernel_maps(space, 0), 2)
    models = KBest(LowerConfidenceBound(1.0), posterior, space, backend)
    values = posterior.mean_and_std(space.listing())[0]
    models.best()
    models.aim(PosteriorMean())
    certificate = models.best().certificate
    assert certificate.status == "optimal"
    assert certificate.value <= np.sort(values)[1] + TOLERANCE
