"""Fitted surrogates as plain arrays: what acquisition functions and the MIP need to know.

Means and deviations are in the surrogate's (transformed) unit of the targets; smaller is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import FeatureMap, GraphKernel, LinearKernel, counts_of, stacked_features
from nasgoat.kernels.features import scales
from nasgoat.networks import FeatureNetwork

Floats = NDArray[np.float64]

CHUNK = 1 << 14  # graphs valued at once: bounds the feature matrix to some 100 MB


class Posterior(Protocol):
    """A Gaussian belief about the target of every graph."""

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        """Posterior mean and standard deviation of the noise-free target; ``(N,)`` each."""

    def condition_on(self, graph: LabeledGraph, value: float) -> Posterior:
        """The belief after one more observation, hyperparameters kept (a fantasy)."""


@dataclass(frozen=True, slots=True, eq=False)
class FeaturePosterior:
    """Gaussian process with a linear kernel, seen as Bayesian linear regression on the features.

    With prior variances Lambda, ``psi = Lambda^(1/2) phi`` and the singular value decomposition
    ``Phi Lambda^(1/2) = U diag(s) V'`` of the data, ``mean = weights . phi`` and
    ``variance = |psi - V V' psi|^2 + sum_k noise / (s_k^2 + noise) (V' psi)_k^2``
    (docs/math.md, 2.5). The first term is exact
    to some 1e-16 of the prior variance, the second has no cancellation at all.
    """

    kernel: LinearKernel
    observed: GraphBatch
    targets: Floats  # (T,)
    noise: float  # variance of the observation noise
    weights: Floats  # (F,), posterior mean of the coefficients
    basis: Floats  # (F, r), V: orthonormal directions that the data inform
    singular: Floats  # (r,), s

    @classmethod
    def of(cls, kernel: LinearKernel, observed: GraphBatch, targets: Floats, noise: float) -> Self:
        """Condition on data.

        Args:
            kernel: prior covariance.
            observed: ``T`` graphs.
            targets: ``(T,)``.
            noise: observation noise variance, positive.

        Raises:
            BadDataError: unequal lengths, targets that are not finite, or noise that is not
                positive.
        """
        targets = _checked_targets(observed, targets, noise)
        root = np.sqrt(kernel.prior_variances)
        U, singular, V = np.linalg.svd(
            stacked_features(kernel.maps, observed) * root, full_matrices=False
        )
        informed = singular > singular.max(initial=0.0) * 1e-12  # below: rounding, not data
        U, singular, V = U[:, informed], singular[informed], V[informed]
        weights = root * (V.T @ (singular / (singular**2 + noise) * (U.T @ targets)))
        return cls(kernel, observed, targets, noise, weights, V.T, singular)

    @property
    def explained(self) -> Floats:
        """``(r,)``, the share of prior variance that the data remove along each basis direction."""
        return self.singular**2 / (self.singular**2 + self.noise)

    @property
    def covariance_factor(self) -> Floats:
        """``(r, F)``: ``G`` with ``Lambda - S = G' G``; ``S`` is the coefficients' covariance."""
        root = np.sqrt(self.kernel.prior_variances)
        return np.sqrt(self.explained)[:, None] * self.basis.T * root

    @property
    def covariance(self) -> Floats:
        """``(F, F)``, posterior covariance ``S`` of the coefficients."""
        G = self.covariance_factor
        return np.diag(self.kernel.prior_variances) - G.T @ G

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        parts = [self._mean_and_std(psi) for psi in _whitened_chunks(self.kernel, batch)]
        mean = np.concatenate([part[0] for part in parts] or [np.zeros(0)])
        return mean, np.concatenate([part[1] for part in parts] or [np.zeros(0)])

    def _mean_and_std(self, psi: Floats) -> tuple[Floats, Floats]:
        informed = psi @ self.basis
        residual = (psi**2).sum(axis=1) - (informed**2).sum(axis=1)
        known = (1.0 - self.explained) * informed**2
        variance = np.maximum(residual, 0.0) + known.sum(axis=1)
        mean = psi @ (self.weights / np.sqrt(self.kernel.prior_variances))
        return mean, np.sqrt(variance)

    def condition_on(self, graph: LabeledGraph, value: float) -> FeaturePosterior:
        observed, targets = _with(self.observed, self.targets, graph, value)
        return FeaturePosterior.of(self.kernel, observed, targets, self.noise)

    def draw(self, rng: np.random.Generator) -> Floats:
        """A sample of the coefficients from ``N(weights, S)``; ``(F,)``."""
        prior = rng.standard_normal(len(self.weights))
        # shrink the informed directions from variance 1 to noise / (s^2 + noise)
        shrink = 1.0 - np.sqrt(1.0 - self.explained)
        sample = prior - self.basis @ (shrink * (self.basis.T @ prior))
        return self.weights + np.sqrt(self.kernel.prior_variances) * sample


@dataclass(frozen=True, slots=True, eq=False)
class KernelPosterior:
    """Gaussian process with any graph kernel, in terms of its Gram matrix."""

    kernel: GraphKernel
    observed: GraphBatch
    targets: Floats  # (T,)
    noise: float
    cholesky: Floats  # (T, T), lower factor of K + noise I
    alpha: Floats  # (T,), (K + noise I)^-1 targets

    @classmethod
    def of(cls, kernel: GraphKernel, observed: GraphBatch, targets: Floats, noise: float) -> Self:
        """Condition on data; see ``FeaturePosterior.of``."""
        targets = _checked_targets(observed, targets, noise)
        factor = _cholesky(kernel.gram(observed, observed), noise)
        alpha = cho_solve((factor, True), targets)
        return cls(kernel, observed, targets, noise, factor, alpha)

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        cross = self.kernel.gram(batch, self.observed)
        solved = solve_triangular(self.cholesky, cross.T, lower=True)
        variance = self.kernel.diag(batch) - (solved**2).sum(axis=0)
        return cross @ self.alpha, np.sqrt(np.maximum(variance, 0.0))

    def condition_on(self, graph: LabeledGraph, value: float) -> KernelPosterior:
        observed, targets = _with(self.observed, self.targets, graph, value)
        return KernelPosterior.of(self.kernel, observed, targets, self.noise)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkPosterior:
    """What trained networks on the features predict: their mean, and how far they lie apart.

    Args:
        maps: feature maps; the networks' input is their features side by side.
        networks: at least one; the mean gives each the same weight.
        observed: the ``T`` graphs that they were trained on.
        targets: ``(T,)``.

    Raises:
        BadDataError: there is no network, one has another number of inputs than there are features,
            lengths are unequal, or targets are not finite.
    """

    maps: tuple[FeatureMap, ...]
    networks: tuple[FeatureNetwork, ...]
    observed: GraphBatch
    targets: Floats  # (T,)

    def __post_init__(self) -> None:
        if not self.networks:
            msg = "a network posterior has at least 1 network, got none"
            raise BadDataError(msg)
        features = sum(feature_map.n_features for feature_map in self.maps)
        wrong = [network.n_inputs for network in self.networks if network.n_inputs != features]
        if wrong:
            msg = f"the maps have {features} features, a network has {wrong[0]} inputs"
            raise BadDataError(msg)
        _checked_targets(self.observed, self.targets)

    @property
    def relabelling_invariant(self) -> bool:
        """Whether renumbering nodes never changes a prediction."""
        return all(feature_map.relabelling_invariant for feature_map in self.maps)

    def predictions(self, batch: GraphBatch) -> Floats:
        """``(M, N)``, what each network predicts."""
        parts = [
            [network.values(phi) for network in self.networks]
            for phi in _chunks([(feature_map, 1.0) for feature_map in self.maps], batch)
        ]
        found = [np.array(part) for part in parts] or [np.zeros((len(self.networks), 0))]
        return np.concatenate(found, axis=1)

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        found = self.predictions(batch)
        return found.mean(axis=0), found.std(axis=0)

    def condition_on(self, graph: LabeledGraph, value: float) -> NetworkPosterior:
        """The same belief: networks learn by training only."""
        del graph, value
        return self


def _cholesky(K: Floats, noise: float) -> Floats:
    """Lower factor of ``K + noise I``, and a little more where rounding makes that indefinite."""
    eye = np.eye(len(K))
    rounding = len(K) * np.finfo(float).eps * float(K.diagonal().max(initial=0.0))
    for spare in (0.0, rounding, 10 * rounding, 100 * rounding):
        with suppress(LinAlgError):
            return np.tril(cho_factor(K + (noise + spare) * eye, lower=True)[0])
    msg = f"the Gram matrix is indefinite by more than rounding, noise {noise:.1e} included"
    raise BadDataError(msg)


def _whitened_chunks(kernel: LinearKernel, batch: GraphBatch) -> Iterator[Floats]:
    """``Lambda^(1/2) phi`` of every graph, a chunk of rows at a time."""
    roots = np.sqrt(kernel.weights).tolist()
    return _chunks(list(zip(kernel.maps, roots, strict=True)), batch)


def _chunks(maps: Sequence[tuple[FeatureMap, float]], batch: GraphBatch) -> Iterator[Floats]:
    """Features of maps, each times its factor, a chunk of rows at a time."""
    columns = [
        (counts_of(feature_map, batch), factor * scales(feature_map, batch))
        for feature_map, factor in maps
    ]
    for i in range(0, len(batch), CHUNK):
        rows = slice(i, i + CHUNK)
        yield np.concatenate([c[rows] * f[rows, None] for c, f in columns], axis=1)


def _checked_targets(observed: GraphBatch, targets: Floats, noise: float = 1.0) -> Floats:
    targets = np.asarray(targets, dtype=np.float64)
    if targets.shape != (len(observed),):
        msg = f"{len(observed)} graphs were observed, but the targets have shape {targets.shape}"
        raise BadDataError(msg)
    if not np.isfinite(targets).all():
        wrong = np.flatnonzero(~np.isfinite(targets)).tolist()
        msg = f"targets {wrong} are NaN or infinite; drop or penalise failed evaluations first"
        raise BadDataError(msg)
    if not noise > 0:
        msg = f"the noise variance is positive, got {noise}"
        raise BadDataError(msg)
    return targets


def _with(
    observed: GraphBatch, targets: Floats, graph: LabeledGraph, value: float
) -> tuple[GraphBatch, Floats]:
    return GraphBatch.concatenate([observed, GraphBatch.of([graph])]), np.append(targets, value)
