"""``nasgoat compare``: what can be typed, what is printed, and runs that are cut short."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from nasgoat.cli.contenders import arenas, contenders, shared_initial, split
from nasgoat.cli.meter import Estimate
from nasgoat.compare import Failure, Record, Trial
from nasgoat.errors import UnknownNameError
from nasgoat.tabular import benchmark_names
from tests.cli.calls import nasgoat
from tests.compare.contenders import RANDOM, UNLUCKY, plan
from tests.test_readme import commands

TABLE = "nasbench-graph:proteins"
PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from nasgoat.cli import app; app()"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons lie in a directory of their own."""
    monkeypatch.chdir(tmp_path)


def compare(*arguments: str) -> Result:
    return nasgoat("compare", *arguments)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("random, goat", ["random", "goat"]),
        ("goat:kernel=linear,optimizer=mip,random", ["goat:kernel=linear,optimizer=mip", "random"]),
        ("pool=goat:optimizer=pool,x=random", ["pool=goat:optimizer=pool", "x=random"]),
        ("a=random,b=random", ["a=random", "b=random"]),
        ("goat,optimizer=random", ["goat", "optimizer=random"]),
        (
            "goat:beta=2,optimizer=goat:optimizer=local-search,beta=1",
            ["goat:beta=2", "optimizer=goat:optimizer=local-search,beta=1"],
        ),
    ],
)
def test_lists_of_methods(text: str, wanted: list[str]) -> None:
    assert split(text) == wanted


def test_contenders_have_labels_and_the_initial_design_of_all() -> None:
    found = contenders(["random,old=evolution:retire=worst", "goat:beta=2,initial=5"], 12)
    assert [one.label for one in found] == ["random", "old", "goat:beta=2,initial=5"]
    assert [one.spec for one in found] == ["random", "evolution:retire=worst", found[2].label]
    space = arenas([TABLE], None)[0].load().space
    methods = [one.build(space) for one in found]
    assert [one.name for one in methods] == ["random", "evolution", "goat"]
    assert (methods[0].initial, methods[2].initial) == (12, 5)  # type: ignore[attr-defined]


def test_without_a_size_each_has_its_own_initial_design() -> None:
    texts = ["evolution,nasgoat-2025", "few=goat,local-search:initial=5"]
    found = contenders(texts, None)
    space = arenas([TABLE], None)[0].load().space
    methods = [one.build(space) for one in found]
    assert [getattr(one, "initial", None) for one in methods] == [None, 10, 2, 5]
    assert shared_initial(texts) == 2
    assert shared_initial(["nasgoat-2025,local-search"]) == 10
    assert shared_initial(["evolution"]) == 1


def test_a_setting_may_be_infinite() -> None:
    call = ("--benchmark", TABLE, "--methods", "goat:time_limit=inf", "--trials", "1")
    for _ in range(2):  # run, then read back
        assert compare(*call, "--budget", "4", "--out", "here").exit_code == 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("randon", "there is no method 'randon'; there are: random"),
        ("x=randon", "there is no method 'randon'"),
        ("goat:betta=1", "betta"),
        ("goat:beta=much", "beta"),
        ("random:", "random"),
    ],
)
def test_what_is_no_method(text: str, what: str) -> None:
    if text == "random:":
        assert contenders([text], 10)[0].label == "random:"
        return
    with pytest.raises((UnknownNameError, ValueError), match=what):
        contenders([text], 10)


def test_patterns_of_benchmarks() -> None:
    found = [one.name for one in arenas(["nasbench-graph:*", TABLE], None)]
    assert found == [one for one in benchmark_names() if one.startswith("nasbench-graph:")]
    assert len(found) == 9
    with pytest.raises(UnknownNameError, match="no benchmark matches 'nix"):
        arenas(["nix*"], None)


DOCUMENT = Path(__file__).parents[2] / "docs" / "compare.md"
COMMANDS = commands(DOCUMENT.read_text(encoding="utf-8"), "nasgoat")


