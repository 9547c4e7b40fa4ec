"""What is trained, and what comes out of it: plain values on either side of TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from nasgoat.surrogate.ranges import Range


@dataclass(frozen=True, slots=True)
class Structure:
    """A kernel's shape and the ranges of its hyperparameters; models are cached by it.

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
