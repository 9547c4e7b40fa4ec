"""What a suite is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Protocol

from rich.table import Table

from benchmarks.driver import Driver
from benchmarks.measure import Record
from benchmarks.problem import Problem
from benchmarks.results import Figure

SEEDS = (100, 101, 102, 103, 104)  # nothing was tuned on these


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line says about a suite.

    Args:
        seeds: of the problems.
        cases: pattern of the cases to run, as for file names; ``"case/arm"`` if it has a slash.
        time_limit: seconds per solve; None for the suite's own.
        driver: what the arms are derived from: optimiser, solver, threads, settings.
    """

    seeds: Sequence[int] = SEEDS
    cases: str = "*"
    time_limit: float | None = None
    driver: Driver = field(default_factory=Driver)

    def limited(self, seconds: float) -> Driver:
        """The driver with the time limit asked for, else with this one."""
        return replace(self.driver, time_limit=self.time_limit or seconds)

    def wants(self, run: Run) -> bool:
        """Whether a run is among the cases asked for."""
        return fnmatch(self.name_of(run), self.cases)

    def name_of(self, run: Run) -> str:
        """What the pattern is compared with."""
        return f"{run.case}/{run.arm}" if "/" in self.cases else run.case


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of a suite.

    Args:
        case: name of the problem, seed left out.
        arm: name of the way to solve it.
        problem: with its seed.
        driver: how to solve it.
    """

    case: str
    arm: str
    problem: Problem
    driver: Driver


class Suite(Protocol):
    """A list of measurements and what to read off them."""

    @property
    def name(self) -> str:
        """As on the command line."""

    def runs(self, plan: Plan) -> Iterator[Run]:
        """The measurements in their order; those not wanted are dropped later."""

    def report(self, records: Sequence[Record]) -> Table:
        """The answer."""


def interleaved(cases: dict[str, Problem], arms: dict[str, Driver], plan: Plan) -> Iterator[Run]:
    """Case by case, seed by seed, all arms one after the other: A B A B ...

    A machine that slows down in the middle slows all arms down alike.
    """
    for case, problem in cases.items():
        for seed in plan.seeds:
            for arm, driver in arms.items():
                yield Run(case, arm, replace(problem, seed=seed), driver)


def table(title: str, *heads: str) -> Table:
    """An empty table; the first column is text."""
    made = Table(title=title, title_justify="left")
    for i, head in enumerate(heads):
        made.add_column(head, justify="left" if i == 0 else "right", no_wrap=i == 0)
    return made


def closed(records: Sequence[Record]) -> str:
    """How many of the runs were proved optimal; why the others did not run, if they did not."""
    done = sum(record["status"] == "optimal" for record in records)
    absent = {record["status"] for record in records} & {"unavailable", "error", "refused"}
    return ", ".join([f"{done}/{len(records)}", *sorted(absent)])


def gap_text(gap: Figure) -> str:
    """A gap, in few characters."""
    return "-" if gap.value is None else f"{gap.value:.1e}"
