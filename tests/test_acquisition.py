"""Acquisition functions against their definitions."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import norm

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import ExponentialKernel, stacked_features
from nasgoat.posterior import FeaturePosterior, KernelPosterior, Posterior
from tests.kernels.samples import NODE_KERNEL, node_batch


@dataclass
class Believed:
    """A belief given by its numbers."""

    mean: list[float]
    std: list[float]

    def mean_and_std(self, batch: GraphBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array(self.mean), np.array(self.std)

    def condition_on(self, graph: LabeledGraph, value: float) -> Posterior:
        raise NotImplementedError


def values(acquisition: Acquisition, mean: list[float], std: list[float]) -> NDArray[np.float64]:
    return acquisition.values(cast(Posterior, Believed(mean, std)), node_batch(len(mean)))


def test_lower_confidence_bound_takes_the_root_of_beta() -> None:
    assert values(LowerConfidenceBound(4.0), [1.0, -1.0], [0.5, 2.0]).tolist() == [0.0, -5.0]
    assert values(LowerConfidenceBound(), [1.0], [0.5]).tolist() == [0.5]
    assert values(LowerConfidenceBound(0.0), [1.0], [0.5]).tolist() == [1.0]


@pytest.mark.parametrize("beta", [-1.0, float("nan"), float("inf")])
def test_beta_is_a_number_from_zero(beta: float) -> None:
    with pytest.raises(ValueError, match="beta is a number >= 0"):
        LowerConfidenceBound(beta)


def test_posterior_mean() -> None:
    assert values(PosteriorMean(), [1.0, -1.0], [0.5, 2.0]).tolist() == [1.0, -1.0]


@pytest.mark.parametrize("best", [-2.0, 0.0, 0.7])
@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.5, 0.2), (-1.0, 3.0), (2.0, 0.5)])
def test_expected_improvement_is_the_integral(best: float, mean: float, std: float) -> None:
    # a gain of more than 12 deviations has no weight in double precision
    low = min(best, mean - 12 * std)
    expected, error = quad(lambda f: (best - f) * norm.pdf(f, mean, std), low, best)
    assert error < 1e-7
    assert values(ExpectedImprovement(best), [mean], [std])[0] == pytest.approx(-expected, abs=1e-9)


def test_expected_improvement_without_doubt_is_the_improvement() -> None:
    found = values(ExpectedImprovement(1.0), [0.25, 1.0, 3.0], [0.0, 0.0, 0.0])
    assert found.tolist() == [-0.75, 0, 0]


def test_expected_improvement_is_never_a_loss() -> None:
    std = np.logspace(-12, 3, 200)
    for gain in (-10.0, -1e-3, 0.0, 1e-3, 10.0):
        found = values(ExpectedImprovement(gain), [0.0] * 200, std.tolist())
        assert (found <= 0).all()
        assert (found <= -gain + 1e-12).all()
        assert (np.diff(found) <= 1e-15).all()  # more doubt, more to gain


def test_a_thompson_sample_is_one_function() -> None:
    observed, batch = node_batch(4), node_batch(9, seed=1)
    posterior = FeaturePosterior.of(NODE_KERNEL, observed, np.arange(4.0), 0.1)
    sample = ThompsonSample.draw(posterior, np.random.default_rng(0))
    expected = stacked_features(NODE_KERNEL.maps, batch) @ sample.coefficients
    found = sample.values(posterior, batch)
    assert found == pytest.approx(expected)
    assert sample.values(posterior, batch.take(slice(3))) == pytest.approx(found[:3])
    again = ThompsonSample.draw(posterior, np.random.default_rng(0))
    assert np.array_equal(again.coefficients, sample.coefficients)


def test_thompson_samples_follow_the_posterior() -> None:
    observed, batch = node_batch(4), node_batch(6, seed=1)
    posterior = FeaturePosterior.of(NODE_KERNEL, observed, np.arange(4.0), 0.1)
    rng = np.random.default_rng(0)
    count = 4_000
    drawn = [ThompsonSample.draw(posterior, rng).values(posterior, batch) for _ in range(count)]
    mean, std = posterior.mean_and_std(batch)
    assert (np.abs(np.mean(drawn, axis=0) - mean) <= 5 * std / np.sqrt(count)).all()
    assert np.std(drawn, axis=0) == pytest.approx(std, rel=5 / np.sqrt(2 * count))


def test_thompson_samples_need_features() -> None:
    observed = node_batch(2)
    linear = FeaturePosterior.of(NODE_KERNEL, observed, np.arange(2.0), 0.1)
    other = KernelPosterior.of(ExponentialKernel(NODE_KERNEL), observed, np.arange(2.0), 0.1)
    rng = np.random.default_rng(0)
    with pytest.raises(NoEncodingError, match="needs a linear kernel; KernelPosterior has no"):
        ThompsonSample.draw(other, rng)
    with pytest.raises(NoEncodingError, match="FeaturePosterior, not KernelPosterior"):
        ThompsonSample.draw(linear, rng).values(other, observed)
