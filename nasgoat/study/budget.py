"""How long a study may run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nasgoat.records import Failure, Observation


@dataclass(frozen=True, slots=True)
class Budget:
    """A run ends as soon as one of its limits is reached.

    What a resumed study did before counts, and so do failed evaluations.

    Args:
        evaluations: number of evaluations in all, the initial design included; None for no limit.
            It is never exceeded.
        seconds: sum of ``seconds`` over all evaluations, which is simulated training time for
            tables that have it; None for no limit. What is in flight when it is reached is still
            waited for, so that it is exceeded by one evaluation per worker at most.

    Raises:
        ValueError: a limit is negative, or no seconds are left to spend.
    """

    evaluations: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.evaluations is not None and self.evaluations < 0:
            msg = f"a budget is a number of evaluations from 0, got {self.evaluations}"
            raise ValueError(msg)
        if self.seconds is not None and not self.seconds > 0:
            msg = f"a budget of time is a positive number of seconds, got {self.seconds}"
            raise ValueError(msg)


def spent(results: Iterable[Observation | Failure]) -> float:
    """The seconds of evaluations; those that are not known (NaN) count as 0."""
    return math.fsum(one.seconds for one in results if math.isfinite(one.seconds))
