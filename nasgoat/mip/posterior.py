"""The posterior variance of a linear kernel as rows (docs/math.md, 2.5, 6.3).

The variance is a quadratic form of the counts. What the counts that all graphs share contribute is
split off: ``variance = c' S c + s . c + s0`` over the others, and ``S = D - G' G`` with a diagonal
``D``::

    V3  r_k w_k = (G c)_k                                      V4  q_k >= w_k^2
    V5  Q <= sum_j D_j c_j^2 - sum_k r_k^2 q_k + s . c + s0    V6  t^2 <= Q

where ``r_k`` makes ``|w_k| <= 1``: solvers with absolute tolerances cannot see rows of 1e-7. V4
and V6 are the only rows that are not linear; ``t`` is at most the deviation, and equals it where it
is maximised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.kernels import counts_of
from nasgoat.mip.belief import encode_belief
from nasgoat.mip.counts import CountHandles, square_block
from nasgoat.mip.curves import Curve, Cut, Root, Square
from nasgoat.mip.handles import Term
from nasgoat.mip.joint import JointLabels
from nasgoat.mip.majorant import Diagonal, Split, split
from nasgoat.mip.terms import linear
from nasgoat.posterior import FeaturePosterior

Floats = NDArray[np.float64]

ROUNDING = 1e-12  # relative; HiGHS drops smaller coefficients in any case
ROOT_RANGE = 4e-6  # the first tangents of the root reach down to this share of the largest variance
LEAST_UNIT = 1e-3  # of the prior variance: coefficients of J2 cancel, and should not be large
NEGLIGIBLE = 1e-10  # largest r_k^2, in units of a variance, that is left out: bounds stay valid


@dataclass(frozen=True, slots=True)
class VarianceHandles:
    """The variables of V3 to V6, in units of ``unit`` (a variance) and its root."""

    t: pyo.Var  # at most the posterior deviation / sqrt(unit)
    Q: pyo.Var  # at most the posterior variance / unit
    squares: tuple[Square, ...]  # V4: q[k] >= w[k]^2, w[k] between -1 and 1
    root: Root  # V6
    G: Floats  # (r, C), w = G @ counts, scaled
    unit: float


class LinearBelief:
    """The belief of a linear kernel: a mean that is linear in the counts, and V3 to V6.

    Args:
        posterior: what is encoded.
        block: for the variance rows.
        counts: of the kernel's feature maps.
        diagonal: which diagonal bounds the variance.
    """

    def __init__(
        self,
        posterior: FeaturePosterior,
        block: pyo.Block,
        counts: CountHandles,
        diagonal: Diagonal = "least",
    ) -> None:
        self.posterior = posterior
        self.diagonal = diagonal
        self.counts = counts
        self.variance: VarianceHandles | None = None
        self._block = block

    def mean(self) -> Term:
        """See ``Belief``."""
        return self.counts.total(self.posterior.weights @ self.counts.J)

    def deviation(self) -> Term:
        """See ``Belief``."""
        if self.variance is None:
            self.variance = variance_block(self._block, self.counts, self.posterior, self.diagonal)
        return float(np.sqrt(self.variance.unit)) * self.variance.t

    @property
    def curves(self) -> tuple[Curve, ...]:
        """See ``Belief``."""
        return () if self.variance is None else (*self.variance.squares, self.variance.root)

    def arguments(self, batch: GraphBatch) -> Floats:
        """See ``Belief``."""
        if self.variance is None:
            return np.zeros((len(batch), 0))
        w = self.counts.of(batch) @ self.variance.G.T
        std = self.posterior.mean_and_std(batch)[1]  # D and G cancel where it is small
        return np.column_stack([w, std**2 / self.variance.unit])

    def first_cuts(self, batch: GraphBatch, tangents: int, root_tangents: int) -> list[Cut]:
        """Squares: quantiles over the graphs. Root: a geometric grid."""
        if self.variance is None:
            return []
        squares, root = self.variance.squares, self.variance.root
        levels = np.linspace(0.0, 1.0, tangents)
        w = self.arguments(batch)[:, :-1]
        rows = np.quantile(w, levels, axis=0) if len(batch) else np.zeros((1, w.shape[1]))
        grid = float(self.variance.Q.ub) * np.geomspace(1.0, ROOT_RANGE, root_tangents)
        cuts = [curve.tangent(a) for row in rows for curve, a in zip(squares, row, strict=True)]
        return cuts + [root.tangent(Q) for Q in grid]

    def refine(self, batch: GraphBatch, *, lightly: bool = False) -> bool:
        """Nothing to do: tangents make the relaxation exact."""
        del batch, lightly
        return False


@encode_belief.register
def _(
    posterior: FeaturePosterior,
    block: pyo.Block,
    counts: CountHandles,
    diagonal: Diagonal = "least",
    *,
    lookups: bool = True,
) -> LinearBelief:
    del lookups  # there are no exponents
    return LinearBelief(posterior, block, counts, diagonal)


def variance_block(
    block: pyo.Block, counts: CountHandles, posterior: FeaturePosterior, diagonal: Diagonal
) -> VarianceHandles:
    """Write the variance rows."""
    if counts.joint is not None:
        return _joint_variance_block(block, counts, counts.joint, posterior)
    form = _form(counts, posterior, diagonal)
    G, weight = _scaled_rows(form.G / np.sqrt(form.unit), counts.upper)
    low, high = np.minimum(G, 0.0) @ counts.upper, np.maximum(G, 0.0) @ counts.upper
    gains = np.maximum(form.D * counts.upper**2, 0.0) + np.maximum(form.s * counts.upper, 0.0)
    largest = max(float(gains.sum() + form.s0), 0.0) / form.unit
    rank = range(len(G))
    block.t = pyo.Var(bounds=(0.0, float(np.sqrt(largest))))
    block.Q = pyo.Var(bounds=(0.0, largest))
    block.q = pyo.Var(rank, bounds=lambda _, k: (0.0, float(max(low[k] ** 2, high[k] ** 2))))
    block.w = pyo.Var(rank, bounds=lambda _, k: (float(low[k]), float(high[k])))
    squares = square_block(block, counts, np.flatnonzero(form.D).tolist())

    @block.Constraint(rank)
    def V3_projection(b, k):
        return b.w[k] == counts.total(G[k])

    @block.Constraint(rank)
    def V4_square(b, k):
        return b.q[k] >= b.w[k] ** 2

    diagonal = sum(float(form.D[j] / form.unit) * square for j, square in squares.items())
    shared = counts.total(form.s / form.unit) + form.s0 / form.unit
    block.V5_variance = pyo.Constraint(
        expr=diagonal - sum(float(weight[k]) * block.q[k] for k in rank) + shared >= block.Q
    )
    block.V6_deviation = pyo.Constraint(expr=block.t**2 <= block.Q)
    curves = tuple(Square(block.w[k], block.q[k], block.V4_square[k]) for k in rank)
    root = Root(block.Q, block.t, block.V6_deviation)
    return VarianceHandles(block.t, block.Q, curves, root, G, form.unit)


def _joint_variance_block(
    block: pyo.Block, counts: CountHandles, joint: JointLabels, posterior: FeaturePosterior
) -> VarianceHandles:
    """Write J2, ``Q <= sum_C sum_a kappa[C,a] z[C,a]`` (equal on graphs), and V6."""
    scale = counts.J.max(axis=1, initial=0.0)  # of every feature that can be non-zero
    prior = posterior.kernel.prior_variances * scale**2
    S = posterior.covariance * np.outer(scale, scale)
    columns = [counts_of(feature_map, posterior.observed) for feature_map in counts.maps]
    squares = np.concatenate(columns, axis=1).astype(float) ** 2
    typical = squares.mean(axis=0) if len(squares) else np.ones(len(prior))
    unit = max(float(S.diagonal() @ typical), LEAST_UNIT * float(prior @ typical)) or 1.0
    kappa = joint.quadratic(S / unit)
    largest = sum(float(part.max()) for part in joint.quadratic(np.diag(prior) / unit))
    block.t = pyo.Var(bounds=(0.0, float(np.sqrt(largest))))
    block.Q = pyo.Var(bounds=(0.0, largest))
    coefficients = np.concatenate(kappa)
    used = np.flatnonzero(coefficients).tolist()
    one_hots = [z for cluster in joint.clusters for z in cluster.one_hot]
    variance = linear([float(coefficients[i]) for i in used], [one_hots[i] for i in used])
    block.J2_variance = pyo.Constraint(expr=variance >= block.Q)
    block.V6_deviation = pyo.Constraint(expr=block.t**2 <= block.Q)
    root = Root(block.Q, block.t, block.V6_deviation)
    return VarianceHandles(block.t, block.Q, (), root, np.zeros((0, counts.J.shape[1])), unit)


def _scaled_rows(G: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Rows of ``G`` divided by their largest value ``r_k`` on any counts, and ``r_k^2``."""
    low, high = np.minimum(G, 0.0) @ upper, np.maximum(G, 0.0) @ upper
    r: Floats = np.maximum(-low, high)
    kept = r**2 > NEGLIGIBLE
    scaled: Floats = G[kept] / r[kept, None]
    scaled[np.abs(scaled) < ROUNDING] = 0.0
    weight: Floats = r[kept] ** 2
    return scaled, weight


