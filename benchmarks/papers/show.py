"""The printed table: measured numbers beside the published ones, and the reasons below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.papers.items import Item, Row, beside


def listed(items: Iterable[Item]) -> Table:
    """What there is, and what cannot be had."""
    table = Table("name", "paper", "what", "run here")
    for item in items:
        table.add_row(item.name, f"{item.paper}, {item.place}", item.about, _ran(item))
    return table


def _ran(item: Item) -> str:
    return "no" if item.run is None else "yes"


def shown(console: Console, item: Item, measured: Sequence[Row]) -> None:
    """Print a table's lines and the reasons of its differences."""
    console.print(f"[bold]{item.paper}, {item.place}[/]: {item.about}", highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for key in item.keys:
        table.add_column(key, no_wrap=True)
    for name in item.measures:
        table.add_column(f"{name}\nhere", justify="right", no_wrap=True)
        table.add_column(f"{name}\npublished", justify="right", style="cyan", no_wrap=True)
    table.add_column("runs", justify="right", no_wrap=True)
    for keys, ours, theirs in beside(item, measured):
        cells = [str(keys.get(key, "")) for key in item.keys]
        for name in item.measures:
            cells += [cell(ours, name), cell(theirs, name)]
        table.add_row(*cells, str((ours or {}).get("runs", "")))
    if item.measures:
        console.print(table)
    for reason in item.why:
        console.print(f"* {reason}", highlight=False, soft_wrap=not console.is_terminal)


def cell(row: Row | None, name: str) -> str:
    """A mean with its deviation, text as it is, nothing as a dash."""
    value: Any = None if row is None else row.get(name)
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    mean, spread = value
    return _short(mean) + ("" if spread is None else f" ({_short(spread)})")


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.2f}"


def markdown(item: Item, measured: Sequence[Row]) -> list[str]:
    """The same table for docs/papers.md; columns without any number are left out."""
    lines = beside(item, measured)
    keys = [key for key in item.keys if any(key in named for named, _, _ in lines)]
    columns = [
        (name, side, f"{name}, {('here', 'published')[side]}")
        for name in item.measures
        for side in (0, 1)
        if any((pair[side] or {}).get(name) is not None for _, *pair in lines)
    ]
    found = [[*keys, *(title for _, _, title in columns)], ["---"] * (len(keys) + len(columns))]
    for named, *pair in lines:
        cells = [cell(pair[side], name) for name, side, _ in columns]
        found.append([*(str(named.get(key, "")) for key in keys), *cells])
    return [f"| {' | '.join(line)} |" for line in found]
