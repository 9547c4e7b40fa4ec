"""Who evaluates for ``nasgoat run``: this process, others of this machine, or a cluster."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from nasgoat.errors import UnknownNameError
from nasgoat.study import Budget, OnFailure
from nasgoat.workers import Processes, dask_executor

EXECUTORS = ("processes", "dask")
EVALUATIONS = 50  # budget where none is named


def budget_of(evaluations: int | None, seconds: float | None) -> Budget:
    """The budget, as named on the command line."""
    return Budget(EVALUATIONS if evaluations is None and seconds is None else evaluations, seconds)


def failure_rule(text: str) -> OnFailure:
    """What a failed evaluation means, as named on the command line.

    Raises:
        UnknownNameError: it is neither a name nor a finite number.
    """
    rules: dict[str, OnFailure] = {"raise": "raise", "skip": "skip", "penalise": "penalise"}
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    return rules[UnknownNameError.unless_among("rule for failures", text, rules)]


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers, as named on the command line.

    Args:
        count: processes on this machine, or evaluations in flight on a cluster; None for one
            process, or as many evaluations as the cluster does at a time.
        executor: one of ``EXECUTORS``; None for processes, unless there is a scheduler.
        scheduler: address of that of a Dask cluster; None for a cluster on this machine.

    Raises:
        UnknownNameError: there is no such executor.
        ValueError: processes and a scheduler.
    """

    count: int | None = None
    executor: str | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.executor is not None:
            UnknownNameError.unless_among("executor", self.executor, EXECUTORS)
        if self.scheduler is not None and self.executor == "processes":
            msg = "--scheduler is the address of a Dask cluster: use --executor dask"
            raise ValueError(msg)

    @contextmanager
    def open(self) -> Iterator[tuple[Executor | None, int]]:
        """An executor, None for this process, and how many evaluations it does at a time.

        Raises:
            ClusterError: the cluster cannot be reached or started.
        """
        if self.executor == "dask" or self.scheduler is not None:
            with dask_executor(self.scheduler, self.count or 1) as (executor, slots):
                yield executor, self.count or slots
        elif self.count in {None, 1}:
            yield None, 1
        else:
            assert self.count is not None
            with Processes(self.count) as pool:
                yield pool, self.count