@pytest.mark.parametrize("call", COMMANDS, ids=lambda call: " ".join(call)[:50])
def test_commands_of_the_document_can_be_typed(
    call: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    monkeypatch.setattr("nasgoat.cli.compare.execute", lambda one: plans.append(one.plan()))
    result = nasgoat(*call)
    assert result.exit_code == 0, result.stderr
    (typed,) = plans
    assert typed.contenders
    assert typed.arenas


@pytest.mark.slow
@pytest.mark.parametrize("call", COMMANDS, ids=lambda call: " ".join(call)[:50])
def test_commands_of_the_document_run(call: list[str]) -> None:
    if "NASGOAT_DATA" not in os.environ and "nasbench201:cifar10" in call:
        pytest.skip("NASGOAT_DATA is not set: no nasbench201.parquet")
    result = nasgoat(*call, "--trials", "2", "--budget", "12")
    assert result.exit_code == 0, result.stderr


def test_json_on_stdout_and_nothing_else() -> None:
    call = ("--benchmark", TABLE, "--methods", "random,e=evolution:population=12", "--trials", "3")
    result = compare(*call, "--budget", "20", "--checkpoints", "15,20", "--json", "--out", "here")
    assert result.exit_code == 0, result.stderr
    value = json.loads(result.stdout)
    assert value.pop("files") == "here"
    assert value == json.loads(Path("here/results.json").read_text())
    assert value["command"] == (
        f"nasgoat compare --benchmark {TABLE} --methods random,e=evolution:population=12 "
        "--trials 3 --budget 20 --checkpoints 15,20 --batch 1 --seed 0 --jobs 1"
    )
    assert (value["checkpoints"], value["reference"], value["missing"]) == ([15, 20], "random", 0)
    (found,) = value["benchmarks"]
    method = found["methods"]["e"]
    assert method["method"]["settings"]["population"] == 12
    for key in ("mean_regret", "median_regret", "interval", "found_optimum"):
        assert set(method[key]) == {"15", "20"}
    assert method["seconds"] > 0
    assert len(method["regrets"]["20"]) == 3
    # the shared design, and from then on the two go their own ways
    assert method["regrets"]["15"] != found["methods"]["random"]["regrets"]["15"]
    files = {path.name for path in Path("here").iterdir()}
    plot = "regret-nasbench-graph-proteins.png"
    assert files == {
        "config.yaml",
        "lock",
        "results.json",
        "table.csv",
        "table.tex",
        "trials",
        plot,
    }


def test_tables_in_a_terminal() -> None:
    call = ("--benchmark", "nasbench-graph:c*", "--methods", "random,evolution,local-search")
    result = compare(*call, "--trials", "2", "--budget", "12", "--reference", "evolution")
    assert result.exit_code == 0, result.stderr
    for text in (
        "nasbench-graph:cora: validation error on Cora, %; optimum 18.0667; after 12 evaluations",
        "nasbench-graph:citeseer",
        "Friedman's test over 2 trials",
        "critical difference",
        "regret to evolution",
        "files in runs/",
    ):
        assert text in result.stdout
    lines = [line.split() for line in result.stdout.splitlines() if "reference" in line]
    assert {line[0] for line in lines} == {"evolution"}
    assert "trial 4/" in result.stderr


def test_a_folder_with_other_settings_is_refused() -> None:
    call = ("--benchmark", TABLE, "--methods", "random", "--trials", "1", "--out", "here")
    assert compare(*call, "--budget", "11").exit_code == 0
    result = compare(*call, "--budget", "12")
    assert result.exit_code == 1
    assert "budget is 11 there, 12 here" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--methods", "random,random"), "more than once"),
        (("--checkpoints", "10,x"), "checkpoints are numbers joined by commas"),
        (("--checkpoints", "10,500"), "beyond the budget"),
        (("--reference", "nobody"), "'nobody' is none of the methods"),
        (("--benchmark", "nix"), "there is no benchmark 'nix'"),
    ],
)
def test_errors_are_one_line(arguments: tuple[str, str], text: str) -> None:
    result = compare("--methods", "random", "--benchmark", TABLE, *arguments)
    assert result.exit_code == 1
    assert text in " ".join(result.stderr.split())
    assert not Path("runs").exists()


