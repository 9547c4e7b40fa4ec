"""Exponentials of a number of matches: exact at every graph, without binaries (docs/math.md, 6.9).

The exponent of an observed graph is ``low + step m``, where ``m`` of its labelled edges are there
with the same label. The number of *pairs* of matches, ``c = m (m - 1) / 2``, is linear in the
products of ``nasgoat.mip.edge_products``. The points ``(m, c)``, ``m = 0 .. M``, lie on a parabola.
Each of them is a vertex of their hull, so rows exist that are exact at all of them::

    X14  c = sum of the products of matches
    X15  scale e <= P(m, c),  P = f at the matches k, k+1 and M          k = 0 .. M-2
    X16  scale e >= P(m, c),  P = f at the matches 0, k and k+1          k = 1 .. M-1

with ``P`` linear in ``m`` and ``c``, that is quadratic in ``m``. At an integer ``m`` the error of
the interpolation has the sign of ``(m - k) (m - k - 1) (m - M)``, at most 0, and of
``m (m - k) (m - k - 1)``, at least 0, because the third derivative of an exponential is positive.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.kernels import EdgeLabels
from nasgoat.mip.bends import LEAST_WIDTH, bend
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.curves import Cut
from nasgoat.mip.edge_products import EdgeProducts, State, states_of
from nasgoat.mip.handles import Pair, Term

Floats = NDArray[np.float64]

WHOLE = 1e-6  # matches below an integer by no more are that integer
EQUAL = 1e-12  # relative; by what the weights of matches may differ


@dataclass(frozen=True, slots=True)
class Matches:
    """The exponent of an observed graph as ``step`` times its matches."""

    step: float
    states: tuple[State, ...]  # the labelled edges of the graph that others can have

    @property
    def most(self) -> int:
        """No graph has more matches."""
        return len(self.states)


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """One side of ``scale value = f(low + step m)``: X15 where ``above``, else X16."""

    argument: pyo.Var  # (low + step m) / width
    value: pyo.Var
    pairs: pyo.Var  # c
    row: pyo.Constraint
    width: float
    scale: float
    low: float
    step: float
    most: int
    above: bool

    def where(self, value_of: Callable[[pyo.Var], float]) -> float:
        """The argument whose tangent bounds the value most closely at a point."""
        m, c = self._matches(value_of(self.argument)), value_of(self.pairs)
        heights = [P @ (1.0, m, c) for P in map(self._interpolation, self._segments)]
        best = int(np.argmin(heights) if self.above else np.argmax(heights))
        return (self.low + self.step * self._segments[best]) / self.width

    def tangent(self, at: float) -> Cut:
        """The row of the segment that holds ``at``; exact at both of its ends."""
        k, segments = int(np.floor(self._matches(at) + WHOLE)), self._segments
        one, slope, curvature = self._interpolation(min(max(k, segments[0]), segments[-1]))
        sign = -1.0 if self.above else 1.0
        slope, one = slope / self.step, one - slope * self.low / self.step
        terms = (
            (self.value, sign),
            (self.argument, -sign * slope * self.width / self.scale),
            (self.pairs, -sign * curvature / self.scale),
        )
        return Cut(terms, sign * one / self.scale)

    @property
    def _segments(self) -> range:
        if self.most == 1:
            return range(1)
        return range(self.most - 1) if self.above else range(1, self.most)

    def _matches(self, argument: float) -> float:
        return (self.width * argument - self.low) / self.step

    def _interpolation(self, k: int) -> Floats:
        """``P`` as coefficients of 1, ``m`` and ``c``."""
        if self.most == 1:
            ends = bend(np.array([self.low, self.low + self.step]))
            return np.array([ends[0], ends[1] - ends[0], 0.0])
        m = np.array([k, k + 1, self.most] if self.above else [0, k, k + 1], dtype=float)
        f = bend(self.low + self.step * m)
        first = np.diff(f) / np.diff(m)
        second = (first[1] - first[0]) / (m[2] - m[0])
        # f0 + first (m - m0) + second (m - m0) (m - m1), and m^2 = m + 2 c
        linear = first[0] + second * (1.0 - m[0] - m[1])
        return np.array([f[0] - first[0] * m[0] + second * m[0] * m[1], linear, 2.0 * second])


def matches_of(rows: Floats, counts: CountHandles) -> list[Matches] | None:
    """The exponents with these rows as numbers of matches; None where one of them is not.

    None, too, where there is nothing to match: without exponents, or without labels on edges.

    Args:
        rows: ``(E, C)``, 0 for counts that all graphs share.
        counts: of the kernel's feature maps.
    """
    if len(rows) == 0 or not counts.handles.edge_label:
        return None
    states, possible = _states_of(counts), states_of(counts.handles)
    found = [_matches(row, states, possible) for row in rows]
    known = [matches for matches in found if matches is not None]
    return known if len(known) == len(found) else None


def _matches(row: Floats, states: Mapping[int, State], possible: Container[Pair]) -> Matches | None:
    used = [int(j) for j in np.flatnonzero(row)]
    own = [states[j] for j in used if j in states]
    step = float(row[used].max(initial=0.0))
    one_per_pair = len({pair for pair, _ in own}) == len(used)
    equal = bool(np.all(row[used] >= step * (1.0 - EQUAL)))
    if not (one_per_pair and equal):
        return None
    return Matches(step, tuple(state for state in own if state[0] in possible))


def _states_of(counts: CountHandles) -> dict[int, State]:
    """The counts that say whether an edge has a label."""
    found, offset = {}, 0
    for feature_map in counts.maps:
        end = offset + feature_map.n_features
        if isinstance(feature_map, EdgeLabels):
            pairs = list(combinations(range(feature_map.n), 2))
            for j, column in enumerate(counts.column):
                if offset <= column < end:
                    pair, label = divmod(column - offset, feature_map.n_labels)
                    found[j] = (pairs[pair], label)
        offset = end
    return found


@dataclass(frozen=True, slots=True, eq=False)
class LookupBend:
    """One ``bend`` as variables: ``scale * e`` stands for it."""

    e: pyo.Var
    scale: float
    width: float
    curves: tuple[Lookup, ...]


def lookup_bends(
    block: pyo.Block,
    exponents: Mapping[int, Term],
    matches: Sequence[Matches],
    lows: Floats,
    products: EdgeProducts,
) -> dict[int, LookupBend]:
    """Write X1, X6 and X14, with the curves of X15 and X16.

    Args:
        block: for the rows.
        exponents: ``d = low + step m`` as linear expressions of the counts, by number.
        matches: what each ``m`` counts.
        lows: ``d`` without a match.
        products: of the states of edges.
    """
    index = list(exponents)
    most = {i: matches[i].most for i in index}
    ends = {i: (float(lows[i]), float(lows[i]) + matches[i].step * most[i]) for i in index}
    width = {i: max(-low, high, LEAST_WIDTH) for i, (low, high) in ends.items()}
    scale = {i: float(bend(np.array(ends[i])).max()) for i in index}
    block.u = pyo.Var(index, bounds=lambda _, i: (ends[i][0] / width[i], ends[i][1] / width[i]))
    block.e = pyo.Var(index, bounds=(0.0, 1.0))
    block.c = pyo.Var(index, bounds=lambda _, i: (0.0, most[i] * (most[i] - 1) / 2.0))

    @block.Constraint(index)
    def X1_exponent(b, i):
        return width[i] * b.u[i] == exponents[i]

    @block.Constraint(index)
    def X6_exponential(b, i):
        d = width[i] * b.u[i]
        return scale[i] * b.e[i] + 1.0 + d == pyo.exp(d)

    @block.Constraint(index)
    def X14_pairs(b, i):
        return b.c[i] == sum(products.of(*two) for two in combinations(matches[i].states, 2))

    found = {}
    for i in index:
        variables = (block.u[i], block.e[i], block.c[i], block.X6_exponential[i])
        numbers = (width[i], scale[i], ends[i][0], matches[i].step)
        curves = tuple(Lookup(*variables, *numbers, most[i], above) for above in (False, True))
        found[i] = LookupBend(block.e[i], scale[i], width[i], curves)
    return found
