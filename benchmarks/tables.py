"""``python -m benchmarks.tables``: how fast tables load and answer, and what memory they take.

Each table is measured in a process of its own. Seconds are those of the processor, so that other
work on the machine hardly disturbs them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import machine, moment, versions
from nasgoat.errors import MissingDataError
from nasgoat.graphs import LabeledGraph
from nasgoat.tabular import TableEvaluator, benchmark, benchmark_names

OUTPUT = Path("benchmarks/results/tables.jsonl")
CALL = "python -m benchmarks.tables"
QUERIES = 1_000_000
GRAPHS = 4_000  # of a batch
SINGLES = 500
LEAST = 0.2  # seconds that a measurement takes, by repetition


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something can be done."""

    per_second: float

    @classmethod
    def of(cls, action: Callable[[], object], count: int) -> Rate:
        """The rate of an action that does ``count`` things at once; the best of several."""
        best, spent = float("inf"), 0.0
        while spent < LEAST:
            began = time.process_time()
            action()
            seconds = time.process_time() - began
            best, spent = min(best, seconds), spent + max(seconds, 1e-6)
        return cls(count / best)


def measured(name: str) -> dict[str, Any]:
    """The record of one table.

    Raises:
        MissingDataError: it is not on this machine.
    """
    before, began = _held(), time.process_time()
    evaluator = benchmark(name)
    seconds, held, peak = time.process_time() - began, _held() - before, _peak() - before
    if not isinstance(evaluator, TableEvaluator):
        msg = f"{name} is no table"
        raise TypeError(msg)
    rng = np.random.default_rng(0)
    table = evaluator.table
    rows = rng.integers(len(table), size=QUERIES)
    graphs = _copies(evaluator, rng)
    record: dict[str, Any] = {
        "table": name,
        "rows": len(table),
        "load_seconds": seconds,
        "held_mb": held,
        "peak_mb": peak,
        "queries_per_second": Rate.of(lambda: table.query(rows), QUERIES).per_second,
        "look_ups_per_second": Rate.of(lambda: table.rows(graphs), len(graphs)).per_second,
        "single_look_ups_per_second": _singles(evaluator, graphs[:SINGLES]).per_second,
    }
    if table.value.repeats > 1:
        noisy = Rate.of(lambda: table.query(rows, rng), QUERIES)
        record["noisy_queries_per_second"] = noisy.per_second
    return record


def _held() -> float:
    """Memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak() -> float:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _copies(evaluator: TableEvaluator, rng: np.random.Generator) -> list[LabeledGraph]:
    """Architectures of the table, in random numberings where the space does not mind."""
    table = evaluator.table
    inside: NDArray[np.int64] = np.flatnonzero(table.members(evaluator.space))
    chosen = rng.choice(inside, min(GRAPHS, len(inside)), replace=False)
    copies = []
    for graph in table.index.graphs(chosen):
        same = list(table.space.identity.copies(graph, ordered=table.space.is_topological))
        copies.append(same[rng.integers(len(same))])
    return copies


def _singles(evaluator: TableEvaluator, graphs: Sequence[LabeledGraph]) -> Rate:
    def action() -> None:
        for graph in graphs:
            evaluator(graph)

    return Rate.of(action, len(graphs))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure tables, print a line for each and append it to the results."""
    options = argparse.ArgumentParser(prog=CALL, description=__doc__)
    options.add_argument("--table", action="append", help="only this one; may be repeated")
    options.add_argument("--output", type=Path, default=OUTPUT, help="file that lines are added to")
    options.add_argument("--only-print", action="store_true", help="one table, as JSON on stdout")
    given = options.parse_args(arguments)
    if given.only_print:
        print(json.dumps(measured(given.table[0])))
        return 0
    for name in given.table or benchmark_names():
        call = [sys.executable, "-m", "benchmarks.tables", "--only-print", "--table", name]
        answer = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603
        if answer.returncode != 0:
            reason = answer.stderr.strip().splitlines()[-1]
            missing = MissingDataError.__name__ in reason
            print(f"{name}: {'not on this machine' if missing else reason}", file=sys.stderr)
            continue
        record = json.loads(answer.stdout)
        _report(record)
        with given.output.open("a", encoding="utf-8") as file:
            whole = record | {"command": CALL} | versions() | machine() | moment()
            file.write(json.dumps(whole) + "\n")
    return 0


def _report(record: dict[str, Any]) -> None:
    rates = (
        f"{record['queries_per_second'] / 1e6:6.1f} M queries/s  "
        f"{record['look_ups_per_second']:>9,.0f} look-ups/s  "
        f"{record['single_look_ups_per_second']:>7,.0f} one by one"
    )
    memory = f"{record['held_mb']:4.0f} MB (peak {record['peak_mb']:.0f})"
    seconds = f"{record['load_seconds']:5.2f} s"
    print(f"{record['table']:<32} {record['rows']:>8,} rows  {seconds}  {memory:<20} {rates}")


if __name__ == "__main__":
    sys.exit(main())
