"""Records on disk, and what is read off several of them: medians, ratios, disagreements."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from benchmarks.measure import Record
from nasgoat.records import AUDIT_TOL

ROUNDING = 1e-6  # relative above 1, of values that are recomputed in double precision
STOPPED = ("time_limit", "node_limit", "stalled", "no_incumbent", "interrupted")
Key = tuple[Any, ...]


def write_line(file: TextIO, record: Record) -> None:
    """Append a record and see it through to the file; what JSON cannot write becomes null."""
    file.write(json.dumps(finite(record)) + "\n")
    file.flush()


def finite(value: Any) -> Any:
    """The same value with None for numbers that are NaN or infinite."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_lines(paths: Iterable[Path]) -> list[Record]:
    """All records of several files; of a measurement that was repeated the last one.

    Raises:
        ValueError: a line is no record.
    """
    found: dict[Key, Record] = {}
    for path in paths:
        for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                record = json.loads(line)
                settings = json.dumps([record["problem"], record["driver"]], sort_keys=True)
                key = (*(record.get(name) for name in ("suite", "case", "arm")), settings)
            except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
                msg = f"{path}:{i} is no record of benchmarks.solve ({error!r}); drop the line"
                raise ValueError(msg) from error
            found[key] = record
    return list(found.values())


def grouped(records: Iterable[Record], *names: str) -> dict[Key, list[Record]]:
    """Records by the values of some of their fields, in order of first appearance."""
    groups: dict[Key, list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(record.get(name) for name in names), []).append(record)
    return groups


@dataclass(frozen=True, slots=True)
class Figure:
    """A median, or a ratio of two.

    Args:
        value: the number; None if there is nothing to take it from.
        sign: ``"="``; ``">="`` or ``"<="`` where solves that were stopped make it a limit only.
        count: number of measurements behind it.
    """

    value: float | None
    sign: str = "="
    count: int = 0

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        return f"{'' if self.sign == '=' else self.sign + ' '}{self.value:.3g}"

    def over(self, other: Figure) -> Figure:
        """Their ratio; None where both are limits, or one of them is missing."""
        if self.value is None or not other.value or (self.sign != "=" and other.sign != "="):
            return Figure(None)
        sign = self.sign if other.sign == "=" else "<="
        return Figure(self.value / other.value, sign, min(self.count, other.count))


def median_seconds(records: Sequence[Record], phase: str = "total") -> Figure:
    """The median time to a complete proof.

    A solve that was stopped would have needed more: its time counts as it is, and the median is
    marked as a lower limit unless longer times could not move it. Solves that did not run at all
    are left out.
    """
    known = [record for record in records if record["seconds"][phase] is not None]
    if not known:
        return Figure(None)
    times = sorted(record["seconds"][phase] for record in known)
    upper = times[len(times) // 2]
    limit = any(
        record["status"] in STOPPED and record["seconds"][phase] <= upper for record in known
    )
    return Figure(median(times), ">=" if limit else "=", len(known))


def median_of(records: Iterable[Record], name: str) -> Figure:
    """The median of a field, records without it left out."""
    known = [record[name] for record in records if record[name] is not None]
    return Figure(median(known), "=", len(known)) if known else Figure(None)


def build_share(records: Sequence[Record]) -> Figure:
    """The median share of the total time that went into writing models."""
    seconds = [record["seconds"] for record in records]
    shares = [one["build"] / one["total"] for one in seconds if one["build"] is not None]
    return Figure(median(shares), "=", len(shares)) if shares else Figure(None)


def comparable(records: Iterable[Record]) -> list[tuple[Record, Record]]:
    """All pairs of answers to the same problem."""
    answered = [record for record in records if record["value"] is not None]
    keyed = [{**one, "key": json.dumps(one["problem"], sort_keys=True)} for one in answered]
    return [pair for same in grouped(keyed, "key").values() for pair in combinations(same, 2)]


def disagreements(records: Sequence[Record]) -> Iterator[str]:
    """What two answers to the same problem cannot both be right about, one sentence each.

    Both optimal: the values differ by more than the gaps allow. Otherwise: a bound exceeds the
    value of another's graph by more than ``AUDIT_TOL``, the tolerance of every certificate. A
    certificate that was refused is a disagreement, too.
    """
    for record in records:
        if record["status"] == "refused":
            yield f"{_who(record)}: {record['error']}"
    for one, other in comparable(records):
        yield from _conflicts(one, other)


def _conflicts(one: Record, other: Record) -> Iterator[str]:
    scale = max(1.0, abs(one["value"]), abs(other["value"]))
    if one["status"] == other["status"] == "optimal":
        slack = max(one["driver"]["gap"], other["driver"]["gap"]) + ROUNDING
        if abs(one["value"] - other["value"]) > slack * scale:
            yield (
                f"{_who(one)} found the optimum {one['value']:.9g}, "
                f"{_who(other)} {other['value']:.9g}"
            )
            return
    for bounded, valued in ((one, other), (other, one)):
        bound = bounded["lower_bound"]
        if bound is not None and bound > valued["value"] + AUDIT_TOL * scale:
            yield (
                f"{_who(bounded)} claims the lower bound {bound:.9g}, "
                f"{_who(valued)} has a graph of value {valued['value']:.9g}"
            )


def _who(record: Record) -> str:
    named = [record.get("case"), record.get("arm"), f"seed {record['problem']['seed']}"]
    named += [record["solver"]]
    return ", ".join(str(one) for one in named if one)
