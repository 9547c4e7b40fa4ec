"""Intervals: of means and medians by the bootstrap, of shares by Wilson's formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

LEVEL = 0.95
RESAMPLES = 5000  # the 2.5 % quantile is then at its place to within 0.2 % of probability
SAME = 1e-12  # relative to the largest value: means that differ by less are ties
SEED = 20250101  # of the resamples: equal data have equal intervals


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float

    def to_json(self) -> list[float]:
        """Return a value that ``json`` can write."""
        return [self.low, self.high]


def mean_intervals(table: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Bootstrap intervals of column means: bias-corrected and accelerated (BCa; Efron 1987).

    They are taken at an ``expanded`` level, without which they are too short for few trials. All
    columns, and all tables with as many rows, are resampled alike: what is paired stays paired.

    Args:
        table: ``(n, columns)``, a trial per row; at least one.
        level: of confidence.

    Returns:
        Lower and upper ends, ``(columns,)`` each. They meet at the mean where all rows are equal,
        one single row included.
    """
    counts = _resamples(len(table))
    mean = table.mean(axis=0)
    # centred at a row: equal rows then have exactly equal means
    centred = table - table[0]
    resampled = np.sort(counts @ centred / len(table), axis=0)
    shifts = centred.mean(axis=0)
    wide = expanded(level, len(table))
    levels = np.array([(1 - wide) / 2, (1 + wide) / 2])
    ends = np.empty((2, table.shape[1]))
    for column, (draws, shift) in enumerate(zip(resampled.T, shifts, strict=True)):
        adjusted = _adjusted(draws, shift, centred[:, column], levels)
        ends[:, column] = table[0, column] + np.quantile(draws, adjusted)
    constant = (centred == 0).all(axis=0)
    ends[:, constant] = mean[constant]
    return ends[0], ends[1]


def expanded(level: float, n: int) -> float:
    """The level at which the bootstrap gives intervals as long as Student's (Hesterberg 2015).

    Resamples have a variance of ``(n - 1) / n`` times that of the data, and normal tails.

    Args:
        level: wanted.
        n: number of trials.
    """
    if n < 2:
        return level
    quantile = np.sqrt(n / (n - 1)) * stats.t.ppf((1 + level) / 2, n - 1)
    return float(2 * stats.norm.cdf(quantile) - 1)


def mean_interval(values: Floats, level: float = LEVEL) -> Interval:
    """The interval of one mean, see ``mean_intervals``."""
    low, high = mean_intervals(np.asarray(values, dtype=np.float64)[:, None], level)
    return Interval(float(low[0]), float(high[0]))


def median_interval(values: Floats, level: float = LEVEL) -> Interval:
    """The bootstrap interval of a median, by percentiles: a median has no acceleration.

    Args:
        values: ``(n,)``, at least one.
        level: of confidence.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    cumulative = np.cumsum(_resamples(n), axis=1)
    lower = ordered[(cumulative >= (n + 1) // 2).argmax(axis=1)]
    upper = ordered[(cumulative >= n // 2 + 1).argmax(axis=1)]
    low, high = np.quantile((lower + upper) / 2, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def share_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Wilson's score interval of a probability, from successes in independent trials."""
    found = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
    return Interval(float(found.low), float(found.high))


def _adjusted(draws: Floats, shift: float, values: Floats, levels: Floats) -> Floats:
    """The levels at which BCa takes the quantiles of the draws; as they are where it has none."""
    rounding = SAME * np.abs(values).max()  # sums of the same rows in another order are ties
    below = np.searchsorted(draws, shift - rounding, "left")
    not_above = np.searchsorted(draws, shift + rounding, "right")
    bias = stats.norm.ppf((below + not_above) / (2 * len(draws)))
    spread = values.mean() - values
    square = (spread**2).sum()
    if not np.isfinite(bias) or square == 0:
        return levels
    acceleration = (-(spread**3)).sum() / (6 * square**1.5)
    z = bias + stats.norm.ppf(levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = stats.norm.cdf(bias + z / (1 - acceleration * z))
    usable = np.isfinite(adjusted).all() and (acceleration * z < 1).all()
    return np.asarray(adjusted) if usable else levels


@lru_cache(maxsize=4)
def _resamples(n: int) -> Floats:
    """``(RESAMPLES, n)``, how often each of ``n`` trials is in each resample."""
    counts = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return counts.astype(np.float64)
