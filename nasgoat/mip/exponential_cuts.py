"""The tangents that a model of an exponential kernel begins with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.mip.curves import Curve, Cut, Exponential
from nasgoat.mip.exponential_variance import Variance
from nasgoat.mip.lookups import Lookup

Floats = NDArray[np.float64]

ROOT_RANGE = 4e-6  # the first tangents of the root reach down to this share of the largest variance


def first_cuts(
    curves: Sequence[Curve],
    at: Floats,
    variance: Variance | None,
    tangents: int,
    root_tangents: int,
) -> list[Cut]:
    """Quantiles over the graphs, both ends of exponents, a geometric grid for the root.

    Args:
        curves: of the belief; with a variance, its squares and its root are the last ones.
        at: ``(N, len(curves))``, arguments at ``N >= 1`` graphs.
        variance: of the belief, if it has one.
        tangents: at quantiles of each curve; of squares, on average.
        root_tangents: of the root.
    """
    plain = list(curves if variance is None else curves[:-1])
    counts = [tangents] * len(plain)
    if variance is not None:
        first = len(plain) - len(variance.squares)
        counts[first:] = variance.tangent_counts(at[:, first : len(plain)], tangents)
    cuts = [
        curve.tangent(float(a))
        for curve, column, count in zip(plain, at.T, counts, strict=False)
        if not isinstance(curve, Lookup)
        for a in np.quantile(column, np.linspace(0.0, 1.0, count))
    ]
    for curve in plain:
        if isinstance(curve, Exponential | Lookup):
            cuts += [curve.tangent(float(end)) for end in curve.argument.bounds]
    if variance is not None:
        grid = float(variance.Q.ub) * np.geomspace(1.0, ROOT_RANGE, root_tangents)
        cuts += [variance.root.tangent(float(Q)) for Q in grid]
    return cuts
