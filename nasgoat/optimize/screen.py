"""Intervals for acquisition values in single precision: which graphs are worth exact valuation.

A product in single precision takes half the time, and its error is bounded: a dot product of
``F`` terms, summed in any order, is off by at most ``F u / (1 - F u)`` times the product of the
two norms, ``u = 2**-24``. So every graph gets an interval that holds the value which double
precision gives, and only graphs whose interval reaches below the k-th best upper end matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nasgoat.acquisition import (
    Acquisition,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import FeatureMap
from nasgoat.kernels.features import scales
from nasgoat.posterior import FeaturePosterior, Posterior

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

BLOCK = 1 << 12  # rows multiplied at once: the product stays in the cache
DOUBLE, SINGLE = 2.0**-53, 2.0**-24  # unit roundoffs
TINY = 1e-20  # more than what a deviation loses where squares underflow


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The features of a batch in single precision, columns without a count left out.

    Args:
        columns: ``(F',)``, the columns of the stacked feature maps that are kept.
        phi: ``(N, F')``, scaled counts without the kernel's weights.
        norms: ``(N,)``, at least the Euclidean norm of each row before rounding.
    """

    columns: NDArray[np.int64]
    phi: Singles
    norms: Floats

    @classmethod
    def of(cls, maps: Sequence[FeatureMap], batch: GraphBatch) -> Packed:
        """Compute the features of a batch."""
        columns, parts = [], []
        first = 0
        for feature_map in maps:
            counts = feature_map.counts(batch)
            used = np.flatnonzero(counts.any(axis=0))
            scaled = counts[:, used] * scales(feature_map, batch)[:, None]
            parts.append(scaled.astype(np.float32))
            columns.append(first + used)
            first += feature_map.n_features
        phi = np.ascontiguousarray(np.concatenate(parts, axis=1))
        squares = np.einsum("ij,ij->i", phi, phi)
        norms = np.sqrt(squares.astype(np.float64)) * (1.0 + (phi.shape[1] + 8) * SINGLE)
        return cls(np.concatenate(columns), phi, norms)


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """A value ``weights . phi - kappa |factor' phi|`` of feature vectors, and its error.

    Args:
        weights: ``(F,)``.
        factor: ``(F, k)``, or None where ``kappa`` is 0.
        kappa: at least 0.
        prior: largest prior variance of a coefficient: the scale of what double precision loses
            in a deviation near zero.
    """

    weights: Floats
    factor: Floats | None
    kappa: float
    prior: float

    def intervals(self, packed: Packed) -> tuple[Floats, Floats]:
        """``(N,)`` each: lower and upper ends around the values of double precision.

        Ends are infinite or NaN where numbers exceed the range of single precision.
        """
        weights = self.weights[packed.columns]
        matrix = weights[:, None]
        if self.factor is not None:
            # |factor' phi| = |R phi| with R from a QR decomposition: fewer columns
            R: Floats = np.asarray(np.linalg.qr(self.factor[packed.columns].T, mode="r"))
            matrix = np.concatenate([R.T, matrix], axis=1)
        with np.errstate(over="ignore", invalid="ignore"):  # infinite ends are for the caller
            mean, std = _products(packed.phi, matrix.astype(np.float32))
        relative = 4.0 * (sum(matrix.shape) + 8) * SINGLE  # the sharp factor is below 2 F' u
        error = relative * packed.norms * float(np.linalg.norm(weights))
        lost: Floats = relative * np.abs(mean) + error + TINY
        if self.factor is not None:
            rounding = relative * float(np.linalg.norm(matrix[:, :-1]))
            # the reference is the root of a variance with an error of some F u of the prior's
            reference = np.sqrt(64.0 * (len(self.weights) + 8) * DOUBLE * self.prior)
            lost += self.kappa * (relative * std + packed.norms * (rounding + reference) + TINY)
        value: Floats = mean - self.kappa * std
        return value - lost, value + lost


def screen_of(acquisition: Acquisition, posterior: Posterior) -> Screen | None:
    """The screen of an acquisition function, None if it has none.

    Lower confidence bound, mean and Thompson sample of a ``FeaturePosterior`` have one.
    """
    if not isinstance(posterior, FeaturePosterior):
        return None
    prior = float(posterior.kernel.prior_variances.max())
    if isinstance(acquisition, ThompsonSample):
        return Screen(acquisition.coefficients, None, 0.0, prior)
    if isinstance(acquisition, PosteriorMean):
        return Screen(posterior.weights, None, 0.0, prior)
    if isinstance(acquisition, LowerConfidenceBound):
        factor = deviation_factor(posterior)
        return Screen(posterior.weights, factor, float(np.sqrt(acquisition.beta)), prior)
    return None


def deviation_factor(posterior: FeaturePosterior) -> Floats:
    """``(F, F + r)``: ``B`` with ``S = B B'``, so that the deviation is ``|B' phi|``.

    Written with positive terms only (docs/math.md, 2.5): no digits are lost to cancellation.
    """
    root = np.sqrt(posterior.kernel.prior_variances)[:, None]
    V = posterior.basis
    rest = np.eye(len(root)) - V @ V.T
    return root * np.concatenate([rest, V * np.sqrt(1.0 - posterior.explained)], axis=1)


def packed_of(maps: tuple[FeatureMap, ...], batch: GraphBatch) -> Packed:
    """``Packed.of``, remembered for as long as the batch lives; of the last maps only."""
    known = _PACKED.get(batch)
    if known is None or known[0] != maps:
        known = (maps, Packed.of(maps, batch))
        _PACKED[batch] = known
    return known[1]


_PACKED: WeakKeyDictionary[GraphBatch, tuple[tuple[FeatureMap, ...], Packed]] = WeakKeyDictionary()


def _products(phi: Singles, matrix: Singles) -> tuple[Floats, Floats]:
    """Last column of the product, and the norm of the others, of every row."""
    mean, squares = np.empty(len(phi)), np.zeros(len(phi))
    for i in range(0, len(phi), BLOCK):
        rows = slice(i, i + BLOCK)
        product = phi[rows] @ matrix
        mean[rows] = product[:, -1]
        squares[rows] = np.einsum("ij,ij->i", product[:, :-1], product[:, :-1])
    return mean, np.sqrt(squares)
