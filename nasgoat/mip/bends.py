"""``exp(d) - 1 - d`` as rows: tangents below, chords above (docs/math.md, 6.9).

What an exponential adds to its tangent at the centre is written as ``scale * e`` with ``e`` between
0 and 1. Its argument ``d = width * u`` lies in a proven range, which thresholds ``T_1 < .. < T_K``
divide into segments of lengths ``L_0 .. L_K``::

    X1  u = (row . c + shift) / width
    X2  width u = low + sum_k L_k p_k            p_k: the share of segment k that is below d
    X3  p_k <= y_k <= p_(k-1)                    y_k = 1: d >= T_k,  y_k = 0: d <= T_k
    X4  (T_k - low) y_k <= d - low,  (high - T_k) (1 - y_k) <= high - d
    X5  scale e <= f(low) + sum_k slope_k L_k p_k
    X6  scale e = f(d)                           the only row that is not linear

X4 is implied by integral points of X2 and X3. It lets a solver's propagation settle ``y`` as soon
as the range of ``d`` shrinks, and the chord of X5 with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.mip.curves import Exponential
from nasgoat.mip.handles import Term

Floats = NDArray[np.float64]

FLAT = 1e-6  # the bend of an exponent whose range is shorter is rounding
LEAST_WIDTH = 1e-3  # shorter ranges keep this unit and get no threshold: their chords are close


def bend(d: Floats | float) -> Floats:
    """``exp(d) - 1 - d``, convex and non-negative."""
    values: Floats = np.expm1(d) - d
    return values


def chord(d: Floats, low: float, high: float, thresholds: Sequence[float]) -> Floats:
    """The upper bound of X5 on ``bend``, at arguments within the range."""
    at = np.array([low, *thresholds, high])
    above: Floats = np.interp(d, at, bend(at))
    return above


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """One ``bend`` as variables: ``scale * e`` stands for it."""

    block: pyo.Block
    e: pyo.Var
    low: float
    high: float
    scale: float
    width: float
    curve: Exponential

    @property
    def curves(self) -> tuple[Exponential, ...]:
        """The row that is not linear."""
        return (self.curve,)

    def divide(self, thresholds: Sequence[float]) -> None:
        """Write X2 to X5 for these thresholds instead of the earlier ones.

        Args:
            thresholds: ascending, strictly within the range.
        """
        if self.block.component("chords") is not None:
            self.block.del_component("chords")
        self.block.chords = pyo.Block()
        _chord_rows(self.block.chords, self, thresholds)


def bend_block(
    block: pyo.Block, exponent: Term, low: float, high: float, thresholds: Sequence[float]
) -> Bend:
    """Write X1 to X6.

    Args:
        block: for the rows.
        exponent: ``d`` as a linear expression of the counts.
        low: ``d`` is never less.
        high: ``d`` is never more; larger than ``low``.
        thresholds: ascending, strictly between the two.
    """
    width = max(-low, high, LEAST_WIDTH)
    scale = float(bend(np.array([low, high])).max())
    block.u = pyo.Var(bounds=(low / width, high / width))
    block.e = pyo.Var(bounds=(0.0, 1.0))
    block.X1_exponent = pyo.Constraint(expr=block.u == exponent / width)
    d = width * block.u
    block.X6_exponential = pyo.Constraint(expr=scale * block.e + 1.0 + d == pyo.exp(d))
    curve = Exponential(block.u, block.e, block.X6_exponential, width, scale)
    made = Bend(block, block.e, low, high, scale, width, curve)
    made.divide(thresholds)
    return made


def _chord_rows(block: pyo.Block, made: Bend, thresholds: Sequence[float]) -> None:
    low, high, u = made.low, made.high, made.curve.argument
    d = made.width * u
    ends = np.array([low, *thresholds, high])
    lengths, heights = np.diff(ends), bend(ends) / made.scale
    rises, inner = np.diff(heights), range(1, len(ends) - 1)
    if not thresholds:
        above = float(rises[0] / lengths[0]) * (d - low)
        block.X5_chords = pyo.Constraint(expr=made.e <= float(heights[0]) + above)
        return
    block.p = pyo.Var(range(len(lengths)), bounds=(0.0, 1.0))
    block.y = pyo.Var(inner, domain=pyo.Binary)
    p, y = block.p, block.y
    total = sum(float(length / made.width) * p[k] for k, length in enumerate(lengths))
    block.X2_shares = pyo.Constraint(expr=u == low / made.width + total)
    block.X3_entered = pyo.Constraint(inner, rule=lambda _, k: p[k] <= y[k])
    block.X3_filled = pyo.Constraint(inner, rule=lambda _, k: y[k] <= p[k - 1])

    @block.Constraint(inner)
    def X4_above(_, k):
        return y[k] <= (d - low) / float(ends[k] - low)

    @block.Constraint(inner)
    def X4_below(_, k):
        return 1.0 - y[k] <= (high - d) / float(high - ends[k])

    above = sum(float(rise) * p[k] for k, rise in enumerate(rises))
    block.X5_chords = pyo.Constraint(expr=made.e <= float(heights[0]) + above)
