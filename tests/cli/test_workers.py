"""Evaluations in processes of their own: ``nasgoat run --workers``."""

import json
import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nasgoat.cli import app
from nasgoat.cli.workers import WorkerDiedError, workers
from nasgoat.graphs import LabeledGraph
from nasgoat.tabular import benchmark

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
    result = CliRunner().invoke(app, [*RUN, *arguments, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def told() -> list[Any]:
    """What the journal has of the evaluations."""
    lines = map(json.loads, Path("here/journal.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == "tell"]


def test_one_worker_is_this_process() -> None:
    with workers(1) as executor:
        assert executor is None


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


def test_nobody_waits_for_an_evaluation_in_flight() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with workers(2) as executor:
        assert executor is not None
        began = time.monotonic()
        flying = [executor.submit(time.sleep, 3600) for _ in range(5)]
        assert signal.getsignal(signal.SIGINT) is handler
    assert time.monotonic() - began < 600
    assert all(future.cancelled() or future.exception() is not None for future in flying)
    assert active_children() == []


def test_a_worker_that_dies_is_not_a_traceback() -> None:
    with pytest.raises(WorkerDiedError, match="--resume, and with fewer --workers"):
        evaluate_in_two(os._exit, 1)
    assert active_children() == []


def evaluate_in_two(function: Any, argument: Any) -> None:
    """Call a function in one of two processes."""
    with workers(2) as executor:
        assert executor is not None
        executor.submit(function, argument).result()


def test_there_is_at_least_one_worker() -> None:
    result = CliRunner().invoke(app, [*RUN, "--workers", "0"])
    assert result.exit_code == 2
    assert "--workers" in result.stderr
