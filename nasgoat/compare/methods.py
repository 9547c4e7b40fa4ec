"""What the trials of one method on one benchmark come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.compare.curves import Curves
from nasgoat.compare.intervals import (
    Interval,
    mean_interval,
    mean_intervals,
    median_interval,
    share_interval,
)
from nasgoat.compare.trial import Failure, Outcome, Record

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """One method after a number of evaluations.

    Args:
        mean_regret, interval: over the trials, with the bootstrap interval of the mean.
        median_regret, median_interval: likewise.
        found, found_interval: share of trials that found the optimum by then, with Wilson's
            interval; None where the optimum is not known.
        mean_test, test_interval: test value of the best architecture by the objective; None where
            there is none.
    """

    mean_regret: float
    interval: Interval
    median_regret: float
    median_interval: Interval
    found: float | None
    found_interval: Interval | None
    mean_test: float | None
    test_interval: Interval | None

    @classmethod
    def of(cls, regrets: Floats, found: NDArray[np.bool_] | None, test: Floats) -> Self:
        """From the numbers of the trials, ``(n,)`` each, at least one."""
        tested = not np.isnan(test).any()
        return cls(
            float(regrets.mean()),
            mean_interval(regrets),
            float(np.median(regrets)),
            median_interval(regrets),
            None if found is None else float(found.mean()),
            None if found is None else share_interval(int(found.sum()), len(found)),
            float(test.mean()) if tested else None,
            mean_interval(test) if tested else None,
        )


@dataclass(frozen=True, slots=True)
class MethodResult:
    """All trials of a method on a benchmark.

    Args:
        label: of the contender.
        spec: how it was asked for.
        settings: its name and settings, as in the trial files.
        curves: of the finished trials.
        regrets: ``(n, budget)``, of the finished trials.
        found: ``(n, budget)``, whether the optimum was found; None where it is not known.
        points: by checkpoint; empty if no trial was finished.
        search_seconds, evaluation_seconds: ``(n,)``, wall-clock, of the finished trials.
        failures: errors by seed.
        warnings: texts of warnings with their numbers, over all trials.
        versions: of nasgoat that ran the trials.
    """

    label: str
    spec: str
    settings: Mapping[str, Any]
    curves: Curves
    regrets: Floats
    found: NDArray[np.bool_] | None
    points: Mapping[int, Point]
    search_seconds: Floats
    evaluation_seconds: Floats
    failures: Mapping[int, Failure]
    warnings: Mapping[str, int]
    versions: Sequence[str]

    @property
    def trials(self) -> int:
        """Number of finished trials."""
        return len(self.curves.seeds)

    @property
    def first_found(self) -> list[int | None]:
        """The evaluation, from 1, that found the optimum in each trial; None where none did."""
        if self.found is None:
            return [None] * self.trials
        return [int(row.argmax()) + 1 if row.any() else None for row in self.found]

    def band(self) -> tuple[Floats, Floats, Floats]:
        """Mean regret after every evaluation and the ends of its interval, ``(budget,)`` each."""
        return self.regrets.mean(axis=0), *mean_intervals(self.regrets)

    def _rounded_band(self) -> list[list[float]] | None:
        """The three curves of ``band``, to 9 digits: they are for plots."""
        if not self.trials:
            return None
        return [[float(f"{value:.9g}") for value in line] for line in self.band()]

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        at = {str(checkpoint): point for checkpoint, point in self.points.items()}
        columns = {str(checkpoint): checkpoint - 1 for checkpoint in self.points}
        return {
            "spec": self.spec,
            "method": dict(self.settings),
            "trials": self.trials,
            "seeds": list(self.curves.seeds),
            "failed": {str(seed): failure.error for seed, failure in self.failures.items()},
            "warnings": dict(self.warnings),
            "versions": list(self.versions),
            "mean_regret": {key: point.mean_regret for key, point in at.items()},
            "interval": {key: point.interval.to_json() for key, point in at.items()},
            "median_regret": {key: point.median_regret for key, point in at.items()},
            "median_interval": {key: point.median_interval.to_json() for key, point in at.items()},
            "found_optimum": {key: point.found for key, point in at.items()},
            "found_optimum_interval": {
                key: _ends(point.found_interval) for key, point in at.items()
            },
            "first_found": self.first_found,
            "mean_test": {key: point.mean_test for key, point in at.items()},
            "test_interval": {key: _ends(point.test_interval) for key, point in at.items()},
            "band": self._rounded_band(),
            "seconds": _mean(self.search_seconds),
            "median_seconds": float(np.median(self.search_seconds)) if self.trials else None,
            "evaluation_seconds": _mean(self.evaluation_seconds),
            "regrets": {key: self.regrets[:, i].tolist() for key, i in columns.items()},
            "values": {key: self.curves.best[:, i].tolist() for key, i in columns.items()},
            "test_values": {key: self.curves.test[:, i].tolist() for key, i in columns.items()},
        }


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What regrets on a benchmark are measured from.

    Args:
        value: the least value of the space, or the least that any trial found.
        is_optimum: whether it is the former.
    """

    value: float
    is_optimum: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A method as it was asked for: label, spec, and name with settings."""

    label: str
    spec: str
    settings: Mapping[str, Any]


def method_result(
    asked: Asked,
    outcomes: Mapping[int, Outcome],
    budget: int,
    checkpoints: Sequence[int],
    yardstick: Yardstick,
) -> MethodResult:
    """Put the trials of a method together.

    Args:
        asked: the method.
        outcomes: by seed, as far as there are any.
        budget: of every trial.
        checkpoints: where to look.
        yardstick: of the benchmark.
    """
    records = {seed: one for seed, one in sorted(outcomes.items()) if isinstance(one, Record)}
    curves = Curves.of(records, budget)
    regrets = curves.regrets(yardstick.value)
    found = regrets == 0 if yardstick.is_optimum else None
    points = {
        checkpoint: Point.of(
            regrets[:, checkpoint - 1],
            None if found is None else found[:, checkpoint - 1],
            curves.test[:, checkpoint - 1],
        )
        for checkpoint in (checkpoints if records else ())
    }
    said = sum((Counter(one.warnings) for one in records.values()), Counter[str]())
    return MethodResult(
        asked.label,
        asked.spec,
        asked.settings,
        curves,
        regrets,
        found,
        points,
        np.array([one.search_seconds for one in records.values()]),
        np.array([one.evaluation_seconds for one in records.values()]),
        {seed: one for seed, one in sorted(outcomes.items()) if isinstance(one, Failure)},
        dict(sorted(said.items())),
        sorted({one.version for one in records.values()}),
    )


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else interval.to_json()


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None
