"""The trainable kernels against their definitions."""

import pytest

from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel, LinearKernel, stacked_features
from nasgoat.surrogate import Range
from nasgoat.surrogate.quiet import load_gpflow
from tests.kernels.samples import EDGE_KERNEL, NODE_KERNEL, edge_batch, node_batch

load_gpflow()

import gpflow  # noqa: E402

from nasgoat.surrogate.gpflow_kernels import (  # noqa: E402
    ExponentialFeatureKernel,
    LinearFeatureKernel,
    bounded,
)

CASES = [
    pytest.param(NODE_KERNEL, node_batch(12), id="nodes"),
    pytest.param(EDGE_KERNEL, edge_batch(12), id="edges"),
]


@pytest.mark.parametrize(("linear", "batch"), CASES)
def test_linear_kernels_agree(linear: LinearKernel, batch: GraphBatch) -> None:
    kernel = LinearFeatureKernel([feature_map.n_features for feature_map in linear.maps])
    kernel.weights.assign(linear.weights)
    X = stacked_features(linear.maps, batch)
    assert kernel(X).numpy() == pytest.approx(linear.gram(batch, batch), abs=1e-8)
    assert kernel(X[:3], X).numpy() == pytest.approx(linear.gram(batch, batch)[:3], abs=1e-8)
    assert kernel(X, full_cov=False).numpy() == pytest.approx(linear.diag(batch), abs=1e-8)


@pytest.mark.parametrize(("linear", "batch"), CASES)
def test_exponential_kernels_agree(linear: LinearKernel, batch: GraphBatch) -> None:
    exponential = ExponentialKernel(linear, 0.3)
    kernel = ExponentialFeatureKernel([feature_map.n_features for feature_map in linear.maps])
    kernel.weights.assign(linear.weights)
    kernel.variance.assign(0.3)
    X = stacked_features(linear.maps, batch)
    K = exponential.gram(batch, batch)
    assert kernel(X).numpy() == pytest.approx(K, abs=1e-8)
    assert kernel(X[:3], X).numpy() == pytest.approx(K[:3], abs=1e-8)
    assert kernel(X, full_cov=False).numpy() == pytest.approx(exponential.diag(batch), abs=1e-8)


def test_hyperparameters_start_at_one_and_are_trainable() -> None:
    kernel = ExponentialFeatureKernel([3, 2])
    assert isinstance(kernel, gpflow.kernels.Kernel)
    assert kernel.weights.numpy() == pytest.approx([1, 1])
    assert kernel.variance.numpy() == pytest.approx(1)
    assert len(kernel.trainable_variables) == 2
    assert len(LinearFeatureKernel([3, 2]).trainable_variables) == 1


def test_bounded_parameters_cannot_leave_their_range() -> None:
    parameter = bounded(Range(0.01, 100.0, 1.0))
    for free, value in [(-40.0, 0.01), (0.0, 1.0), (40.0, 100.0)]:
        parameter.unconstrained_variable.assign(free)
        assert parameter.numpy() == pytest.approx(value)


def test_training_by_gpflow_itself() -> None:
    """The kernels work in anybody's GPflow model, not only in ours."""
    batch = node_batch(12)
    X = stacked_features(NODE_KERNEL.maps, batch)
    Y = batch.sizes[:, None] - batch.sizes.mean()
    kernel = ExponentialFeatureKernel([feature_map.n_features for feature_map in NODE_KERNEL.maps])
    model = gpflow.models.GPR((X, Y), kernel, noise_variance=0.1)
    before = model.training_loss().numpy()
    gpflow.optimizers.Scipy().minimize(
        model.training_loss, model.trainable_variables, options={"maxiter": 10}
    )
    assert model.training_loss().numpy() < before - 0.1
