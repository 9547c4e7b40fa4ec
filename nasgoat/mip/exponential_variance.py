"""The posterior variance of an exponential kernel: X9 to X12 of ``nasgoat.mip.exponential``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.mip.bends import FLAT, Bend, bend_block
from nasgoat.mip.curves import Root, Square
from nasgoat.mip.handles import Term
from nasgoat.mip.thresholds import GRID, thresholds_within
from nasgoat.posterior import KernelPosterior

Floats = NDArray[np.float64]

OWN_THRESHOLDS = 8  # binaries that divide the range of the exponent of k(x,x)
FEWEST = 2  # tangents of a square: at both ends of its range
NEGLIGIBLE = 1e-10  # largest r_j^2, in units of k(x,x), that is left out: bounds stay valid
MARGIN = 1e-9  # relative; what rounding may do to a bound
# Of the eigenvalues, and of a solve with the Cholesky factor, relative to the largest eigenvalue:
# ten units in the last place of a double (docs/math.md, 6.9)
ROUNDING = 10.0 * float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class Prior:
    """``k(x, x) = variance exp(exponent)``."""

    exponent: Term
    low: float  # the exponent is never less
    high: float
    variance: float

    @property
    def centre(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2.0


@dataclass(frozen=True, slots=True)
class Variance:
    """The variables of X9 to X12, in units of ``unit`` (a variance) and its root."""

    t: pyo.Var
    Q: pyo.Var
    own: Bend | None  # of k(x, x)
    own_centre: float  # of its exponent
    squares: tuple[Square, ...]
    r: Floats  # (r,), of X11
    projection: Floats  # (r, T), w = projection @ k
    root: Root
    unit: float

    def tangent_counts(self, w: Floats, mean: int) -> list[int]:
        """How many tangents each square gets; those that matter more have more of them.

        ``n`` tangents of a square over a range ``L`` err in ``Q`` by up to
        ``(r L / (2 (n - 1)))^2``. The sum of ``(r L / n)^2`` is least, for a given sum of the
        ``n``, where they are as ``(r L)^(2/3)``.

        Args:
            w: ``(N, r)``, values of ``w`` at graphs.
            mean: how many there are per square.
        """
        shares = (self.r * np.ptp(w, axis=0)) ** (2.0 / 3.0)
        if not shares.sum() > 0.0:
            return [mean] * len(shares)
        wanted = np.rint(mean * len(shares) * shares / shares.sum()).astype(int)
        return [max(count, min(mean, FEWEST)) for count in wanted.tolist()]


@dataclass(frozen=True, slots=True)
class _Directions:
    """``|w| <= 1`` with ``r w = u . k / sqrt(s)``, ``r`` in units of the root of k(x,x)."""

    r: Floats  # (r,)
    projection: Floats  # (r, T)
    slack: float  # rounding of the variance, in units of k(x,x)


def variance_rows(
    block: pyo.Block,
    posterior: KernelPosterior,
    prior: Prior,
    grouped: Callable[[Floats], Floats],
    total: Callable[[Floats], Term],
) -> Variance:
    """Write X9 to X12.

    Args:
        block: for the rows.
        posterior: whose variance it is.
        prior: variance of the graph itself.
        grouped: from coefficients of the ``k(x, x_i)`` to those of the exponents.
        total: from the latter to an expression.
    """
    unit = prior.variance * float(np.exp(prior.centre))
    largest = float(np.exp(prior.high - prior.centre)) * (1.0 + MARGIN)  # of k(x,x) and so of Q
    found = _directions(posterior, unit, largest)
    d, own = prior.exponent - prior.centre, _own_bend(block, prior)
    rank, coefficients = range(len(found.r)), grouped(found.projection)
    block.t = pyo.Var(bounds=(0.0, float(np.sqrt(largest))))
    block.Q = pyo.Var(bounds=(0.0, largest))
    block.q = pyo.Var(rank, bounds=(0.0, 1.0))
    block.w = pyo.Var(rank, bounds=(-1.0, 1.0))

    @block.Constraint(rank)
    def X9_projection(b, j):
        return b.w[j] == total(coefficients[j])

    @block.Constraint(rank)
    def X10_square(b, j):
        return b.q[j] >= b.w[j] ** 2

    itself = 1.0 + d + (0.0 if own is None else own.scale * own.e)
    explained = sum(float(found.r[j] ** 2) * block.q[j] for j in rank)
    block.X11_variance = pyo.Constraint(expr=itself - explained + found.slack >= block.Q)
    block.X12_deviation = pyo.Constraint(expr=block.t**2 <= block.Q)
    squares = tuple(Square(block.w[j], block.q[j], block.X10_square[j]) for j in rank)
    root = Root(block.Q, block.t, block.X12_deviation)
    numbers = (found.r, found.projection)
    return Variance(block.t, block.Q, own, prior.centre, squares, *numbers, root, unit)


def _own_bend(block: pyo.Block, prior: Prior) -> Bend | None:
    low, high = prior.low - prior.centre, prior.high - prior.centre
    if high - low <= FLAT:
        return None
    points = np.linspace(low, high, GRID)
    ends = np.array([low]), np.array([high])
    (placed,) = thresholds_within(*ends, np.ones(1), [points], OWN_THRESHOLDS)
    block.own = pyo.Block()
    return bend_block(block.own, prior.exponent - prior.centre, low, high, placed)


def _directions(posterior: KernelPosterior, unit: float, largest: float) -> _Directions:
    """Those that the data inform; a bound on each from the semidefinite prior covariance."""
    s, U = np.linalg.eigh(posterior.cholesky @ posterior.cholesky.T)
    most = float(s.max(initial=0.0))
    # an eigenvalue of the Gram matrix itself, not less than it truly is
    share = np.maximum(s - posterior.noise, 0.0) + ROUNDING * len(s) * most
    r = np.sqrt(largest * np.minimum(share / s, 1.0)) * (1.0 + MARGIN)
    kept = r**2 > NEGLIGIBLE
    r = r[kept]
    projection = (U[:, kept] / np.sqrt(s[kept])).T / (np.sqrt(unit) * r[:, None])
    return _Directions(r, projection, 2.0 * ROUNDING * most / posterior.noise * largest)
