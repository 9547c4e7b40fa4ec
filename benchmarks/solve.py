"""``python -m benchmarks.solve``: one problem by one driver, or a suite of them."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from benchmarks.arguments import driver_of, parser, problem_of
from benchmarks.measure import Record, measure
from benchmarks.problem import Problem
from benchmarks.results import write_line
from benchmarks.session import Session, outcome
from benchmarks.suites import SUITES, Plan
from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.errors import INTERRUPTED, friendly
from nasgoat.cli.watch import Watch

RESULTS = Path("benchmarks/results")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(given)
    try:
        with friendly(debug=options.debug):
            if options.suite is None:
                return _one(options)
            command = f"python -m benchmarks.solve {shlex.join(given)}"
            return _suite(options, command)
    except typer.Exit as end:
        return end.exit_code


def _one(options: argparse.Namespace) -> int:
    with Watch() as watch:
        watch.say("setting up")
        record = measure(
            problem_of(options), driver_of(options), log=options.log, on_progress=watch.on_progress
        )
    if options.output is not None:
        with options.output.open("a", encoding="utf-8") as file:
            write_line(file, record)
    if options.json:
        print_json(record)
    else:
        _show(record)
    if record["status"] == "interrupted":
        stderr().print("interrupted", style="yellow")
        return INTERRUPTED
    return 0


def _suite(options: argparse.Namespace, command: str) -> int:
    if problem_of(options) != Problem():
        msg = f"the suite {options.suite} has problems of its own; choose among them by --cases"
        raise ValueError(msg)
    suite = SUITES[options.suite]
    plan = Plan(options.seeds, options.cases, options.time_limit, driver_of(options))
    output = options.output or RESULTS / f"{suite.name}.jsonl"
    return Session(suite, plan, output, command, log=options.log).execute()


def _show(record: Record) -> None:
    """The record for people."""
    print_ = stdout().print
    print_(f"acquisition {record['value']:.6f}, lower bound {_number(record['lower_bound'])}")
    print_(f"{outcome(record)}, by {record['optimizer']}, {record['solver']}")
    seconds = {name: value for name, value in record["seconds"].items() if value is not None}
    print_("seconds: " + ", ".join(f"{name} {value:.2f}" for name, value in seconds.items()))
    effort = ((name, record[name]) for name in ("rounds", "nodes", "variables", "rows"))
    print_("effort: " + ", ".join(f"{name} {_number(value)}" for name, value in effort))


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.8g}"


if __name__ == "__main__":
    sys.exit(main())
