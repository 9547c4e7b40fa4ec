"""Rank tests: Friedman's, Wilcoxon's with Holm's correction, and the critical difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

EXACT = 200  # signed ranks; their sums are then 40,000 numbers, which takes 10 ms
SAME = 9  # decimals in which sizes of differences must agree, relative to the largest, to be tied


@dataclass(frozen=True, slots=True)
class Friedman:
    """Friedman's test of "all columns are alike".

    Args:
        blocks: number of rows.
        statistic: chi-squared, corrected for ties; None for fewer than three columns.
        p: its probability, by the chi-squared distribution; None likewise.
    """

    blocks: int
    statistic: float | None
    p: float | None

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        return {"blocks": self.blocks, "statistic": self.statistic, "p": self.p}


def ranks(table: Floats) -> Floats:
    """``(blocks, columns)``, the rank of every column within its row, from 1; ties share ranks."""
    return np.asarray(stats.rankdata(table, axis=1), dtype=np.float64).reshape(table.shape)


def friedman(table: Floats) -> Friedman:
    """Friedman's test.

    Args:
        table: ``(blocks, columns)``, e.g. a trial per row and a method per column.
    """
    blocks, columns = table.shape
    if columns < 3 or blocks < 1:
        return Friedman(blocks, None, None)
    if (table == table[:, :1]).all():
        return Friedman(blocks, 0.0, 1.0)
    found = stats.friedmanchisquare(*table.T)
    return Friedman(blocks, float(found.statistic), float(found.pvalue))


def wilcoxon(differences: Floats) -> float:
    """Two-sided probability of Wilcoxon's signed-rank test.

    Zeros are ranked with the others and then left out (Pratt), ties share ranks, and the signs of
    the ranks that are left are equally likely: exactly for up to ``EXACT`` of them, whatever ties
    there are, and by the normal distribution for more.

    Args:
        differences: ``(n,)``, paired.

    Returns:
        1 where there is no difference at all.
    """
    sizes = np.abs(differences)
    if not sizes.any():
        return 1.0
    sizes = np.round(sizes / sizes.max(), SAME)
    doubled = np.rint(2 * stats.rankdata(sizes)).astype(np.int64)  # whole numbers in spite of ties
    signed = doubled[sizes > 0]
    positive = int(doubled[(sizes > 0) & (differences > 0)].sum())
    if len(signed) > EXACT:
        deviation = np.sqrt((signed.astype(np.float64) ** 2).sum()) / 2
        return float(2 * stats.norm.sf(abs(positive - signed.sum() / 2) / deviation))
    chances = _sums(signed)
    tail = min(chances[: positive + 1].sum(), chances[positive:].sum())
    return float(min(1.0, 2 * tail))


def _sums(numbers: NDArray[np.int64]) -> Floats:
    """Probability of every sum, from 0, of numbers of which each is in it by a fair coin."""
    chances = np.zeros(int(numbers.sum()) + 1)
    chances[0] = 1.0
    for number in numbers:
        chances[number:] = (chances[number:] + chances[:-number]) / 2
        chances[:number] /= 2
    return chances


def holm(probabilities: Floats) -> Floats:
    """Holm's step-down correction for as many tests; each at most 1, in the order given."""
    given = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    factors = np.arange(len(given), 0, -1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(given[order] * factors))
    return adjusted


def critical_difference(columns: int, blocks: int, level: float = 0.95) -> float:
    """By how much mean ranks must differ (Nemenyi's test, Demsar 2006).

    Args:
        columns: number of methods, at least 2.
        blocks: number of benchmarks that the ranks are means over.
        level: of confidence.
    """
    q = stats.studentized_range.ppf(level, columns, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(columns * (columns + 1) / (6 * blocks)))


def indistinct(mean_ranks: Floats, difference: float) -> list[list[int]]:
    """The largest groups of columns whose mean ranks lie within the critical difference.

    Returns:
        Groups of at least two columns, the best first, each in the order of mean ranks. None is
        part of another.
    """
    order = [int(i) for i in np.argsort(mean_ranks, kind="stable")]
    groups: list[list[int]] = []
    reached = 0
    for start, first in enumerate(order):
        group = [i for i in order[start:] if mean_ranks[i] - mean_ranks[first] <= difference]
        if len(group) > 1 and start + len(group) > reached:
            reached = start + len(group)
            groups.append(group)
    return groups
