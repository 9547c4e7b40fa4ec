"""Where to divide the ranges of exponents: thresholds of the chords of ``nasgoat.mip.bends``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.mip.bends import LEAST_WIDTH, bend, chord

Floats = NDArray[np.float64]

GRID = 65  # arguments at which the errors of chords are compared
MOST_SUMS = 500  # values of an exponent that count as few
LEAST_SEGMENT = 1e-4  # between two thresholds, as a share of the range
ROOM = 1e-2  # between a threshold and both ends, as a share of the range; X4 divides by it


def thresholds_within(
    lows: Floats, highs: Floats, weights: Floats, points: Sequence[Floats], budget: int
) -> list[list[float]]:
    """Thresholds that spread the weighted errors of the chords evenly.

    Args:
        lows: ``(E,)``, least arguments.
        highs: ``(E,)``, largest arguments.
        weights: ``(E,)``, what an error of each bend costs.
        points: for each bend the arguments that matter, ascending.
        budget: how many thresholds to place in all.
    """
    found: list[list[float]] = [[] for _ in lows]
    errors = [_worst(*args) for args in zip(lows, highs, points, found, strict=True)]
    for _ in range(budget):
        costs = np.array([error for error, _ in errors]) * weights
        i = int(costs.argmax())
        if not costs[i] > 0.0:
            break
        found[i] = sorted([*found[i], errors[i][1]])
        errors[i] = _worst(lows[i], highs[i], points[i], found[i])
    return found


def divided(low: float, high: float, thresholds: list[float], at: float) -> list[float] | None:
    """The thresholds with one more; None where it would be too close to another or to an end."""
    ends = np.array([low, *thresholds, high])
    room = np.full(len(ends), LEAST_SEGMENT * (high - low))
    room[[0, -1]] = ROOM * (high - low)
    if high - low < LEAST_WIDTH or np.any(np.abs(ends - at) <= room):
        return None
    return sorted([*thresholds, at])


def _worst(low: float, high: float, points: Floats, thresholds: list[float]) -> tuple[float, float]:
    """The largest error of the chords, and where it is; 0 where rounding is all there is."""
    room = ROOM * (high - low)
    inside = points[(points > low + room) & (points < high - room)]
    errors = chord(inside, low, high, thresholds) - bend(inside)
    if (
        high - low < LEAST_WIDTH
        or len(inside) == 0
        or errors.max() <= 1e-12 * bend(np.array([low, high])).max()
    ):
        return 0.0, low
    worst = int(errors.argmax())
    return float(errors[worst]), float(inside[worst])


def attainable(coefficients: Floats, upper: Floats) -> Floats | None:
    """All values of ``coefficients . c`` for integers up to ``upper``; None for many."""
    sums = np.zeros(1)
    for a, most in zip(coefficients, upper, strict=True):
        sums = np.unique(np.round(np.add.outer(sums, a * np.arange(most + 1)), 12))
        if len(sums) > MOST_SUMS:
            return None
    return sums


def points_of(row: Floats, upper: Floats, shift: float, low: float, high: float) -> Floats:
    """Arguments ``row . c + shift`` that graphs can have where they are few, else a grid."""
    sums = attainable(row, upper)
    return np.linspace(low, high, GRID) if sums is None else sums + shift
