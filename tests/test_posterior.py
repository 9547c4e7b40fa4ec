"""Posteriors against the textbook formulas, each other, and their own samples."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    ExponentialKernel,
    GraphKernel,
    LinearKernel,
    ShortestPathLengths,
    stacked_features,
)
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from tests.kernels.samples import EDGE_KERNEL, NODE_KERNEL, N, edge_batch, node_batch

Floats = NDArray[np.float64]

CASES = [
    pytest.param(NODE_KERNEL, node_batch(12), node_batch(20, seed=1), id="nodes"),
    pytest.param(EDGE_KERNEL, edge_batch(12), edge_batch(20, seed=1), id="edges"),
]


def some_targets(count: int, seed: int = 2) -> Floats:
    return np.random.default_rng(seed).standard_normal(count)


def textbook(
    kernel: GraphKernel, observed: GraphBatch, targets: Floats, noise: float, batch: GraphBatch
) -> tuple[Floats, Floats]:
    """``k' (K + noise I)^-1 y`` and ``k(x, x) - k' (K + noise I)^-1 k``."""
    K = kernel.gram(observed, observed) + noise * np.eye(len(observed))
    k = kernel.gram(observed, batch)
    return k.T @ np.linalg.solve(K, targets), kernel.diag(batch) - np.einsum(
        "ij,ij->j", k, np.linalg.solve(K, k)
    )


@pytest.mark.parametrize("noise", [1.0, 1e-2, 1e-6])
@pytest.mark.parametrize(("kernel", "observed", "batch"), CASES)
def test_feature_and_kernel_posterior_are_the_textbook_formula(
    kernel: LinearKernel, observed: GraphBatch, batch: GraphBatch, noise: float
) -> None:
    targets = some_targets(len(observed))
    mean, variance = textbook(kernel, observed, targets, noise, batch)
    for posterior in (
        FeaturePosterior.of(kernel, observed, targets, noise),
        KernelPosterior.of(kernel, observed, targets, noise),
    ):
        found_mean, found_std = posterior.mean_and_std(batch)
        assert found_mean == pytest.approx(mean, abs=1e-6)
        assert found_std**2 == pytest.approx(variance, abs=1e-8)


@pytest.mark.parametrize("noise", [1.0, 1e-2, 1e-6])
@pytest.mark.parametrize(("kernel", "observed", "batch"), CASES)
def test_exponential_kernel_posterior_is_the_textbook_formula(
    kernel: LinearKernel, observed: GraphBatch, batch: GraphBatch, noise: float
) -> None:
    exponential = ExponentialKernel(kernel, 2.0)
    targets = some_targets(len(observed))
    mean, variance = textbook(exponential, observed, targets, noise, batch)
    posterior = KernelPosterior.of(exponential, observed, targets, noise)
    found_mean, found_std = posterior.mean_and_std(batch)
    assert found_mean == pytest.approx(mean, abs=1e-6)
    assert found_std**2 == pytest.approx(variance, abs=1e-7)


@pytest.mark.parametrize(("kernel", "observed", "batch"), CASES)
def test_coefficients_have_the_textbook_mean_and_covariance(
    kernel: LinearKernel, observed: GraphBatch, batch: GraphBatch
) -> None:
    """``S = (Phi' Phi / noise + Lambda^-1)^-1`` and ``S Phi' y / noise``."""
    noise, targets = 0.05, some_targets(len(observed))
    posterior = FeaturePosterior.of(kernel, observed, targets, noise)
    phi = stacked_features(kernel.maps, observed)
    S = np.linalg.inv(phi.T @ phi / noise + np.diag(1 / kernel.prior_variances))
    assert posterior.covariance == pytest.approx(S, abs=1e-9)
    assert posterior.weights == pytest.approx(S @ phi.T @ targets / noise, abs=1e-9)
    G = posterior.covariance_factor
    assert np.diag(kernel.prior_variances) - G.T @ G == pytest.approx(S, abs=1e-9)
    assert np.linalg.eigvalsh(posterior.covariance).min() > -1e-12
    x = stacked_features(kernel.maps, batch)
    mean, std = posterior.mean_and_std(batch)
    assert mean == pytest.approx(x @ posterior.weights, abs=1e-9)
    assert std**2 == pytest.approx(np.einsum("ij,jk,ik->i", x, S, x), abs=1e-9)


@pytest.mark.parametrize("of", [FeaturePosterior.of, KernelPosterior.of])
@pytest.mark.parametrize(("kernel", "observed", "batch"), CASES)
def test_condition_on_is_a_new_fit(
    kernel: LinearKernel, observed: GraphBatch, batch: GraphBatch, of: type
) -> None:
    targets = some_targets(len(observed))
    before = of(kernel, observed.take(slice(4)), targets[:4], 0.1)
    after = before
    for graph, value in zip(observed.take(slice(4, None)), targets[4:].tolist(), strict=True):
        after = after.condition_on(graph, value)
    expected = of(kernel, observed, targets, 0.1).mean_and_std(batch)
    assert np.allclose(after.mean_and_std(batch), expected, atol=1e-10)
    assert (after.mean_and_std(batch)[1] <= before.mean_and_std(batch)[1] + 1e-10).all()
    assert len(before.observed) == 4


def test_condition_on_a_larger_graph() -> None:
    small = GraphBatch.of([LabeledGraph(2, ((0, 1),), (0, 1))])
    posterior = FeaturePosterior.of(NODE_KERNEL, small, np.array([1.0]), 0.1)
    large = next(graph for graph in node_batch(20) if graph.n == N)
    both = GraphBatch.of([*small, large])
    expected = FeaturePosterior.of(NODE_KERNEL, both, np.array([1.0, -1.0]), 0.1)
    found = posterior.condition_on(large, -1.0)
    assert np.allclose(found.mean_and_std(both), expected.mean_and_std(both))


@pytest.mark.parametrize("of", [FeaturePosterior.of, KernelPosterior.of])
def test_repeats_of_a_graph_count_as_their_mean_with_less_noise(of: type) -> None:
    graphs, batch = node_batch(5), node_batch(10, seed=1)
    targets, noise = some_targets(5), 0.1
    twice = GraphBatch.concatenate([graphs, graphs])
    spread = np.concatenate([targets - 0.3, targets + 0.3])
    repeated = of(NODE_KERNEL, twice, spread, noise)
    once = of(NODE_KERNEL, graphs, targets, noise / 2)
    assert np.allclose(repeated.mean_and_std(batch), once.mean_and_std(batch))


def test_draws_have_the_posterior_mean_and_covariance() -> None:
    kernel = LinearKernel((ShortestPathLengths(N),), (2.0,))
    observed = node_batch(2)
    posterior = FeaturePosterior.of(kernel, observed, some_targets(2), 0.02)
    rng = np.random.default_rng(5)
    count = 20_000
    draws = np.array([posterior.draw(rng) for _ in range(count)])
    S = posterior.covariance
    error = 5 / np.sqrt(count)  # five standard errors
    assert (np.abs(draws.mean(axis=0) - posterior.weights) <= error * np.sqrt(np.diag(S))).all()
    widest = np.sqrt(2 * np.outer(np.diag(S), np.diag(S)))  # bounds a covariance entry's deviation
    assert (np.abs(np.cov(draws.T) - S) <= error * widest).all()


def test_small_variances_do_not_cancel() -> None:
    """At an observed graph of prior variance v the variance is ``v noise / (v + noise)``."""
    observed = node_batch(1)
    noise = 1e-12
    posterior = FeaturePosterior.of(NODE_KERNEL, observed, np.ones(1), noise)
    _, std = posterior.mean_and_std(observed)
    v = NODE_KERNEL.diag(observed)
    assert std**2 == pytest.approx(v * noise / (v + noise), rel=1e-3)


@pytest.mark.parametrize("of", [FeaturePosterior.of, KernelPosterior.of])
def test_no_data_leave_the_prior(of: type) -> None:
    batch = node_batch(5)
    posterior = of(NODE_KERNEL, batch.take(slice(0)), np.zeros(0), 0.1)
    mean, std = posterior.mean_and_std(batch)
    assert mean.tolist() == [0] * 5
    assert std**2 == pytest.approx(NODE_KERNEL.diag(batch))


@pytest.mark.parametrize("of", [FeaturePosterior.of, KernelPosterior.of])
def test_no_graphs_have_no_values(of: type) -> None:
    observed = node_batch(3)
    mean, std = of(NODE_KERNEL, observed, np.zeros(3), 0.1).mean_and_std(observed.take(slice(0)))
    assert mean.shape == std.shape == (0,)


@pytest.mark.parametrize("of", [FeaturePosterior.of, KernelPosterior.of])
@pytest.mark.parametrize(
    ("targets", "noise", "message"),
    [
        ([0.0, 1.0], 0.1, r"3 graphs were observed, but the targets have shape \(2,\)"),
        ([0.0, float("nan"), float("inf")], 0.1, r"targets \[1, 2\] are NaN or infinite"),
        ([0.0, 1.0, 2.0], 0.0, "noise variance is positive, got 0"),
        ([0.0, 1.0, 2.0], float("nan"), "noise variance is positive"),
    ],
)
def test_bad_data_are_refused(of: type, targets: list[float], noise: float, message: str) -> None:
    with pytest.raises(BadDataError, match=message):
        of(NODE_KERNEL, node_batch(3), np.array(targets), noise)
