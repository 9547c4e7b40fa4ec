"""Histories of observations as curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.records import Observation

Floats = NDArray[np.float64]


def best_values(observations: Sequence[Observation]) -> Floats:
    """``(T,)``, the least value among the first ``1 .. T`` observations."""
    return np.minimum.accumulate([one.value for one in observations] or np.zeros(0))


def regrets(observations: Sequence[Observation], optimum: float) -> Floats:
    """``(T,)``, how far the best value after each observation is above the optimum of the space."""
    return best_values(observations) - optimum


def incumbents(observations: Sequence[Observation]) -> list[Observation]:
    """The best observation after each one; an equal later one does not replace an earlier one."""
    found: list[Observation] = []
    for one in observations:
        found.append(one if not found or one.value < found[-1].value else found[-1])
    return found


def incumbent_test_values(observations: Sequence[Observation]) -> Floats:
    """``(T,)``, test value of the best observation by value after each; NaN where there is none."""
    values = [one.test_value for one in incumbents(observations)]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
