"""How fast the importers are, and how much memory they take: on made-up files of any size.

    python -m benchmarks.importers nasbench101 --cells 423624
    python -m benchmarks.importers nasbench201 --cells 1000 --wrapping legacy

A file is written to a temporary folder in the official format, then imported by a process of its
own. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine, moment, versions
from benchmarks.official_files import WRITERS
from nasgoat.tabular.format import write_table
from nasgoat.tabular.importers import IMPORTERS

MEGABYTE = 1e6


def main() -> None:
    """Measure one import."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("set", choices=sorted({name for name, _ in WRITERS}))
    parser.add_argument("--wrapping", help=f"of the file: {sorted(WRITERS)}")
    parser.add_argument("--cells", type=int, default=200, help="architectures in the file")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)  # in the process of its own
    arguments = parser.parse_args()
    if arguments.read is not None:
        print(json.dumps(_read(arguments.set, arguments.read)))
        return
    wrappings = [wrapping for name, wrapping in WRITERS if name == arguments.set]
    wrapping = arguments.wrapping or wrappings[0]
    if wrapping not in wrappings:
        parser.error(f"--wrapping of {arguments.set} is one of {wrappings}")
    print(json.dumps(measure(arguments.set, wrapping, arguments.cells)))


def measure(name: str, wrapping: str, cells: int) -> dict[str, Any]:
    """Write a file and import it in a process of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.official")
        WRITERS[name, wrapping](path, cells)
        size = path.stat().st_size
        command = [sys.executable, "-m", "benchmarks.importers", name, "--read", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found = json.loads(done.stdout)
    found["megabytes_per_cpu_second"] = size / MEGABYTE / found["cpu_seconds"]
    problem = {"set": name, "wrapping": wrapping, "cells": cells, "megabytes": size / MEGABYTE}
    return problem | found | {"machine": machine(), "date": moment(), **versions()}


def _read(name: str, path: Path) -> dict[str, float]:
    """Import a file and write the table; CPU time and the process's highest memory."""
    before = _peak_memory()
    start, wall = time.process_time(), time.perf_counter()
    table = IMPORTERS[name].read(path, _ignore)
    read, peak = time.process_time() - start, _peak_memory()
    out = path.with_suffix(".parquet")
    write_table(out, table)
    return {
        "rows": table.header.rows,
        "read_cpu_seconds": read,
        "cpu_seconds": time.process_time() - start,
        "seconds": time.perf_counter() - wall,
        "memory_before_MB": before,
        "read_peak_memory_MB": peak,
        "peak_memory_MB": _peak_memory(),
        "table_megabytes": out.stat().st_size / MEGABYTE,
    }


def _ignore(*_: object) -> None:
    """Hear of progress."""


def _peak_memory() -> float:
    """The most memory that the process has held, in MB; Linux only.

    ``getrusage`` would count that of the process it was forked from.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return float(line.split()[1]) * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
