"""One column of a table: a number per architecture, or one per training of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Repeated measurements of ``N`` architectures.

    They are kept as they were published, and served as numbers to be minimised where they are
    accuracies.

    Args:
        values: ``(N, R)``, as published, NaN where a repeat is absent.
        perfect: of accuracies, the best one possible: 100 for numbers in %, 1 for fractions. They
            are served as errors in %. None for other numbers.
    """

    values: NDArray[Any]
    perfect: float | None = None
    _mean: Floats | None = field(init=False, default=None, repr=False)

    @classmethod
    def of(cls, column: NDArray[Any], perfect: float | None = None) -> Measurements:
        """A column ``(N,)`` or ``(N, R)``."""
        return cls(column[:, None] if column.ndim == 1 else column, perfect)

    @property
    def repeats(self) -> int:
        """The most trainings that an architecture has."""
        return self.values.shape[1]

    @property
    def mean(self) -> Floats:
        """``(N,)``, over the repeats that there are; NaN where there is none. Remembered."""
        if self._mean is None:
            object.__setattr__(self, "_mean", self._served(_means(self.values)))
        assert self._mean is not None
        return self._mean

    def at(self, row: int) -> float:
        """The mean of one row."""
        there = [value for value in self.values[row].tolist() if not math.isnan(value)]
        mean = sum(there) / len(there) if there else math.nan
        return mean if self.perfect is None else 100 - (100 / self.perfect) * mean

    def drawn(self, rows: Rows, repeats: Rows) -> Floats:
        """One repeat of each row, the mean of the row where it is absent; ``(len(rows),)``."""
        values = self.values[rows, repeats].astype(np.float64)
        absent = np.flatnonzero(np.isnan(values))
        values[absent] = _means(self.values[rows[absent]])
        return self._served(values)

    def require_finite(self, name: str) -> None:
        """Refuse infinite values, and rows without any.

        Raises:
            BadDataError: there are such rows.
        """
        bad = np.flatnonzero(~np.isfinite(_means(self.values)))
        if len(bad):
            msg = f"column {name!r} is NaN or infinite in {len(bad)} rows, first in {bad[0]}"
            raise BadDataError(msg)

    def _served(self, values: Floats) -> Floats:
        return values if self.perfect is None else 100 - (100 / self.perfect) * values


def draw_repeats(values: NDArray[Any], rng: np.random.Generator) -> NDArray[np.int64]:
    """One of the repeats that are there, each as likely, of every row of ``(K, R)``; ``(K,)``."""
    if values.shape[1] == 1:
        return np.zeros(len(values), dtype=np.int64)
    there = ~np.isnan(values)
    chosen = (rng.random(len(values)) * there.sum(axis=1)).astype(np.int64)  # the chosen-th there
    which: NDArray[np.int64] = (there.cumsum(axis=1) > chosen[:, None]).argmax(axis=1)
    return which


def generator(seed: int, which: int, times: int) -> np.random.Generator:
    """The chance in one evaluation of an architecture, whatever was evaluated before it.

    Args:
        seed: of the benchmark's noise.
        which: a number of the architecture.
        times: how often it was evaluated before.
    """
    return np.random.default_rng((seed, which, times) if times else (seed, which))


def _means(values: NDArray[Any]) -> Floats:
    """``(N,)``, of the numbers in each row; column by column, which needs little memory."""
    total, count = np.zeros(len(values)), np.zeros(len(values), dtype=np.int8)
    for column in values.T:
        there = ~np.isnan(column)
        total += np.where(there, column, 0)
        count += there
    with np.errstate(invalid="ignore"):
        means: Floats = total / np.where(count > 0, count, np.nan)
    return means
