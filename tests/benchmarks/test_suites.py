"""Suites: order, report, targets, interruption, pictures, and that a wrong solver is caught."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import plots, session, solve, suites
from benchmarks.driver import Driver
from benchmarks.measure import Record, attempt
from benchmarks.problem import Problem
from benchmarks.results import (
    read_lines,
)
from benchmarks.session import Session
from benchmarks.suites import SUITES, Plan
from benchmarks.suites.paper import PLAIN
from nasgoat.errors import UnknownNameError

TINY = Problem("nasbench101", "4", observations=8)


@pytest.fixture
def tiny_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every suite with two tiny cases in place of its own."""
    cases = {"small": TINY, "smaller": replace(TINY, nodes="3", observations=3)}
    for module in (suites.paper, suites.solvers, suites.options):
        monkeypatch.setattr(module, "CASES", cases)
    monkeypatch.setattr(
        suites.scaling, "CASES", {"nb101-n4-T60": TINY, "nb101-n6-T8": replace(TINY, seed=9)}
    )
    wanted = suites.targets.Target
    monkeypatch.setattr(
        suites.targets,
        "TARGETS",
        {
            "small": wanted(TINY, 60.0),
            "impossible": wanted(TINY, 1e-6),
            "wide": wanted(TINY, 60.0, gap=0.05),
            "listed": wanted(TINY, 60.0, optimizer="exhaustive", features=60.0),
        },
    )


def suite_run(name: str, folder: Path, *options: str) -> tuple[int, list[Record]]:
    output = folder / "results" / f"{name}.jsonl"
    code = solve.main(["--suite", name, "--seeds", "1-2", "--output", str(output), *options])
    lines = output.read_text().splitlines()
    return code, [json.loads(line) for line in lines]


@pytest.mark.usefixtures("tiny_suites")
@pytest.mark.parametrize("name", SUITES)
def test_suites_measure_report_and_plot(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, records = suite_run(name, tmp_path, "--time-limit", "20", "--log")
    assert code == 0
    assert {record["suite"] for record in records} == {name}
    assert all(f"--suite {name}" in record["command"] for record in records)
    assert {record["status"] for record in records} <= {"optimal", "unavailable"}
    assert {record["driver"]["time_limit"] for record in records} == {20.0}
    table = capsys.readouterr().out
    assert records[0]["case"] in table
    folder = tmp_path / "plots"
    assert plots.main([str(tmp_path / "results" / f"{name}.jsonl"), "--output", str(folder)]) == 0
    drawn = {path.stem for path in folder.glob("*.png")}
    assert {f"time-to-gap-{name}", f"gap-over-time-{name}"} <= drawn
    assert (f"ratios-{name}" in drawn) == (name in ("paper-vs-ours", "options")) or (
        name == "solvers"  # one bar per backend that is installed beside HiGHS
    )
    assert ({"scaling-nodes", "scaling-observations"} <= drawn) == (name == "scaling")


@pytest.mark.usefixtures("tiny_suites")
def test_arms_take_turns(tmp_path: Path) -> None:
    _, records = suite_run("paper-vs-ours", tmp_path, "--cases", "small")
    order = [(record["problem"]["seed"], record["arm"]) for record in records]
    arms = ("ours", "paper-encoding", "paper")
    assert order == [(seed, arm) for seed in (1, 2) for arm in arms]
    encodings = [record["driver"]["encoding"] for record in records[:3]]
    assert encodings == [None, "paper", "paper"]
    assert records[2]["driver"]["settings"] == PLAIN
    _, both = suite_run("paper-vs-ours", tmp_path, "--cases", "small/ours")
    assert len(both) == len(records) + 2


@pytest.mark.usefixtures("tiny_suites")
def test_targets_are_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite_run("targets", tmp_path)
    lines = {
        cells[1].strip(): cells[-2].strip()
        for line in capsys.readouterr().out.splitlines()
        if len(cells := line.replace("┃", "│").split("│")) > 3
    }
    assert "no" in lines["impossible"]
    records = read_lines([tmp_path / "results" / "targets.jsonl"])
    target = suites.targets.TARGETS["small"]
    mine = [record for record in records if record["case"] == "small"]
    assert target.met(mine)
    assert not replace(target, seconds=1e-9).met(mine)
    assert not target.met([{**record, "bound_source": "exhaustive"} for record in mine])
    assert not target.met([{**record, "status": "time_limit"} for record in mine])
    assert not target.met([*mine, attempt(TINY, Driver(solver="nobody"))])
    assert {one["driver"]["gap"] for one in records if one["case"] == "wide"} == {0.05}


def test_the_targets_are_solvable_problems() -> None:
    for target in suites.targets.TARGETS.values():
        assert target.problem.search_space().sizes


def stopping(after: int, how: Callable[[], Record]) -> Callable[..., Record]:
    """An ``attempt`` that does something else after so many measurements."""
    count = iter(range(1000))

    def attempted(problem: Problem, driver: Driver, **rest: Any) -> Record:
        return attempt(problem, driver, **rest) if next(count) < after else how()

    return attempted


@pytest.mark.usefixtures("tiny_suites")
@pytest.mark.parametrize("hard", [True, False])
def test_an_interrupted_suite_keeps_what_it_has(
    hard: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C between two solves, and in a solve, which then ends with what it found."""

    def stop() -> Record:
        if hard:
            raise KeyboardInterrupt
        return {**attempt(TINY, Driver()), "status": "interrupted"}

    monkeypatch.setattr(session, "warm_up", lambda runs: None)
    monkeypatch.setattr(session, "attempt", stopping(2, stop))
    code, records = suite_run("options", tmp_path)
    assert code == 130
    assert len(records) == (2 if hard else 3)
    assert "interrupted after" in capsys.readouterr().err


@pytest.mark.usefixtures("tiny_suites")
def test_a_wrong_solver_fails_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(problem: Problem, driver: Driver, **rest: Any) -> Record:
        record = attempt(problem, driver, **rest)
        if driver.encoding == "paper" and record["value"] is not None:
            return {**record, "value": record["value"] + 0.01, "lower_bound": record["value"]}
        return record

    monkeypatch.setattr(session, "attempt", wrong)
    code, _ = suite_run("paper-vs-ours", tmp_path)
    assert code == 1


def test_sessions_refuse_unknown_cases(tmp_path: Path) -> None:
    plan = Plan(cases="nb101-n9*")
    with pytest.raises(UnknownNameError, match="nb101-n7"):
        Session(SUITES["options"], plan, tmp_path / "none.jsonl").execute()
    assert not (tmp_path / "none.jsonl").exists()
