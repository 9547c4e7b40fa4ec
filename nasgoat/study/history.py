"""Histories of evaluations as curves, and which architecture is the best so far.

An architecture that was evaluated several times counts with the mean of its values.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nasgoat.records import Failure, Observation

Floats = NDArray[np.float64]
Results = Sequence[Observation | Failure]
Keys = Sequence[Hashable] | None


@dataclass(slots=True)
class Incumbent:
    """The architecture of least mean value among those added so far, the first of equals."""

    best: Observation | None = None
    _groups: dict[Hashable, list[Observation]] = field(default_factory=dict)
    _means: dict[Hashable, Observation] = field(default_factory=dict)

    def add(self, key: Hashable, observation: Observation) -> None:
        """Take in an observation of the architecture ``key``."""
        group = self._groups.setdefault(key, [])
        group.append(observation)
        mean = self._means[key] = mean_of(group)
        if len(group) > 1:  # its mean may have risen
            self.best = min(self._means.values(), key=lambda one: one.value)
        elif self.best is None or mean.value < self.best.value:
            self.best = mean

    def means(self) -> list[Observation]:
        """One observation per architecture, in the order in which they came."""
        return list(self._means.values())


def mean_of(repeats: Sequence[Observation]) -> Observation:
    """The mean of several observations of one architecture; a single one is returned as it is.

    A test value or a metric that one of them lacks is left out.

    Args:
        repeats: at least 1; the graph of the first stands for all.
    """
    first = repeats[0]
    if len(repeats) == 1:
        return first
    tests = [one.test_value for one in repeats if one.test_value is not None]
    shared = set.intersection(*(set(one.metrics) for one in repeats))
    return Observation(
        first.graph,
        _mean([one.value for one in repeats]),
        _mean(tests) if len(tests) == len(repeats) else None,
        {
            name: _mean([one.metrics[name] for one in repeats])
            for name in first.metrics
            if name in shared
        },
        _mean([one.seconds for one in repeats]),
    )


def best_values(results: Results, keys: Keys = None) -> Floats:
    """``(T,)``, value of the best architecture after each of ``T`` evaluations.

    It is infinite until the first evaluation that did not fail, and rises only where another
    evaluation of the best architecture raises its mean.

    Args:
        results: observations and failures, in the order in which they were told.
        keys: which results are of the same architecture (``Study.keys``); None for no two.
    """
    best = _incumbents(results, keys)
    return np.array([math.inf if one is None else one.value for one in best], dtype=np.float64)


def regrets(results: Results, optimum: float, keys: Keys = None) -> Floats:
    """``(T,)``, how far the best value after each evaluation is above the optimum of the space."""
    return best_values(results, keys) - optimum


def incumbents(observations: Sequence[Observation], keys: Keys = None) -> list[Observation]:
    """The best observation after each one; an equal later one does not replace an earlier one."""
    return [one for one in _incumbents(observations, keys) if one is not None]


def incumbent_test_values(results: Results, keys: Keys = None) -> Floats:
    """``(T,)``, test value of the best observation by value after each; NaN where there is none."""
    values = [None if one is None else one.test_value for one in _incumbents(results, keys)]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _incumbents(results: Results, keys: Keys) -> list[Observation | None]:
    """The best observation after each result; None before the first."""
    incumbent = Incumbent()
    found: list[Observation | None] = []
    for key, one in zip(range(len(results)) if keys is None else keys, results, strict=True):
        if isinstance(one, Observation):
            incumbent.add(key, one)
        found.append(incumbent.best)
    return found


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
