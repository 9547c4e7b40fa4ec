"""A bound on the deviation of every graph of a model: the prior's, at the largest counts."""

from __future__ import annotations

import math
from functools import singledispatch

import numpy as np

from nasgoat.errors import NoEncodingError
from nasgoat.kernels import ExponentialKernel, GraphKernel, LinearKernel
from nasgoat.mip.counts import CountHandles


@singledispatch
def largest_variance(kernel: GraphKernel, counts: CountHandles) -> float:
    """At least ``k(x, x)`` of every graph, hence at least its posterior variance.

    Args:
        kernel: the prior covariance.
        counts: of the kernel's feature maps, with proven upper bounds.

    Raises:
        NoEncodingError: no bound is known for the kernel.
    """
    del counts
    msg = f"no bound on the variance of a {type(kernel).__name__} is known; register one"
    raise NoEncodingError(msg)


@largest_variance.register
def _(kernel: LinearKernel, counts: CountHandles) -> float:
    # scales and weights are positive, so k(x, x) grows with every count
    phi = np.abs(counts.J) @ np.where(np.isnan(counts.known), counts.upper, counts.known)
    return float(kernel.prior_variances @ phi**2)


@largest_variance.register
def _(kernel: ExponentialKernel, counts: CountHandles) -> float:
    exponent = largest_variance(kernel.linear, counts)
    return kernel.variance * math.exp(exponent)