@dataclass(frozen=True, slots=True)
class _Form:
    """``variance = sum_j D_j c_j^2 - |G c|^2 + s . c + s0``; D, G are 0 for shared counts."""

    D: Floats  # (C,)
    G: Floats  # (r, C)
    s: Floats  # (C,)
    s0: float
    unit: float  # typical size of the first term


def _form(counts: CountHandles, posterior: FeaturePosterior, diagonal: Diagonal) -> _Form:
    prior = counts.J.T * posterior.kernel.prior_variances @ counts.J  # (C, C)
    informed = posterior.covariance_factor @ counts.J  # (r, C)
    free = np.isnan(counts.known)
    known = np.where(free, 0.0, counts.known)
    S = prior - informed.T @ informed
    squares = counts.of(posterior.observed) ** 2
    typical = squares.mean(axis=0) + 1e-2 if len(squares) else np.ones(len(free))
    part: Split = split(prior[np.ix_(free, free)], informed[:, free], typical[free], diagonal)
    D, s = np.zeros(len(free)), np.zeros(len(free))
    G = np.zeros((len(part.G), len(free)))
    D[free], G[:, free] = part.D, part.G
    s[free] = 2.0 * (S @ known)[free]
    return _Form(D, G, s, float(known @ S @ known), float(D @ typical) or 1.0)
