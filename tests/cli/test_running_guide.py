"""The commands of docs/running.md do what it says."""

import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import answer
from tests.test_readme import ROOT, blocks, commands, rows

GUIDE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
CALLS = commands(GUIDE, "nasgoat")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs lie in a directory of their own."""
    monkeypatch.chdir(tmp_path)


def test_runs_on_tables() -> None:
    calls = [call for call in CALLS if not {"--workers", "--scheduler"} & set(call)]
    calls = [call for call in calls if not any("digits" in word for word in call)]
    assert [answer(*call)["evaluations"] for call in calls] == [40, 80]


def test_there_are_as_many_rules_as_it_says() -> None:
    table = rows(GUIDE, "rule", "the run", "the search method")
    assert [row[0].strip("`") for row in table] == ["raise", "skip", "penalise", "a number"]


@pytest.mark.slow  # trainings
def test_runs_on_trainings() -> None:
    pytest.importorskip("torch", reason="digits are trained by PyTorch")
    pytest.importorskip("sklearn", reason="the images come with scikit-learn")
    timed, parallel = [call for call in CALLS if any("digits" in word for word in call)]
    summary = answer(*timed)
    assert summary["stopped"] in {"seconds", "budget"}
    assert summary["evaluation_seconds"] >= 3 or summary["evaluations"] == 9
    assert answer(*parallel)["evaluations"] == 6


@pytest.mark.slow  # a cluster of processes that start afresh
def test_runs_on_clusters() -> None:
    pytest.importorskip("distributed", reason="the extra dask")
    own, first, more = [call for call in CALLS if "dask" in call or "--scheduler" in call]
    assert answer(*own)["evaluations"] == 12
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (block,) = [block for block in blocks(GUIDE, "sh") if "dask worker" in block]
    lines = block.replace("8786", port).replace("HOST", "127.0.0.1").splitlines()
    servers = [shlex.split(line, comments=True) for line in lines if line.startswith("dask")]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [
        subprocess.Popen([Path(sys.executable).parent / "dask", *words[1:]], **quiet)
        for words in servers
    ]
    try:
        for call, budget in ((first, 12), (more, 20)):
            there = [word.replace("HOST:8786", f"127.0.0.1:{port}") for word in call]
            assert answer(*there)["evaluations"] == budget
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()
