"""The posterior of an exponential kernel as rows (docs/math.md, 2.4, 6.9).

With ``l = centre + d`` and the bends ``f(d) = exp(d) - 1 - d`` of ``nasgoat.mip.bends``, every
``k(x, x_i)`` and ``k(x, x)`` is ``variance exp(centre) (1 + d + f(d))``. What is linear in the
counts is summed before it is written, so it cancels exactly, and only the bends are relaxed::

    X8   m >= mean = alpha . k
    X9   r_j w_j = u_j . k / sqrt(s_j)                 K + noise I = sum_j s_j u_j u_j'
    X10  q_j >= w_j^2
    X11  Q <= k(x,x) - sum_j r_j^2 q_j
    X12  t^2 <= Q
    X13  m >= m0 - (m0 - least m) h,   t <= t0 + (largest t - t0) h

where ``h`` is 0 at the counts of a visited graph, whose mean and deviation are ``m0`` and ``t0``,
and at least 1 at all others. ``|u_j . k|^2 <= (s_j - noise) k(x,x)`` because the prior covariance
of the observed graphs and ``x`` is semidefinite: that is ``r_j``.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.core.expr.numeric_expr import LinearExpression
from scipy.linalg import cho_solve

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel
from nasgoat.mip.belief import Belief, encode_belief
from nasgoat.mip.bends import FLAT, Bend, bend, bend_block, chord
from nasgoat.mip.condition import check_condition
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.curves import Curve, Cut
from nasgoat.mip.edge_products import edge_products, product_count
from nasgoat.mip.exponential_cuts import first_cuts
from nasgoat.mip.exponential_variance import Prior, Variance, variance_rows
from nasgoat.mip.exponents import Exponents, exponents
from nasgoat.mip.handles import Term
from nasgoat.mip.integers import IntegerHandles, integer_block
from nasgoat.mip.lookups import LookupBend, lookup_bends
from nasgoat.mip.majorant import Diagonal
from nasgoat.mip.ranges import range_of, ranges
from nasgoat.mip.thresholds import divided, points_of, thresholds_within
from nasgoat.posterior import KernelPosterior

Floats = NDArray[np.float64]

THRESHOLDS = 120  # binaries that divide the ranges of all exponents
NEW_THRESHOLDS = 8  # at each visited graph
WORTH = 1e-5  # cost of a chord's error that is worth a threshold
MARGIN = 1e-9  # relative; what rounding may do to a bound
ROUNDING = 1e-15  # of the mean, relative to its terms
MOST_PRODUCTS = 20_000  # of the labels of two edges
LARGEST_MEAN = 1e4  # of the variable: HiGHS proves false bounds on rows of 1e8 (docs/solver.md)
SLACK = 1e-4  # beyond the range of the mean, far above what solvers tolerate


class ExponentialBelief:
    """The belief of an exponential kernel.

    Args:
        posterior: what is encoded.
        block: for the rows; its model holds the counts and their graphs, and nothing else.
        counts: of the kernel's feature maps.
        lookups: whether exponents may be numbers of matches (``nasgoat.mip.lookups``).
    """

    def __init__(
        self,
        posterior: KernelPosterior,
        kernel: ExponentialKernel,
        block: pyo.Block,
        counts: CountHandles,
        *,
        lookups: bool = True,
    ) -> None:
        self.posterior, self.kernel, self.counts = posterior, kernel, counts
        self.variance: Variance | None = None
        self._block = block
        block.integers = pyo.Block()
        block.visited = pyo.ConstraintList()  # X13
        weights = kernel.linear.prior_variances
        model = block.model()
        self.exponents: Exponents = exponents(posterior, model, counts, weights, lookups=lookups)
        self.integers: IntegerHandles = integer_block(block.integers, counts, weights)
        self._own = Prior(
            self.integers.total, *range_of(model, self.integers.total), kernel.variance
        )
        self._unit = kernel.variance * np.exp(self.exponents.centre)  # (E,)
        self._alpha = self._grouped(posterior.alpha[None, :])[0]
        self._mean_range = self._range(self._alpha)  # before rows are written that are not linear
        self._thresholds = self._placed()
        self._bends = self._written()
        self._mean: pyo.Var | None = None
        self._mean_unit = max(1.0, *(abs(end) / LARGEST_MEAN for end in self._mean_range))
        self._seen: set[bytes] = set()

    def mean(self) -> Term:
        """See ``Belief``."""
        if self._mean is None:
            block, unit = self._block, self._mean_unit
            low, high = self._mean_range
            block.m = self._mean = pyo.Var(bounds=(low / unit - SLACK, high / unit + SLACK))
            slack = ROUNDING * float(np.abs(self._alpha) @ np.exp(self.exponents.high)) / unit
            total = self._total(self._alpha / unit)
            block.X8_mean = pyo.Constraint(expr=block.m >= total - slack)
        return self._mean_unit * self._mean

    def deviation(self) -> Term:
        """See ``Belief``."""
        if self.variance is None:
            self.variance = variance_rows(
                self._block, self.posterior, self._own, self._grouped, self._total
            )
        return float(np.sqrt(self.variance.unit)) * self.variance.t

    @property
    def curves(self) -> tuple[Curve, ...]:
        """See ``Belief``."""
        bends = tuple(curve for bend in self._bends.values() for curve in bend.curves)
        if self.variance is None:
            return bends
        own = () if self.variance.own is None else self.variance.own.curves
        return (*bends, *own, *self.variance.squares, self.variance.root)

    def arguments(self, batch: GraphBatch) -> Floats:
        """See ``Belief``."""
        deviations = self.exponents.of(self.counts.of(batch))
        columns = [
            deviations[:, i] / bend.width for i, bend in self._bends.items() for _ in bend.curves
        ]
        if self.variance is not None:
            v = self.variance
            if v.own is not None:
                columns.append((self.kernel.linear.diag(batch) - v.own_centre) / v.own.width)
            k = self.kernel.gram(batch, self.posterior.observed)
            columns += list(v.projection @ k.T)
            columns.append(self.posterior.mean_and_std(batch)[1] ** 2 / v.unit)
        return np.array(columns).reshape(len(columns), len(batch)).T

    def first_cuts(self, batch: GraphBatch, tangents: int, root_tangents: int) -> list[Cut]:
        """See ``first_cuts`` of ``nasgoat.mip.exponential_cuts``."""
        curves = self.curves
        at = self.arguments(batch) if len(batch) else np.zeros((1, len(curves)))
        return first_cuts(curves, at, self.variance, tangents, root_tangents)

    def refine(self, batch: GraphBatch, *, lightly: bool = False) -> bool:
        """Write X13 for graphs of counts that had none."""
        changed = False
        mean, std = self.posterior.mean_and_std(batch)
        for i, c in enumerate(self.counts.of(batch)):
            if c.tobytes() in self._seen:
                continue
            self._seen.add(c.tobytes())
            if self.exponents.matches is None and not lightly:
                self._divide(c)
            self._visit(c, float(mean[i]), float(std[i]))
            changed = True
        return changed

    def _divide(self, c: Floats) -> None:
        """Place thresholds where the chords are worst at counts ``c``."""
        parts = self.exponents
        d = parts.of(c[None, :])[0]
        costs = {}
        chords = {e: bend for e, bend in self._bends.items() if isinstance(bend, Bend)}
        for e in chords:
            at, ends = np.array([d[e]]), (float(parts.low[e]), float(parts.high[e]))
            error = float((chord(at, *ends, self._thresholds[e]) - bend(at))[0])
            if self._costs[e] * error > WORTH:
                costs[e] = self._costs[e] * error
        for e in sorted(costs, key=costs.__getitem__, reverse=True)[:NEW_THRESHOLDS]:
            ends = (float(parts.low[e]), float(parts.high[e]))
            thresholds = divided(*ends, self._thresholds[e], float(d[e]))
            if thresholds is not None:
                self._thresholds[e] = thresholds
                chords[e].divide(thresholds)

    def _visit(self, c: Floats, mean: float, std: float) -> None:
        """Make the mean and the deviation exact at the graphs of counts ``c``."""
        differs, visited = self.integers.differs(c), self._block.visited
        if self._mean is not None:
            own = mean / self._mean_unit
            room = own - float(self._mean.lb)
            scale = max(1.0, room)
            visited.add(self._mean / scale + (room / scale) * differs >= own / scale)
        if self.variance is not None:
            t, own = self.variance.t, std / float(np.sqrt(self.variance.unit))
            room = max(float(t.ub) - own, 0.0)
            visited.add(t - room * differs <= own)

    def _grouped(self, coefficients: Floats) -> Floats:
        """``(R, T)``, of ``k(x, x_i)``, to ``(R, E)``, of ``1 + d + bend(d)``."""
        totals = np.zeros((len(coefficients), len(self._unit)))
        np.add.at(totals.T, self.exponents.group, coefficients.T)
        return totals * self._unit

    def _total(self, coefficients: Floats) -> Term:
        """``sum_e coefficients[e] (1 + d_e + bend(d_e))`` as an expression."""
        linear = coefficients @ self.exponents.rows
        constant = float(coefficients @ (1.0 + self.exponents.shift))
        terms = [(float(a), self.counts.variable[j]) for j, a in enumerate(linear) if a]
        terms += [
            (float(coefficients[e]) * bend.scale, bend.e)
            for e, bend in self._bends.items()
            if coefficients[e]
        ]
        return LinearExpression(
            constant=constant,
            linear_coefs=[a for a, _ in terms],
            linear_vars=[variable for _, variable in terms],
        )

    def _range(self, coefficients: Floats) -> tuple[float, float]:
        """Bounds of ``_total``."""
        row = coefficients @ self.exponents.rows
        low, high = ranges(self._block.model(), self.counts, row[None, :])
        constant = float(coefficients @ (1.0 + self.exponents.shift))
        most = np.maximum(bend(self.exponents.low), bend(self.exponents.high))
        bent = coefficients * most
        low_end = float(low[0]) + constant + float(np.minimum(bent, 0.0).sum())
        high_end = float(high[0]) + constant + float(np.maximum(bent, 0.0).sum())
        margin = MARGIN * float(np.abs(coefficients) @ np.exp(self.exponents.high))
        return low_end - margin, high_end + margin

    def _written(self) -> dict[int, Bend | LookupBend]:
        """The bends of the exponents that vary."""
        parts, block = self.exponents, self._block
        expressions = {
            e: parts.expression(self.counts, e)
            for e in range(len(parts.shift))
            if parts.high[e] - parts.low[e] > FLAT
        }
        if parts.matches is not None:
            block.products, block.lookups = pyo.Block(), pyo.Block()
            products = edge_products(block.products, self.counts.handles)
            lookups = lookup_bends(block.lookups, expressions, parts.matches, parts.low, products)
            return dict(lookups)
        block.exponent = pyo.Block(pyo.Any)
        return {
            e: bend_block(block.exponent[e], expression, *parts.ends(e), self._thresholds[e])
            for e, expression in expressions.items()
        }

    def _placed(self) -> list[list[float]]:
        """Thresholds of all exponents, more where the errors of chords cost more."""
        parts = self.exponents
        if parts.matches is not None:
            return []
        c = self.counts.of(self.posterior.observed)
        if len(c) == 0:  # the prior alone: nothing but k(x, x) is relaxed
            self._costs = np.zeros(0)
            return []
        rng = np.random.default_rng(0)  # only where to put thresholds depends on it
        pairs = rng.integers(len(c), size=(2, 64))
        k = self._unit * np.exp(parts.of((c[pairs[0]] + c[pairs[1]]) / 2.0))  # between graphs
        b = cho_solve((self.posterior.cholesky, True), k[:, parts.group].T).T
        negative = np.maximum(-self._grouped(b), 0.0).mean(axis=0)
        deviation = float(np.median(self.posterior.mean_and_std(self.posterior.observed)[1]))
        self._costs = np.maximum(-self._alpha, 0.0) + negative / max(deviation, 1e-3)
        most = self.counts.upper
        points = [
            points_of(row[row != 0.0], most[row != 0.0], shift, low, high)
            for row, shift, low, high in zip(
                parts.rows, parts.shift, parts.low, parts.high, strict=True
            )
        ]
        return thresholds_within(parts.low, parts.high, self._costs, points, THRESHOLDS)


@encode_belief.register
def _(
    posterior: KernelPosterior,
    block: pyo.Block,
    counts: CountHandles,
    diagonal: Diagonal = "least",
    *,
    lookups: bool = True,
) -> Belief:
    del diagonal  # the exponential of the counts has none
    if not isinstance(posterior.kernel, ExponentialKernel):
        msg = (
            f"a KernelPosterior of a {type(posterior.kernel).__name__} has no MIP form; a linear "
            "kernel has one as a FeaturePosterior"
        )
        raise NoEncodingError(msg)
    check_condition(posterior)
    few = product_count(counts.handles) <= MOST_PRODUCTS
    return ExponentialBelief(posterior, posterior.kernel, block, counts, lookups=lookups and few)
