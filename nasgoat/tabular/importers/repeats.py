"""Several trainings of one architecture as repeats of one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where each of ``N`` trainings goes, among the rows of ``M`` distinct architectures.

    Args:
        first: ``(M,)``, the first training of each architecture, in ascending order.
        row: ``(N,)``, the architecture of each training.
        slot: ``(N,)``, how many trainings of the same architecture come before.
    """

    first: NDArray[np.int64]
    row: NDArray[np.int64]
    slot: NDArray[np.int64]

    @classmethod
    def of(cls, codes: NDArray[np.uint8]) -> Gathered:
        """Gather trainings by the codes of their architectures, ``(N, w)``."""
        _, first, row, counts = np.unique(
            codes, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        rank = np.argsort(np.argsort(first))
        row = rank[row.reshape(-1)]
        order = np.argsort(row, kind="stable")
        starts = np.cumsum(counts[np.argsort(first)]) - counts[np.argsort(first)]
        slot = np.empty(len(row), dtype=np.int64)
        slot[order] = np.arange(len(row)) - starts[row[order]]
        return cls(np.sort(first), row, slot)

    @property
    def repeats(self) -> int:
        """The most trainings of one architecture."""
        return int(self.slot.max(initial=0)) + 1

    def spread(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Values of the trainings, by row; NaN where an architecture has fewer than others.

        Args:
            values: ``(N,)``.

        Returns:
            ``(M, repeats)``; ``(M,)`` if no architecture has more than one training.
        """
        result = np.full((len(self.first), self.repeats), np.nan)
        result[self.row, self.slot] = values
        return result[:, 0] if self.repeats == 1 else result
