"""``python -m benchmarks.papers.guide > docs/papers.md``: the page, from the runs on record."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.papers.items import Item
from benchmarks.papers.registry import ITEMS
from benchmarks.papers.show import markdown

RECORDS = Path(__file__).parent.parent / "results" / "papers.jsonl"
Record = Mapping[str, Any]

START = """# The papers' tables

nasgoat grew out of four papers: NAS-GOAT (global optimisation of graph acquisition functions),
CR-LSO (a convex latent space), NGAE (a graph autoencoder with predictors) and GraB-NAS (Bayesian
optimisation that generates graphs). One command runs a table or figure again and prints it beside
the published numbers, with the reasons why they differ:

```sh
python -m benchmarks.papers --list
python -m benchmarks.papers nasgoat-table3
python -m benchmarks.papers nasgoat-table3 --full --seeds 20
python -m benchmarks.papers crlso-table2 --output runs/papers.jsonl --pictures runs/papers
```

Run from the root of a checkout after `make setup-all`, with tables where `NASGOAT_DATA` says
([tables.md](tables.md)). Every section says how long its quick size took; `--full` comes near the
paper's sizes, and was not run. A line per run is appended to `benchmarks/results/papers.jsonl`:
command, commit, date, processor, all rows and their means.
After Ctrl-C what was found is shown and written, marked as interrupted.

This page is written by `python -m benchmarks.papers.guide` from the quick runs on record; where
there is none, the published numbers stand alone. "here" is the mean over runs with the standard
deviation in brackets, "published" the paper's. Quick sizes check that the methods work; they are
no comparison with the paper.
"""


def latest(path: Path) -> dict[str, Record]:
    """The last quick run of each item that was not interrupted."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    records = (json.loads(line) for line in lines)
    return {one["name"]: one for one in records if not one["full"] and not one["interrupted"]}


def page(items: Iterable[Item], records: Mapping[str, Record]) -> str:
    """The whole page."""
    parts = [START, *("\n".join(_section(item, records.get(item.name))) for item in items)]
    return "\n".join(parts) + "\n"


def _section(item: Item, record: Record | None) -> Iterator[str]:
    yield from (f"## {item.paper}, {item.place}", "", f"{item.about[0].upper()}{item.about[1:]}.")
    yield ""
    if item.run is not None:
        yield from ("```sh", f"python -m benchmarks.papers {item.name}", "```", "")
        yield from (f"Quick: {item.sizes[0]}. Full: {item.sizes[1]}.", "", _measured(record), "")
    else:
        yield from (f"`{item.name}` cannot be run here.", "")
    if record is not None or item.published:
        yield from (*markdown(item, [] if record is None else record["measured"]), "")
    yield from (f"* {reason}" for reason in item.why)
    yield ""


def _measured(record: Record | None) -> str:
    if record is None:
        return "Not measured yet."
    date, commit = record["date"][:10], record["versions"]["commit"]
    seconds = f"{record['cpu_seconds']:.0f} s of processor time, {record['seconds']:.0f} s in all"
    return f"Measured by `{record['command']}` on {date} at {commit}, {seconds}."


if __name__ == "__main__":
    sys.stdout.write(page(ITEMS.values(), latest(RECORDS)))
