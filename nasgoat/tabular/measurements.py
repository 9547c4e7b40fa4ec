"""One column of a table: a number per architecture, or one per training of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError

Floats = NDArray[np.float64]
Rows = NDArray[np.int64] | NDArray[np.bool_] | slice | int


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Repeated measurements of ``N`` architectures.

    Args:
        values: ``(N, R)``, NaN where a repeat is absent.
        mean: ``(N,)``, over the repeats that there are; NaN where there is none.
    """

    values: NDArray[Any]
    mean: Floats = field(init=False)

    def __post_init__(self) -> None:
        if self.repeats == 1:
            mean = self.values[:, 0].astype(np.float64)
        else:
            there = ~np.isnan(self.values)
            counts = there.sum(axis=1)
            total = np.where(there, self.values, 0).sum(axis=1, dtype=np.float64)
            with np.errstate(invalid="ignore"):
                mean = total / np.where(counts > 0, counts, np.nan)
        object.__setattr__(self, "mean", mean)

    @classmethod
    def of(cls, column: NDArray[Any]) -> Measurements:
        """A column ``(N,)`` or ``(N, R)``."""
        return cls(column[:, None] if column.ndim == 1 else column)

    @property
    def repeats(self) -> int:
        """The most trainings that an architecture has."""
        return self.values.shape[1]

    def drawn(self, rows: Rows, repeats: NDArray[np.int64] | int) -> Any:
        """One repeat of each row; where it is absent, the mean of the row."""
        values = self.values[rows, repeats]
        return np.where(np.isnan(values), self.mean[rows], values)

    def require_finite(self, name: str) -> None:
        """Refuse infinite values, and rows without any.

        Raises:
            BadDataError: there are such rows.
        """
        bad = np.flatnonzero(~np.isfinite(self.mean))
        if len(bad):
            msg = f"column {name!r} is NaN or infinite in {len(bad)} rows, first in {bad[0]}"
            raise BadDataError(msg)


def draw_repeats(values: NDArray[Any], rng: np.random.Generator) -> NDArray[np.int64]:
    """One of the repeats that are there, each as likely, of every row of ``(K, R)``; ``(K,)``."""
    if values.shape[1] == 1:
        return np.zeros(len(values), dtype=np.int64)
    there = ~np.isnan(values)
    chosen = (rng.random(len(values)) * there.sum(axis=1)).astype(np.int64)  # the chosen-th there
    which: NDArray[np.int64] = (there.cumsum(axis=1) > chosen[:, None]).argmax(axis=1)
    return which
