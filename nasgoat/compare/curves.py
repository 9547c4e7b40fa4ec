"""Histories of trials as tables of numbers: a row per trial, a column per evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.compare.trial import Record

Floats = NDArray[np.float64]

# Relative to the size of the values: a mean of trainings may be rounded in one order or another.
RESOLUTION = 1e-9


@dataclass(frozen=True, slots=True)
class Curves:
    """All finished trials of one method on one benchmark.

    A trial that ended early, because it evaluated the whole space, keeps its last value.

    Args:
        seeds: of the trials, ascending.
        best: ``(n, budget)``, least value after each evaluation.
        test: ``(n, budget)``, test value of the architecture that has it, the first of equals; NaN
            where there is none.
    """

    seeds: tuple[int, ...]
    best: Floats
    test: Floats

    @classmethod
    def of(cls, records: Mapping[int, Record], budget: int) -> Self:
        """Curves from records by seed."""
        seeds = tuple(sorted(records))
        rows = [_curves(records[seed], budget) for seed in seeds]
        empty = np.empty((0, budget))
        return cls(
            seeds,
            np.array([best for best, _ in rows]) if rows else empty,
            np.array([test for _, test in rows]) if rows else empty,
        )

    def regrets(self, reference: float) -> Floats:
        """``(n, budget)``, how far the least value is above the reference.

        Whole multiples of the resolution of values, so that equal values have equal regrets.
        """
        unit = RESOLUTION * max(1.0, abs(reference))
        multiples = np.round((self.best - reference) / unit)
        return np.asarray(np.maximum(multiples, 0.0) * unit)

    def rows(self, seeds: Sequence[int]) -> NDArray[np.int64]:
        """The rows of some seeds, all of which are there."""
        place = {seed: row for row, seed in enumerate(self.seeds)}
        return np.array([place[seed] for seed in seeds], dtype=np.int64)


def _curves(record: Record, budget: int) -> tuple[Floats, Floats]:
    """Best and test values of one trial, each ``(budget,)``."""
    values = np.array(record.values[:budget])
    test = np.array([np.nan if v is None else v for v in record.test_values[:budget]])
    best = np.minimum.accumulate(values)
    gained = np.concatenate([[True], values[1:] < best[:-1]])
    last_gain = np.maximum.accumulate(np.where(gained, np.arange(len(values)), 0))
    longer = np.minimum(np.arange(budget), len(values) - 1)
    return best[longer], test[last_gain][longer]


def common_seeds(curves: Sequence[Curves]) -> list[int]:
    """Seeds whose trial every method finished, ascending."""
    if not curves:
        return []
    shared = set(curves[0].seeds).intersection(*(one.seeds for one in curves[1:]))
    return sorted(shared)
