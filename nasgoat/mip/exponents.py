"""The exponents of an exponential kernel as functions of the counts.

``k(x, x_i) = variance exp(l_i)`` with ``l_i`` linear in the counts ``c``. Each exponent is split
into a centre and a deviation from it, ``l = centre + d``, whose range is proven by linear programs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.kernels import stacked_features
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.handles import Term
from nasgoat.mip.lookups import Matches, matches_of
from nasgoat.mip.ranges import ranges
from nasgoat.posterior import KernelPosterior

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SAME = 1e-12  # relative; exponents that differ by less share their variables


@dataclass(frozen=True, slots=True)
class Exponents:
    """``d = rows @ c + shift``, one for all observed graphs of equal exponents."""

    rows: Floats  # (E, C), 0 for counts that all graphs share
    shift: Floats  # (E,)
    centre: Floats  # (E,)
    low: Floats  # (E,), d is never less
    high: Floats  # (E,)
    group: Integers  # (T,), the exponent of each observed graph
    matches: list[Matches] | None  # (E,), where the exponents count matches of edge labels

    def of(self, c: Floats) -> Floats:
        """``(N, E)``, the deviations at counts ``(N, C)``."""
        deviations: Floats = c @ self.rows.T + self.shift
        return deviations

    def ends(self, i: int) -> tuple[float, float]:
        """The range of one deviation."""
        return float(self.low[i]), float(self.high[i])

    def expression(self, counts: CountHandles, i: int) -> Term:
        """One deviation as an expression."""
        return counts.total(self.rows[i]) + float(self.shift[i])


def exponents(
    posterior: KernelPosterior,
    model: pyo.ConcreteModel,
    counts: CountHandles,
    weights: Floats,
    *,
    lookups: bool,
) -> Exponents:
    """The exponents towards the observed graphs.

    Args:
        posterior: whose kernel is exponential.
        model: holds the counts and their graphs.
        counts: of the kernel's feature maps.
        weights: ``(F,)``, of the kernel's features.
        lookups: whether numbers of matches are looked for.
    """
    observed = stacked_features(posterior.kernel.maps, posterior.observed)
    full = (observed * weights) @ counts.J
    known = ~np.isnan(counts.known)
    unit = SAME * max(float(np.abs(full).max(initial=0.0)), 1e-300)
    _, first, group = np.unique(
        np.round(full / unit), axis=0, return_index=True, return_inverse=True
    )
    full = full[first]
    rows = np.where(known, 0.0, full)
    shared = full[:, known] @ counts.known[known]
    matches = matches_of(rows, counts) if lookups else None
    if matches is None:
        low, high = ranges(model, counts, rows)
    else:
        low, high = np.zeros(len(rows)), np.array([m.step * m.most for m in matches])
    middle = (low + high) / 2.0
    ends = (low - middle, high - middle)
    return Exponents(rows, -middle, shared + middle, *ends, group.ravel(), matches)
