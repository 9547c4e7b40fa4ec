"""A suite from beginning to end: every record on disk at once, then the report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks.measure import Record, attempt
from benchmarks.problem import Problem
from benchmarks.results import comparable, disagreements, grouped, write_line
from benchmarks.suites import Plan, Run, Suite
from nasgoat.cli.console import stderr
from nasgoat.cli.errors import FAILED, INTERRUPTED
from nasgoat.cli.watch import Watch
from nasgoat.errors import UnknownNameError

WIDTH = 140  # of tables that go to a file or a pipe
WARM_UP = Problem("nasbench101", "4", observations=8)


@dataclass(frozen=True, slots=True)
class Session:
    """How a suite is run.

    Args:
        suite: what to measure.
        plan: what the command line says about it.
        output: file to append to; directories are made as needed.
        command: the command line, kept in every record.
        log: keep anytime logs.
    """

    suite: Suite
    plan: Plan
    output: Path
    command: str = ""
    log: bool = False

    def execute(self) -> int:
        """Measure, report, and return the exit status: 1 if two answers cannot both be right.

        A Ctrl-C ends the measurements; what is done stays in the file and is reported.

        Raises:
            UnknownNameError: no case has such a name.
        """
        runs = list(self.suite.runs(self.plan))
        wanted = [run for run in runs if self.plan.wants(run)]
        if not wanted:
            names = dict.fromkeys(self.plan.name_of(run) for run in runs)
            UnknownNameError.unless_among("case", self.plan.cases, names)
        records: list[Record] = []
        interrupted = False
        try:
            self._measure(wanted, records)
        except KeyboardInterrupt:
            interrupted = True
        if not records:
            return INTERRUPTED
        width = None if sys.stdout.isatty() else WIDTH
        Console(highlight=False, width=width).print(self.suite.report(records))
        failed = not report_disagreements(records)
        if interrupted:
            stderr().print(f"interrupted after {len(records)} of {len(wanted)}", style="yellow")
            return INTERRUPTED
        return FAILED if failed else 0

    def _measure(self, runs: Sequence[Run], records: list[Record]) -> None:
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("a", encoding="utf-8") as file, Watch() as watch:
            watch.say("warming up")
            warm_up(runs)
            for i, run in enumerate(runs, start=1):
                place = f"{i}/{len(runs)} {run.case}, {run.arm}, seed {run.problem.seed}"
                watch.say(place)
                record = {
                    "suite": self.suite.name,
                    "case": run.case,
                    "arm": run.arm,
                    "command": self.command,
                } | attempt(run.problem, run.driver, log=self.log, on_progress=watch.on_progress)
                write_line(file, record)
                records.append(record)
                watch.console.print(escape(f"{place}: {outcome(record)}"), soft_wrap=True)
                if record["status"] == "interrupted":
                    raise KeyboardInterrupt


def warm_up(runs: Iterable[Run]) -> None:
    """Solve a tiny problem with every backend, so that no measurement pays for loading it."""
    seen = set()
    for run in runs:
        if (names := (run.driver.optimizer, run.driver.solver)) not in seen:
            seen.add(names)
            attempt(WARM_UP, replace(run.driver, encoding=None, settings={}, time_limit=10.0))


def outcome(record: Record) -> str:
    """What came of a measurement, in one line."""
    if record["error"] is not None:
        return f"{record['status']}: {record['error']}"
    bound = "no proof" if record["gap"] is None else f"gap {record['gap']:.1e}"
    return f"{record['status']}, {record['seconds']['total']:.2f} s, {bound}"


def report_disagreements(records: Sequence[Record]) -> bool:
    """Print what two answers cannot both be right about; true if all is well."""
    conflicts = list(disagreements(records))
    for conflict in conflicts:
        stderr().print(f"[bold red]disagreement:[/] {escape(conflict)}", soft_wrap=True)
    pairs = len(comparable(records))
    if pairs:
        stderr().print(f"{pairs} pairs of answers compared, {len(conflicts)} disagreements")
    elif len(grouped(records, "arm")) > 1:
        stderr().print("no problem has two answers: nothing was compared", style="yellow")
    broken = [record for record in records if record["status"] == "error"]
    for record in broken:
        stderr().print(f"[bold red]error:[/] {escape(record['error'])}", soft_wrap=True)
    return not conflicts and not broken
