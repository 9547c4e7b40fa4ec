"""Evaluations in processes of their own: ``nasgoat run --workers``."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from nasgoat.cli.workers import Workers, budget_of
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.study import Budget
from nasgoat.tabular import benchmark
from tests.cli import calls
from tests.cli.calls import nasgoat

RUN = ("run", "--benchmark", "nasbench-graph:proteins", "--method", "random", "--out", "here")
# a job in the background of a shell ignores Ctrl-C, and so would what it starts
PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from nasgoat.cli import app; app()"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs lie in a directory of their own."""
    monkeypatch.chdir(tmp_path)


def answer(*arguments: str) -> Any:
    """The JSON object of a call that succeeds."""
    return calls.answer(*RUN, *arguments)


def told() -> list[Any]:
    """What the journal has of the evaluations."""
    lines = map(json.loads, Path("here/journal.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == "tell"]


def test_one_worker_is_this_process() -> None:
    for one in (Workers(), Workers(1), Workers(1, "processes")):
        with one.open() as (executor, slots):
            assert (executor, slots) == (None, 1)


def test_a_run_with_workers_resumes_without_them() -> None:
    found = answer("--workers", "2", "--budget", "14")
    assert (found["evaluations"], found["stopped"]) == (14, "budget")
    table = benchmark("nasbench-graph:proteins")
    values = {table.space.key(graph_of(line)): line["value"] for line in told()}
    assert len(values) == 14  # nothing was evaluated twice
    assert all(table(graph_of(line)).value == line["value"] for line in told())
    assert found["best_value"] == min(values.values())
    more = answer("--budget", "16", "--resume")
    assert more["history"][:14] == found["history"]
    assert active_children() == []


def graph_of(line: Any) -> LabeledGraph:
    """The graph of a line of a journal."""
    return LabeledGraph.from_json(line["graph"])


def test_ctrl_c_in_a_terminal_reaches_everybody_and_leaves_nobody() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *RUN, "--workers", "2", "--budget", "2021", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"COLUMNS": "100"},
        start_new_session=True,  # its processes are a group, as in a terminal
    )
    deadline = time.monotonic() + 120
    while not (Path("here/journal.jsonl").exists() and len(told()) >= 3):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    found = json.loads(stdout)
    assert found["stopped"] == "interrupted"
    assert found["evaluations"] == len(told()) < 2021
    assert "Traceback" not in stderr
    assert "--resume --out here" in stderr.replace("\n", " ")
    while group_lives(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    more = answer("--workers", "2", "--budget", str(found["evaluations"] + 3), "--resume")
    assert more["history"][: found["evaluations"]] == found["history"]
    assert more["evaluations"] == found["evaluations"] + 3


def group_lives(group: int) -> bool:
    """Whether some process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_options_that_do_not_fit_are_refused() -> None:
    for arguments, message in (
        (("--executor", "slurm"), "there is no executor 'slurm'; there are: processes, dask"),
        (("--executor", "processes", "--scheduler", "tcp://x:1"), "use --executor dask"),
        (("--on-failure", "ignore"), "there are: raise, skip, penalise"),
        (("--on-failure", "inf"), "there is no rule for failures 'inf'"),
    ):
        result = nasgoat(*RUN, *arguments)
        assert result.exit_code == 1
        assert message in result.stderr.replace("\n", " ")
        assert not Path("here").exists()


def test_budgets_have_a_default() -> None:
    assert budget_of(None, None) == Budget(50)
    assert budget_of(7, None) == Budget(7)
    assert budget_of(None, 9.5) == Budget(None, 9.5)
    assert budget_of(7, 9.5) == Budget(7, 9.5)


class Breaking:
    """A benchmark of which some architectures cannot be trained."""

    def __init__(self) -> None:
        self.table: Any = benchmark("nasbench-graph:proteins")
        self.name, self.space, self.objective = "breaking", self.table.space, "error, %"
        self.optimum = None

    def __call__(self, graph: LabeledGraph) -> Observation:
        if len(graph.edges) % 2:
            msg = "CUDA out of memory"
            raise RuntimeError(msg)
        return replace(self.table(graph), seconds=2.0)


def test_failures_and_seconds_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nasgoat.cli.run.benchmark", lambda name, data: Breaking())
    result = nasgoat(*RUN, "--budget", "20", "--json")
    assert result.exit_code == 1  # as a bug of the evaluator that nobody foresaw
    assert "CUDA out of memory" in result.stderr
    found = answer("--budget", "20", "--on-failure", "skip", "--resume")
    assert (found["evaluations"], found["stopped"]) == (20, "budget")
    assert 0 < found["failures"] < 20
    lines = Path("here/journal.jsonl").read_text()
    assert lines.count('"kind":"fail"') == found["failures"]
    assert "RuntimeError: CUDA out of memory (test_workers.py:" in lines
    spent = found["evaluation_seconds"]
    assert 2.0 * (20 - found["failures"]) <= spent < 2.0 * (20 - found["failures"]) + 1
    rules = ("--on-failure", "90", "--budget-seconds", str(spent + 5))
    result = nasgoat(*RUN, *rules, "--resume")
    assert result.exit_code == 0, result.stderr
    assert "failed" in result.stderr
    failures = Path("here/journal.jsonl").read_text().count('"kind":"fail"')
    assert f"({failures} failed)" in result.stdout
    more = answer(*rules, "--resume")
    assert more["stopped"] == "seconds"
    assert more["evaluation_seconds"] >= spent + 5


def test_there_is_at_least_one_worker() -> None:
    result = nasgoat(*RUN, "--workers", "0")
    assert result.exit_code == 2
    assert "--workers" in result.stderr
