"""What the experiments share: their options, and rows of results on screen and on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import machine, moment, versions
from benchmarks.results import write_line

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What is said on the command line.

    Args:
        benchmark: where there is a choice.
        seeds: repetitions, 0, 1, ...
        full: the sizes of the papers, or near them, instead of a minute or two.
        data: directory of tables; None for the default.
        out: file that rows are appended to, or folder of pictures.
        labels: numbers of measured cells that predictors learn from; none for those of the size.
        epochs: of their autoencoder; None for those of the size.
    """

    benchmark: str
    seeds: int
    full: bool
    data: Path | None
    out: Path
    labels: tuple[int, ...] = ()
    epochs: int | None = None


def told(rows: Iterable[Row], experiment: str, options: Options) -> Iterator[Row]:
    """Print every row as it comes, and append it to the file with where and when it was made."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    about = {"machine": machine(), "versions": versions()}
    with options.out.open("a", encoding="utf-8") as file:
        for row in rows:
            shown = (f"{key} {_short(value)}" for key, value in row.items())
            print("  ".join(shown), flush=True)
            write_line(
                file,
                {"experiment": experiment, "full": options.full, "when": moment(), **row, **about},
            )
            yield row


def table(rows: Sequence[Row], by: Sequence[str], measures: Sequence[str]) -> list[str]:
    """Lines of means over seeds, with the deviation where there are several."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    lines = ["  ".join(f"{name:>14}" for name in (*by, *measures))]
    for key, group in groups.items():
        cells = [str(one) for one in key]
        cells += [_mean([row[name] for row in group]) for name in measures]
        lines.append("  ".join(f"{cell:>14}" for cell in cells))
    return lines


def _mean(values: list[float]) -> str:
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.3f}"
    spread = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{mean:.3f} ({spread:.3f})"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
