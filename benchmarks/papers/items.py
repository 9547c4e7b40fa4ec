"""What a table or figure of a paper is here: how to run it again, and what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

Row = Mapping[str, Any]
Mean = tuple[float, float | None]  # over runs, with the standard deviation where it is known


@dataclass(frozen=True, slots=True)
class Setting:
    """How large a run is, and where its files are.

    Args:
        full: the paper's sizes or near them; else about a minute on one core.
        seeds: repetitions; None for the item's own number.
        data: directory of tables; None for the default.
        pictures: folder of plots and of what can go on after an interruption.
        note: hears of progress within a row.
    """

    full: bool
    seeds: int | None
    data: Path | None
    pictures: Path
    note: Callable[[str], None]

    def repeats(self, quick: int, full: int) -> range:
        """The seeds: as many as asked for, else the item's number for its size."""
        return range(self.seeds or (full if self.full else quick))


@dataclass(frozen=True, slots=True)
class Item:
    """A table or figure.

    Args:
        name: what the command line calls it.
        paper: NAS-GOAT, CR-LSO, NGAE or GraB-NAS.
        place: where it is in the paper.
        about: one line.
        keys: columns that tell rows apart.
        measures: columns of numbers.
        published: rows of the paper; a measure is a mean with a deviation, or text.
        why: reasons why numbers differ, or cannot be had here.
        sizes: of the quick and of the full run, in words.
        run: makes rows, one per setting and seed; None where the data at hand do not allow it.
    """

    name: str
    paper: str
    place: str
    about: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    why: tuple[str, ...]
    published: tuple[Row, ...] = ()
    sizes: tuple[str, str] = ("", "")
    run: Callable[[Setting], Iterator[Row]] | None = None

    def __post_init__(self) -> None:
        if not self.why:
            msg = f"{self.name} says nothing of how it differs from the paper"
            raise ValueError(msg)


def published(names: Sequence[str], *rows: Sequence[Any]) -> tuple[Row, ...]:
    """Rows of a paper's table; a number alone is a mean, None is left out."""
    return tuple(
        {
            name: (float(value), None) if isinstance(value, float) else value
            for name, value in zip(names, row, strict=True)
            if value is not None
        }
        for row in rows
    )


def summed(rows: Iterable[Row], keys: Sequence[str], measures: Sequence[str]) -> list[Row]:
    """Means over the rows with equal keys, in order of first appearance; ``runs`` is their number.

    Numbers that are missing in one of the rows (None, NaN) are missing in the mean.
    """
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    found: list[Row] = []
    for values, group in groups.items():
        told = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
        means = {name: _mean([row.get(name) for row in group]) for name in measures}
        known = {name: mean for name, mean in means.items() if mean is not None}
        found.append({**told, **known, "runs": len(group)})
    return found


def _mean(values: Sequence[float | None]) -> Mean | None:
    known = [float(value) for value in values if value is not None and value == value]  # noqa: PLR0124
    if len(known) < len(values):
        return None
    return fmean(known), stdev(known) if len(known) > 1 else None


def beside(item: Item, measured: Sequence[Row]) -> list[tuple[Row, Row | None, Row | None]]:
    """Keys, measured row and published row of every line of the printed table.

    A published row stands beside every measured row that has all of its keys; one that has no
    such row stands alone.
    """
    lines: list[tuple[Row, Row | None, Row | None]] = []
    used: set[int] = set()
    for row in measured:
        keys = {key: row[key] for key in item.keys if key in row}
        fits = (i for i, one in enumerate(item.published) if _fits(item, one, row))
        at = next(fits, None)
        lines.append((keys, row, None if at is None else item.published[at]))
        used |= set() if at is None else {at}
    for i, one in enumerate(item.published):
        if i not in used:
            lines.append(({key: one[key] for key in item.keys if key in one}, None, one))
    return lines


def _fits(item: Item, one: Row, row: Row) -> bool:
    return all(one[key] == row.get(key) for key in item.keys if key in one)
