"""The command line of ``benchmarks.solve``: every option has the name of a field."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from benchmarks.driver import Driver
from benchmarks.observations import DESIGNS
from benchmarks.problem import ALL_SPACES, DIGRAPH_RULES, TARGETS, Problem
from benchmarks.suites import SUITES
from benchmarks.suites.base import SEEDS


def parser() -> argparse.ArgumentParser:
    """The parser; options that are not given are None."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.solve",
        description="Solve one acquisition problem and say what it took, or run a suite of them.",
    )
    _add_problem(made.add_argument_group("the problem").add_argument)
    _add_driver(made.add_argument_group("the driver").add_argument)
    _add_rest(made.add_argument_group("suites and output").add_argument)
    return made


def problem_of(options: argparse.Namespace) -> Problem:
    """The problem that the options name."""
    return Problem(**_named(Problem, options))


def driver_of(options: argparse.Namespace) -> Driver:
    """The driver that the options name."""
    return Driver(**_named(Driver, options))


def _named(kind: type[Any], options: argparse.Namespace) -> dict[str, Any]:
    """The options with the names of a dataclass's fields; those not given are left out."""
    named = {one.name: getattr(options, one.name) for one in fields(kind)}
    return {name: value for name, value in named.items() if value is not None}


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals:
        msg = f"a setting looks like options.tangents=0, got {text!r}"
        raise argparse.ArgumentTypeError(msg)
    try:
        return path, json.loads(value)
    except json.JSONDecodeError:
        return path, value


class _Collect(argparse.Action):
    """Gathers ``PATH=VALUE`` pairs in a dictionary."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option: Any = None) -> None:
        del parser, option
        setattr(namespace, self.dest, {**(getattr(namespace, self.dest) or {}), **dict([values])})


def _seeds(text: str) -> tuple[int, ...]:
    """``"100-104"`` or ``"1,5,7-9"``."""
    found: list[int] = []
    try:
        for part in text.split(","):
            low, dash, high = part.partition("-")
            found += range(int(low), int(high if dash else low) + 1)
    except ValueError:
        msg = f"seeds look like 3, 1,5 or 100-104, got {text!r}"
        raise argparse.ArgumentTypeError(msg) from None
    return tuple(found)


def _add_problem(add: Callable[..., Any]) -> None:
    add("--space", choices=ALL_SPACES)
    add("--nodes", help="node counts of nasbench101 and digraphs: 7 or 2-7")
    add("--edges", type=int, help="at most so many, of nasbench101 and digraphs")
    add("--ops", type=int, help="number of operations")
    add("--rules", choices=tuple(DIGRAPH_RULES), help="which digraphs")
    add("--observations", type=int)
    add("--beta", type=float, help="of the lower confidence bound")
    add("--kernel", help="linear or exponential")
    add("--features", help="feature maps joined by +, such as el+op-paths")
    add("--targets", choices=TARGETS)
    add("--table", help="benchmark that the targets come from, such as nasbench201:cifar100")
    add("--design", choices=DESIGNS, help="which graphs of the table are observed")
    add("--acquisition", help="lcb, mean, thompson or ei")
    add("--seed", type=int)


def _add_driver(add: Callable[..., Any]) -> None:
    add("--optimizer", help="mip, exhaustive or auto")
    add("--solver", help="highs, gurobi or scip")
    add("--encoding", help="paper or layered")
    add("--threads", type=int)
    add("--time-limit", type=float, metavar="SECONDS", help="default 300; suites have their own")
    add("--gap", type=float)
    add("--k", type=int, help="how many of the best graphs; the answer is that of the first")
    add("--set", dest="settings", type=_setting, action=_Collect, metavar="PATH=VALUE",
        help="a field of the optimiser, such as options.symmetry.columns=false")  # fmt: skip


def _add_rest(add: Callable[..., Any]) -> None:
    add("--suite", choices=tuple(SUITES))
    add("--cases", default="*", metavar="PATTERN", help="cases to run, or CASE/ARM")
    add("--seeds", type=_seeds, default=SEEDS, help="such as 100-104, the default")
    add("--json", action="store_true", help="one line of JSON on stdout")
    add("--log", action="store_true", help="keep the anytime log: seconds, incumbent, bound")
    add("--output", type=Path, metavar="FILE",
        help="append the records; suites: benchmarks/results/SUITE.jsonl")  # fmt: skip
    add("--debug", action="store_true", help="tracebacks in place of one-line errors")
