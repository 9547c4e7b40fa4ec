"""``python -m benchmarks.papers NAME``: a table or figure of a paper, run again."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.status import Status

from benchmarks.machine import machine, moment, versions
from benchmarks.papers.items import Item, Row, Setting, summed
from benchmarks.papers.registry import ITEMS
from benchmarks.papers.show import listed, shown
from benchmarks.results import write_line

RESULTS = Path(__file__).parent.parent / "results" / "papers.jsonl"
INTERRUPTED = 130
WIDE = 200  # columns where the output is no terminal and no cell may be cut


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.papers", description=__doc__)
    made.add_argument("name", nargs="?", choices=ITEMS, metavar="NAME", help="see --list")
    made.add_argument("--list", action="store_true", help="name all tables and figures")
    made.add_argument("--full", action="store_true", help="sizes near the paper's")
    made.add_argument("--seeds", type=_positive, help="repetitions (the item's own number)")
    made.add_argument("--data", type=Path, help="directory of tables (NASGOAT_DATA)")
    made.add_argument("--output", type=Path, default=RESULTS, help=f"JSON lines ({RESULTS.name})")
    made.add_argument(
        "--pictures", type=Path, default=Path("runs/papers"), help="folder of plots (runs/papers)"
    )
    return made


def _positive(text: str) -> int:
    if (value := int(text)) < 1:
        msg = f"at least 1, got {value}"
        raise argparse.ArgumentTypeError(msg)
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; the exit status."""
    made = parser()
    given = made.parse_args(arguments)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    if given.list:
        console.print(listed(ITEMS.values()))
        return 0
    if given.name is None:
        made.error("say NAME, or --list to see all names")
    return _execute(console, ITEMS[given.name], given)


def _execute(console: Console, item: Item, given: argparse.Namespace) -> int:
    torch.set_num_threads(1)
    measured: list[Row] = []
    wall, cpu = time.perf_counter(), time.process_time()
    with Console(stderr=True).status(item.name) as status:
        setting = Setting(
            given.full, given.seeds, given.data, given.pictures, Note(status, item.name)
        )
        interrupted = _collect(item, setting, measured)
    means = summed(measured, item.keys, item.measures)
    shown(console, item, means)
    if item.run is None:
        return 0
    record = {
        "name": item.name,
        "paper": item.paper,
        "place": item.place,
        "command": command(given),
        "full": given.full,
        "interrupted": interrupted,
        "measured": means,
        "rows": measured,
        "published": item.published,
        "why": item.why,
        "seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "versions": versions(),
        "machine": machine(),
        **moment(),
    }
    given.output.parent.mkdir(parents=True, exist_ok=True)
    with given.output.open("a", encoding="utf-8") as file:
        write_line(file, record)
    return INTERRUPTED if interrupted else 0


class Note:
    """Progress on stderr: a line that changes on a terminal, else a line per row."""

    def __init__(self, status: Status, name: str) -> None:
        self.status, self.name, self.began = status, name, time.perf_counter()

    def __call__(self, text: str) -> None:
        told = f"{self.name}, {time.perf_counter() - self.began:.0f} s: {text}"
        if self.status.console.is_terminal:
            self.status.update(told)
        else:
            self.status.console.print(told, soft_wrap=True, highlight=False)


def _collect(item: Item, setting: Setting, measured: list[Row]) -> bool:
    """Append rows as they come; whether the user stopped it."""
    if item.run is None:
        return False
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a time limit is one, too
    try:
        for row in item.run(setting):
            measured.append(row)
            setting.note(", ".join(f"{key} {row[key]}" for key in item.keys if key in row))
    except KeyboardInterrupt:
        return True
    finally:
        signal.signal(signal.SIGTERM, before)
    return False


def command(given: argparse.Namespace) -> str:
    """What to type for the same, without directories."""
    words = ["python", "-m", "benchmarks.papers", given.name]
    words += ["--full"] if given.full else []
    words += ["--seeds", str(given.seeds)] if given.seeds else []
    return shlex.join(words)


if __name__ == "__main__":
    sys.exit(main())
