"""Gaussian processes from Gram matrices against the textbook's formulas."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from nasgoat.search.distance_gp import LENGTHS, DistanceGP, kernel
from nasgoat.search.gram_gp import NOISES, GramGP

Floats = NDArray[np.float64]


def points(count: int, seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((count, 2))


def distances(xs: Floats, ys: Floats) -> Floats:
    return np.abs(xs[:, None] - ys[None, :]).sum(axis=2)


def gram(xs: Floats, ys: Floats, length: float) -> Floats:
    return np.exp(-distances(xs, ys) / length)


@pytest.fixture
def data() -> tuple[Floats, Floats]:
    xs = points(25, 0)
    targets = np.sin(xs[:, 0]) + 0.3 * xs[:, 1]
    return xs, targets - targets.mean()


def test_the_likelihood_is_that_of_the_normal_density(data: tuple[Floats, Floats]) -> None:
    xs, targets = data
    gp = GramGP.fit([gram(xs, xs, 2.0)], targets)
    covariance = gp.scale * (gram(xs, xs, 2.0) + gp.noise * np.eye(25))
    density = multivariate_normal(np.zeros(25), covariance)
    assert gp.log_likelihood == pytest.approx(density.logpdf(targets), rel=1e-9)


def test_scale_noise_and_kernel_are_the_likeliest(data: tuple[Floats, Floats]) -> None:
    xs, targets = data
    grams = [gram(xs, xs, length) for length in (0.1, 1.0, 10.0)]
    gp = GramGP.fit(grams, targets)
    tried = [
        multivariate_normal(np.zeros(25), scale * (K + noise * np.eye(25))).logpdf(targets)
        for K in grams
        for noise in NOISES
        for scale in gp.scale * np.geomspace(0.05, 20, 13)
    ]
    assert gp.log_likelihood >= max(tried) - 1e-9
    assert gp.choice == 2


def test_predictions_are_the_posterior(data: tuple[Floats, Floats]) -> None:
    xs, targets = data
    new = points(7, 1)
    gp = GramGP.fit([gram(xs, xs, 2.0)], targets)
    inverse = np.linalg.inv(gram(xs, xs, 2.0) + gp.noise * np.eye(25))
    cross = gram(new, xs, 2.0)
    mean, std = gp.predict(cross, np.ones(7))
    np.testing.assert_allclose(mean, cross @ inverse @ targets, atol=1e-8)
    variance = gp.scale * (1 - np.einsum("ij,jk,ik->i", cross, inverse, cross))
    np.testing.assert_allclose(std**2, variance, atol=1e-8)


def test_equal_targets_and_indefinite_matrices_are_survived() -> None:
    gp = GramGP.fit([np.eye(3)], np.zeros(3))
    mean, std = gp.predict(np.full((2, 3), 0.5), np.ones(2))
    assert (mean == 0).all()
    assert np.isfinite(std).all()
    odd = np.array([[1.0, 2.0], [2.0, 1.0]])  # eigenvalues 3 and -1
    gp = GramGP.fit([odd], np.array([1.0, -1.0]))
    assert gp.values.min() == 0
    assert np.isfinite(gp.predict(odd, np.ones(2))).all()


def test_a_distance_gp_chooses_the_variant_that_explains_the_targets() -> None:
    xs = points(40, 3)
    targets = np.sin(3 * xs[:, 0])
    targets -= targets.mean()

    def variants(left: Floats, right: Floats, variant: int) -> list[Floats]:
        column = [variant]
        return [distances(left[:, column], right[:, column])]

    model = DistanceGP.fit(variants, 2, xs, targets)
    assert model.variant == 0
    unit = np.median(distances(xs[:, [0]], xs[:, [0]])[~np.eye(40, dtype=bool)])
    assert model.lengths[0] in [pytest.approx(factor * unit) for factor in LENGTHS]
    new = points(5, 4)
    mean, std = model.predict(new)
    cross = kernel(variants(new, xs, 0), model.lengths)
    np.testing.assert_allclose(mean, model.gp.predict(cross, np.ones(5))[0])
    assert (std > 0).all()
    assert np.corrcoef(mean, np.sin(3 * new[:, 0]))[0, 1] > 0.9


def test_a_kernel_is_the_mean_of_exponentials() -> None:
    first, second = np.array([[0.0, 1.0]]), np.array([[2.0, 0.0]])
    expected = [[(1 + np.exp(-2 / 4)) / 2, (np.exp(-1 / 3) + 1) / 2]]
    np.testing.assert_allclose(kernel([first, second], [3.0, 4.0]), expected)


def test_one_observation_has_no_distances() -> None:
    model = DistanceGP.fit(lambda xs, ys, _: [distances(xs, ys)], 1, points(1, 0), np.zeros(1))
    assert model.lengths[0] in LENGTHS