def test_failed_trials_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nasgoat.cli.compare.contenders", lambda *_: (RANDOM, UNLUCKY))
    call = ("--benchmark", TABLE, "--trials", "4", "--budget", "12", "--out", "here")
    result = compare(*call)
    assert result.exit_code == 1
    assert "failed: unlucky on nasbench-graph:proteins, seed" in result.stderr
    assert "RuntimeError: bad luck (traceback in here/trials/" in result.stderr
    assert "of 8 trials failed, the first: here/trials/" in result.stderr
    assert " failed" in result.stdout
    assert "are missing or failed" in result.stdout


def test_the_time_left_is_that_of_the_kinds_left() -> None:
    some = plan(RANDOM, UNLUCKY, trials=5)
    fast, slow = (Trial(some.arenas[0], one, 0, some.protocol) for one in some.contenders)
    estimate = Estimate(Counter({("toy", "random"): 4, ("toy", "unlucky"): 4}), jobs=2)
    assert estimate.seconds is None
    estimate.note(fast, Record((1.0,), (None,), 1.0, 1.0, "budget", {}))
    assert estimate.seconds == pytest.approx((3 * 2 + 4 * 2) / 2)
    estimate.note(slow, Record((1.0,), (None,), 10.0, 0.0, "budget", {}))
    assert estimate.seconds == pytest.approx((3 * 2 + 3 * 10) / 2)
    estimate.note(slow, Failure("E: x"))
    assert estimate.seconds == pytest.approx((3 * 2 + 2 * 10) / 2)
    estimate.note(slow, Record((1.0,), (None,), 20.0, 0.0, "budget", {}), now=False)
    assert estimate.seconds == pytest.approx((3 * 2 + 2 * 15) / 2)


def start(*arguments: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", PROGRAM, "compare", "--benchmark", TABLE]
    return subprocess.Popen(
        [*program, *arguments],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished() -> dict[Path, int]:
    """Trial files with the times at which they were written."""
    return {path: path.stat().st_mtime_ns for path in Path("here").rglob("trials/*/*/*.json")}


def until(happens: Any, seconds: float = 300.0) -> None:
    """Wait for something that is to happen."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


def in_session(leader: int) -> list[str]:
    """The processes of a session that are alive."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, *rest = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(rest[2]) == leader and state != "Z":
            found.append(status.parent.name)
    return found


LONG = ("--methods", "random,local-search", "--trials", "200", "--budget", "50", "--out", "here")


def test_a_killed_comparison_goes_on() -> None:
    process = start(*LONG, "--jobs", "2")
    try:
        until(lambda: len(finished()) >= 4)
    finally:
        process.kill()
        process.communicate()
    until(lambda: not in_session(process.pid), 60.0)  # nor do its workers go on alone
    before = finished()
    assert 4 <= len(before) < 400
    again = (*LONG[:2], "--trials", "5", *LONG[4:])
    result = compare("--benchmark", TABLE, *again, "--json")
    assert result.exit_code == 0, result.stderr
    assert "trials were there already" in result.stderr
    after = finished()
    assert {path: after[path] for path in before} == before
    value = json.loads(result.stdout)
    assert value["missing"] == 0
    assert compare("--benchmark", TABLE, *again, "--json", "--jobs", "2").exit_code == 0
    assert finished() == after
    fresh = compare("--benchmark", TABLE, *again[:-1], "there", "--json")
    theirs = json.loads(fresh.stdout)["benchmarks"][0]["methods"]
    mine = value["benchmarks"][0]["methods"]
    for label in ("random", "local-search"):
        assert mine[label]["regrets"] == theirs[label]["regrets"]


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_ctrl_c_reports_what_is_there(jobs: str) -> None:
    process = start(*LONG, "--jobs", jobs)
    try:
        until(lambda: len(finished()) >= 4)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of the group hear it
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "interrupted; the same command goes on" in err
    assert "Traceback" not in err
    assert "trials are missing or failed" in out
    assert not list(Path("here").rglob("*.part"))
    assert json.loads(Path("here/results.json").read_text())["missing"] == 400 - len(finished())
