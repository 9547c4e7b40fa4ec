"""Posterior mean and variance of a linear kernel as rows (MATH 2.5, 6.3).

With counts ``c_j``, features ``phi_j = scale_j c_j``, prior variances ``Lambda`` and the
posterior's factor ``G`` (``Lambda - S = G' G``)::

    V1  c_j = its linear expression                     V2  sum_k z[j,k] = 1,  sum_k k z[j,k] = c_j
    V3  w_k = (G phi)_k                                 V4  q_k >= w_k^2
    V5  Q <= sum_j Lambda_j scale_j^2 c_j^2 - sum_k q_k
    V6  t^2 <= Q

with ``c_j^2 = sum_k k^2 z[j,k]``. The mean is linear in the counts. V4 and V6 are the only rows
that are not linear; ``t`` is at most the deviation, and equals it where it is maximised.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.kernels import FeatureMap
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.terms import constant
from nasgoat.posterior import FeaturePosterior

Floats = NDArray[np.float64]

ROUNDING = 1e-9  # relative; coefficients below it are rounding errors of the fit, not information


@dataclass(frozen=True, slots=True)
class CountHandles:
    """The distinct counts of a kernel's feature maps as variables."""

    count: pyo.Var  # count[j], continuous, forced to an integer
    upper: list[int]  # upper[j]: proven bound on count[j]
    columns: list[
        list[tuple[int, float]]
    ]  # columns[j]: (feature column, scale) that count[j] feeds
    square: dict[int, Term]  # square[j] = count[j]^2, linear; filled where squares are asked for


@dataclass(frozen=True, slots=True)
class VarianceHandles:
    """The variables of V3 to V6, in units of ``unit`` (a variance) and its root."""

    t: pyo.Var  # at most the posterior deviation / sqrt(unit)
    Q: pyo.Var  # at most the posterior variance / unit
    q: pyo.Var  # q[k] >= w[k]^2
    w: pyo.Var  # w[k] = (G phi)_k / sqrt(unit)
    G: Floats  # (r, number of counts), w = G @ counts
    unit: float


def count_block(block: pyo.Block, maps: tuple[FeatureMap, ...], h: PathHandles) -> CountHandles:
    """Write the counts of feature maps (V1); equal counts of different maps share a variable."""
    block.maps = pyo.Block(range(len(maps)))
    by_name: dict[str, Count] = {}
    columns: dict[str, list[tuple[int, float]]] = defaultdict(list)
    offset = 0
    for i, feature_map in enumerate(maps):
        for count in encode_counts(feature_map, block.maps[i], h):
            by_name.setdefault(count.name, count)
            columns[count.name].append((offset + count.column, feature_map.scale(h.n)))
        offset += feature_map.n_features
    counts = list(by_name.values())
    uppers = [count.upper for count in counts]
    block.count = pyo.Var(range(len(counts)), bounds=lambda _, j: (0, uppers[j]))

    @block.Constraint(range(len(counts)))
    def V1_count(b, j):
        known = constant(counts[j].expression)
        if known is not None:
            b.count[j].fix(known)
            return pyo.Constraint.Skip
        return b.count[j] == counts[j].expression

    return CountHandles(block.count, uppers, [columns[count.name] for count in counts], {})


def mean_expression(counts: CountHandles, coefficients: Floats) -> Term:
    """``sum_j coefficients_j phi_j`` over the feature columns."""
    slopes = _per_count(counts, coefficients)
    return sum(float(slope) * counts.count[j] for j, slope in enumerate(slopes) if slope)


def square_block(block: pyo.Block, counts: CountHandles) -> None:
    """Write the squares of the counts (V2); a count of at most 1 is its own square."""
    loose = [j for j, upper in enumerate(counts.upper) if upper > 1 and not counts.count[j].fixed]
    index = [(j, c) for j in loose for c in range(counts.upper[j] + 1)]
    block.z = pyo.Var(index, domain=pyo.Binary)
    z = block.z

    @block.Constraint(loose)
    def V2_one_value(_, j):
        return sum(z[j, c] for c in range(counts.upper[j] + 1)) == 1

    @block.Constraint(loose)
    def V2_value(_, j):
        return sum(c * z[j, c] for c in range(1, counts.upper[j] + 1)) == counts.count[j]

    for j, upper in enumerate(counts.upper):
        variable = counts.count[j]
        if variable.fixed:
            counts.square[j] = float(variable.value) ** 2
        elif upper <= 1:
            counts.square[j] = variable
        else:
            counts.square[j] = sum(c * c * z[j, c] for c in range(1, upper + 1))


def variance_block(
    block: pyo.Block, counts: CountHandles, posterior: FeaturePosterior
) -> VarianceHandles:
    """Write the variance rows (V3 to V6); ``square_block`` comes first."""
    prior = _per_count_squared(counts, posterior.kernel.prior_variances)
    largest = float(prior @ np.array([upper**2 for upper in counts.upper]))
    seen = posterior.kernel.diag(posterior.observed).max(initial=0.0)
    unit = float(seen or largest or 1.0)  # Q is then of the order of 1
    rows = [_per_count(counts, row) for row in posterior.covariance_factor]
    G = np.reshape(rows, (len(rows), len(counts.columns))) / np.sqrt(unit)
    G[np.abs(G) < ROUNDING * max(np.abs(G).max(initial=0.0), 1e-300)] = 0.0
    uppers = np.array(counts.upper, dtype=float)
    low = np.minimum(G, 0.0) @ uppers
    high = np.maximum(G, 0.0) @ uppers
    rank = range(len(G))
    block.t = pyo.Var(bounds=(0.0, float(np.sqrt(largest / unit))))
    block.Q = pyo.Var(bounds=(0.0, largest / unit))
    block.q = pyo.Var(rank, bounds=lambda _, k: (0.0, float(max(low[k] ** 2, high[k] ** 2))))
    block.w = pyo.Var(rank, bounds=lambda _, k: (float(low[k]), float(high[k])))

    @block.Constraint(rank)
    def V3_projection(b, k):
        terms = [(float(g), counts.count[j]) for j, g in enumerate(G[k]) if g]
        return b.w[k] == sum(g * count for g, count in terms)

    @block.Constraint(rank)
    def V4_square(b, k):
        return b.q[k] >= b.w[k] ** 2

    prior_term = sum(
        float(value / unit) * counts.square[j] for j, value in enumerate(prior) if value
    )
    block.V5_variance = pyo.Constraint(expr=prior_term - sum(block.q[k] for k in rank) >= block.Q)
    block.V6_deviation = pyo.Constraint(expr=block.t**2 <= block.Q)
    return VarianceHandles(block.t, block.Q, block.q, block.w, G, unit)


def _per_count(counts: CountHandles, coefficients: Floats) -> Floats:
    """Coefficients of the features turned into coefficients of the counts."""
    return np.array([sum(s * coefficients[i] for i, s in columns) for columns in counts.columns])


def _per_count_squared(counts: CountHandles, variances: Floats) -> Floats:
    return np.array([sum(s * s * variances[i] for i, s in columns) for columns in counts.columns])
