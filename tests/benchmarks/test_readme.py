"""The commands of the guide to the measurements are real."""

import json
import re
import shlex
from pathlib import Path

import pytest

from benchmarks import solve
from benchmarks.arguments import driver_of, parser, problem_of
from benchmarks.suites import SUITES, Plan

TEXT = (Path(solve.__file__).parent / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python -m benchmarks\.(solve|plots) (.*)$", TEXT, flags=re.MULTILINE)
SOLVES = [shlex.split(rest) for program, rest in COMMANDS if program == "solve"]


def test_there_are_commands() -> None:
    assert {program for program, _ in COMMANDS} == {"solve", "plots"}
    assert {call[1] for call in SOLVES if call[0] == "--suite"} == set(SUITES)


@pytest.mark.parametrize("call", SOLVES, ids=" ".join)
def test_commands_name_what_there_is(call: list[str]) -> None:
    options = parser().parse_args(call)
    if options.suite is None:
        assert problem_of(options).search_space().sizes
        assert driver_of(options).limits.seconds
    else:
        plan = Plan(options.seeds, options.cases, options.time_limit)
        runs = list(SUITES[options.suite].runs(plan))
        assert any(plan.wants(run) for run in runs)


def test_the_first_command_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert solve.main(SOLVES[0]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "optimal"


def test_the_fields_explained_are_those_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    solve.main(["--nodes", "4", "--observations", "8", "--json", "--log"])
    record = json.loads(capsys.readouterr().out)
    rows = re.findall(r"^\| (`.*?) \|", TEXT.split("## Suites")[0], flags=re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert explained == set(record) - {"error", "graph"}


def test_links_lead_somewhere() -> None:
    folder = Path(solve.__file__).parent
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    assert all((folder / link).exists() for link in links)
