"""Squares of integers that are linear in the counts: ``k(x, x)`` is made of them.

::

    X7  sum_v z[v] = 1,  sum_v v z[v] = row . c        v = low .. high

so that ``(row . c)^2 = sum_v v^2 z[v]``. Two values need no ``z``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.mip.counts import CountHandles
from nasgoat.mip.handles import Term
from nasgoat.mip.ranges import rough_ranges

Floats = NDArray[np.float64]

INTEGRAL = 1e-4  # how far ranges are rounded inwards to an integer


@dataclass(frozen=True, slots=True, eq=False)
class Integer:
    """An integer expression of the counts that all graphs have between ``low`` and ``high``."""

    row: Floats  # (C,)
    low: int
    high: int
    value: Term
    one_hot: dict[int, pyo.Var] = field(default_factory=dict)  # none for at most two values

    @property
    def square(self) -> Term:
        """Linear; equals the square at every graph."""
        if self.one_hot:
            return sum(v * v * z for v, z in self.one_hot.items())
        return (self.low + self.high) * self.value - self.low * self.high

    def differs(self, value: int) -> Term:
        """Linear; 1 at the graphs where the integer has another value, 0 where it has this one."""
        if self.one_hot:
            return 1.0 - self.one_hot[value]
        if self.low == self.high:
            return 0.0
        return self.value - self.low if value == self.low else self.high - self.value


@dataclass(frozen=True, slots=True, eq=False)
class IntegerHandles:
    """All counts that vary, and the integers whose squares make up ``l_xx``."""

    counts: dict[int, Integer]
    weighted: list[tuple[float, Integer]]
    constant: float  # what the squares of shared counts add to l_xx

    @property
    def total(self) -> Term:
        """``l_xx``, linear."""
        return self.constant + sum(weight * integer.square for weight, integer in self.weighted)

    def differs(self, c: Floats) -> Term:
        """Linear; 0 at the graphs of counts ``c``, at least 1 at all others; ``(C,)``."""
        return sum(integer.differs(round(float(c[j]))) for j, integer in self.counts.items())


def integer_block(block: pyo.Block, counts: CountHandles, weights: Floats) -> IntegerHandles:
    """Write X7.

    Args:
        block: for the variables and rows.
        counts: of the kernel's feature maps.
        weights: ``(F,)``, of the kernel's features in ``l_xx = sum_f weights[f] phi_f^2``.
    """
    free = np.isnan(counts.known)
    own = [np.eye(len(free))[j] for j in np.flatnonzero(free)]
    sums: dict[bytes, Floats] = {row.tobytes(): row for row in own}
    weight: dict[bytes, float] = dict.fromkeys(sums, 0.0)
    constant = 0.0
    for f in np.flatnonzero(counts.J.any(axis=1)):
        scale = float(counts.J[f].max())
        row = np.round(counts.J[f] / scale)
        if free[row != 0.0].any():
            sums.setdefault(row.tobytes(), row)
            weight[row.tobytes()] = weight.get(row.tobytes(), 0.0) + weights[f] * scale**2
        else:
            constant += float(weights[f] * (counts.J[f, ~free] @ counts.known[~free]) ** 2)
    rows = np.array(list(sums.values())).reshape(len(sums), len(free))
    low, high = rough_ranges(counts, rows)
    lows, highs = np.ceil(low - INTEGRAL).astype(int), np.floor(high + INTEGRAL).astype(int)
    wide = [i for i in range(len(rows)) if highs[i] - lows[i] > 1]
    index = [(i, v) for i in wide for v in range(lows[i], highs[i] + 1)]
    block.z = pyo.Var(index, domain=pyo.Binary)
    z = block.z
    hots: dict[int, dict[int, pyo.Var]] = {
        i: {v: z[i, v] for v in range(lows[i], highs[i] + 1)} for i in wide
    }

    @block.Constraint(wide)
    def X7_one_value(_, i):
        return sum(hots[i].values()) == 1

    @block.Constraint(wide)
    def X7_value(_, i):
        return sum(v * z for v, z in hots[i].items()) == counts.total(rows[i])

    found = [
        Integer(rows[i], int(lows[i]), int(highs[i]), counts.total(rows[i]), hots.get(i, {}))
        for i in range(len(rows))
    ]
    weighted = [(w, found[i]) for i, w in enumerate(weight[key] for key in sums) if w]
    order = np.flatnonzero(free).tolist()
    return IntegerHandles(dict(zip(order, found, strict=False)), weighted, constant)
