"""What is trained, what comes out of it, and who does it: plain values and a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nasgoat.surrogate.ranges import Range

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Structure:
    """A kernel's shape and the ranges of its hyperparameters; GPflow models are cached by it.

    Args:
        n_maps: number of feature maps.
        exponential: exponential kernel, else linear.
        weights: range of alpha, beta, gamma.
        variance: range of sigma_k^2; only exponential kernels have one.
        noise: range of the noise variance, or its fixed value.
    """

    n_maps: int
    exponential: bool
    weights: Range
    variance: Range
    noise: Range | float

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Of all that is trained: the weights, then the variance, then the noise."""
        ranges = (self.weights,) * self.n_maps
        if self.exponential:
            ranges += (self.variance,)
        return (*ranges, self.noise) if isinstance(self.noise, Range) else ranges

    @property
    def initial(self) -> Hyperparameters:
        """Where the first start of the training begins."""
        noise = self.noise.initial if isinstance(self.noise, Range) else self.noise
        variance = self.variance.initial if self.exponential else 1.0
        return Hyperparameters((self.weights.initial,) * self.n_maps, variance, noise)


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The numbers that define a Gaussian process.

    Args:
        weights: one per feature map: alpha, beta, gamma.
        variance: sigma_k^2 of an exponential kernel, 1 for a linear one.
        noise: variance of the observation noise.
        log_likelihood: log marginal likelihood of the (transformed) data; None if nothing was
            trained.
    """

    weights: tuple[float, ...]
    variance: float
    noise: float
    log_likelihood: float | None = None


class Trainer(Protocol):
    """Finds the hyperparameters that make the data likeliest."""

    def train(
        self,
        structure: Structure,
        blocks: Sequence[Floats],
        targets: Floats,
        restarts: int,
        rng: np.random.Generator,
    ) -> Hyperparameters:
        """Maximise the log marginal likelihood.

        Args:
            structure: what is trained, and in which ranges.
            blocks: scaled features ``(T, F_g)`` of each map.
            targets: ``(T,)``.
            restarts: number of starts from random points after the one from the initial values.
            rng: draws them, evenly on the logarithmic scale.

        Returns:
            The best of all points that were looked at. Points where the likelihood cannot be
            computed (overflow, covariance not positive definite) are passed over.

        Raises:
            BadDataError: it could be computed at no start.
        """
