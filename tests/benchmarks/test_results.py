"""What is read off records: disagreements, medians of stopped solves, files."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import measure as measuring
from benchmarks import plots
from benchmarks.driver import Driver
from benchmarks.measure import Record, attempt
from benchmarks.problem import Problem
from benchmarks.results import (
    disagreements,
    median_seconds,
    read_lines,
    write_line,
)
from benchmarks.session import report_disagreements
from nasgoat.errors import EncodingMismatchError

TINY = Problem("nasbench101", "4", observations=8)


def solved(value: float, bound: float, *, status: str = "optimal", **changes: Any) -> Record:
    record = {**attempt(TINY, Driver(solver="nobody")), "error": None, "solver": "made up"}
    return {**record, "value": value, "lower_bound": bound, "status": status, **changes}


def test_answers_within_their_gaps_agree() -> None:
    assert not list(disagreements([solved(-2.0, -2.0001), solved(-2.0001, -2.0001)]))
    assert not list(disagreements([solved(-2.0, -2.5, status="time_limit"), solved(-2.4, -2.4)]))
    other = {**solved(-3.0, -3.0), "problem": {**solved(0, 0)["problem"], "seed": 5}}
    assert not list(disagreements([solved(-2.0, -2.0), other]))


@pytest.mark.parametrize(
    "pair",
    [
        (solved(-2.0, -2.0), solved(-2.01, -2.01)),
        (solved(-2.0, -2.5, status="time_limit"), solved(-1.9, -1.9)),
        (solved(-2.0, -2.0), solved(-2.1, -3.0, status="time_limit")),
    ],
    ids=["two optima", "a better graph in time", "a bound above another's graph"],
)
def test_answers_that_cannot_both_be_right_are_found(
    pair: tuple[Record, Record], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(list(disagreements(pair))) == 1
    assert len(list(disagreements(pair[::-1]))) == 1
    assert not report_disagreements(pair)
    assert "disagreement" in capsys.readouterr().err


def test_failures_become_records(monkeypatch: pytest.MonkeyPatch) -> None:
    assert attempt(TINY, Driver(solver="nobody"))["status"] == "unavailable"
    thompson = replace(TINY, kernel="exponential", acquisition="thompson")
    assert attempt(thompson, Driver())["status"] == "unavailable"
    for error, status in ((EncodingMismatchError("wrong"), "refused"), (KeyError("x"), "error")):
        with monkeypatch.context() as patch:
            patch.setattr(measuring, "measure", _raising(error))
            record = attempt(TINY, Driver())
            assert record["status"] == status
            assert not report_disagreements([record])


def _raising(error: Exception) -> Callable[..., Record]:
    def fail(*_: Any, **__: Any) -> Record:
        raise error

    return fail


def timed(*times: tuple[float, str]) -> Iterator[Record]:
    for seconds, status in times:
        yield solved(0.0, 0.0, status=status, seconds={"total": seconds})


def test_stopped_solves_make_medians_limits() -> None:
    ours = median_seconds(list(timed((1, "optimal"), (2, "optimal"), (9, "time_limit"))))
    assert (ours.value, ours.sign) == (2, "=")
    limit = median_seconds(list(timed((1, "optimal"), (9, "time_limit"), (9, "time_limit"))))
    assert (limit.value, limit.sign) == (9, ">=")
    low = median_seconds(list(timed((0.5, "stalled"), (2, "optimal"), (3, "optimal"))))
    assert low.sign == ">="
    even = median_seconds(list(timed((1, "optimal"), (9, "time_limit"))))
    assert (even.value, even.sign) == (5, ">=")
    assert str(limit.over(ours)) == ">= 4.5"
    assert str(ours.over(limit)) == "<= 0.222"
    assert limit.over(limit).value is None
    assert median_seconds([]).value is None


def test_files_are_read_back_and_repeats_replace(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    first, second = solved(float("nan"), -1.0), solved(-1.0, -1.0)
    with path.open("w") as file:
        for record in (first, second):
            write_line(file, record)
    (read,) = read_lines([path])
    assert read["value"] == -1.0
    assert json.loads(path.read_text().splitlines()[0])["value"] is None
    path.write_text("[1]\n")
    with pytest.raises(ValueError, match=r"some.jsonl:1 is no record"):
        read_lines([path])
    assert plots.main([str(path), "--output", str(tmp_path)]) == 1
