"""Graph kernels, linear or exponential in feature maps (docs/math.md, 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.kernels.features import FeatureMap, counts_of, features, scales

Floats = NDArray[np.float64]


class GraphKernel(Protocol):
    """A positive semidefinite function of two graphs."""

    @property
    def maps(self) -> tuple[FeatureMap, ...]:
        """The feature maps it is built from."""

    @property
    def weights(self) -> tuple[float, ...]:
        """One positive weight per feature map: the paper's alpha, beta, gamma."""

    @property
    def relabelling_invariant(self) -> bool:
        """Whether renumbering nodes never changes a value."""

    def gram(self, xs: GraphBatch, ys: GraphBatch) -> Floats:
        """``k(x, y)`` of all pairs; ``(len(xs), len(ys))``."""

    def diag(self, xs: GraphBatch) -> Floats:
        """``k(x, x)``; ``(len(xs),)``."""


@dataclass(frozen=True, slots=True)
class LinearKernel:
    """``k(x, y) = sum_g weights[g] * <phi_g(x), phi_g(y)>``.

    Raises:
        ValueError: no map, not one weight per map, or a weight that is not positive.
    """

    maps: tuple[FeatureMap, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.maps or len(self.maps) != len(self.weights):
            msg = f"a kernel needs one weight per map, got {len(self.weights)} for {len(self.maps)}"
            raise ValueError(msg)
        if not all(np.isfinite(w) and w > 0 for w in self.weights):
            msg = f"kernel weights are positive numbers, got {self.weights}"
            raise ValueError(msg)

    @property
    def relabelling_invariant(self) -> bool:
        return all(feature_map.relabelling_invariant for feature_map in self.maps)

    @property
    def prior_variances(self) -> Floats:
        """``(F,)``, the prior variance Lambda of each feature's coefficient."""
        columns = [feature_map.n_features for feature_map in self.maps]
        return np.repeat(np.array(self.weights), columns)

    def gram(self, xs: GraphBatch, ys: GraphBatch) -> Floats:
        total = np.zeros((len(xs), len(ys)))
        for feature_map, weight in zip(self.maps, self.weights, strict=True):
            total += weight * features(feature_map, xs) @ features(feature_map, ys).T
        return total

    def diag(self, xs: GraphBatch) -> Floats:
        total = np.zeros(len(xs))
        for feature_map, weight in zip(self.maps, self.weights, strict=True):
            squares = (counts_of(feature_map, xs).astype(np.float64) ** 2).sum(axis=1)
            total += weight * scales(feature_map, xs) ** 2 * squares
        return total


@dataclass(frozen=True, slots=True)
class ExponentialKernel:
    """``k(x, y) = variance * exp(linear(x, y))``.

    Args:
        linear: the exponent.
        variance: sigma_k^2, positive.

    Raises:
        ValueError: the variance is not positive.
    """

    linear: LinearKernel
    variance: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.variance) and self.variance > 0):
            msg = f"the kernel variance is a positive number, got {self.variance}"
            raise ValueError(msg)

    @property
    def maps(self) -> tuple[FeatureMap, ...]:
        return self.linear.maps

    @property
    def weights(self) -> tuple[float, ...]:
        return self.linear.weights

    @property
    def relabelling_invariant(self) -> bool:
        return self.linear.relabelling_invariant

    def gram(self, xs: GraphBatch, ys: GraphBatch) -> Floats:
        return self.variance * np.exp(self.linear.gram(xs, ys))

    def diag(self, xs: GraphBatch) -> Floats:
        return self.variance * np.exp(self.linear.diag(xs))
