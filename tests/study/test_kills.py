"""Studies that are killed, at any byte of their journal and at any moment, and go on."""

import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from nasgoat.graphs import LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Failure, Observation
from nasgoat.search import Evolution, GoatSearch, RandomSearch, SearchMethod
from nasgoat.study import Study
from tests.search.toy import TINY, FixedSurrogate, Toy

BUDGET = 40
KILLS = 15  # at random moments; a run of the slower method takes some 0.5 s


def half(graph: LabeledGraph) -> Observation:
    """The toy objective, but for architectures with three edges."""
    if len(graph.edges) == 3:
        raise ValueError
    return Toy(TINY)(graph)


def comparable(study: Study) -> list[Any]:
    """The results, but for the wall-clock seconds of failures."""
    return [
        (one.graph, one.error, one.penalty) if isinstance(one, Failure) else one
        for one in study.results
    ]


@pytest.mark.filterwarnings("ignore::nasgoat.study.JournalWarning")
def test_a_study_cut_at_any_byte_loses_at_most_the_evaluation_in_flight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # nobody pulls the plug on a test
    whole = tmp_path / "whole"
    with Study(TINY, RandomSearch(2), seed=3, journal=whole) as straight:
        straight.run(half, 4, 2, on_failure="penalise")
    assert straight.failures
    assert straight.observations
    content = whole.read_bytes()
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    kinds = [line[:15] for line in content.split(b"\n")]
    results = [b"tell" in kind or b"fail" in kind for kind in kinds]
    header = ends[0]  # any byte of it is another test's
    for length in [*range(0, header, 50), *range(header, len(content) + 1)]:
        (cut := tmp_path / "cut").write_bytes(content[:length])
        told = sum(end <= length and result for end, result in zip(ends, results, strict=False))
        with Study(TINY, RandomSearch(2), seed=3, journal=cut) as study:
            assert study.resumed == told
            assert comparable(study) == comparable(straight)[:told]
            study.run(half, 4, 2, on_failure="penalise")
        assert comparable(study) == comparable(straight)


def search(journal: Path, method: SearchMethod[Any]) -> None:
    """What is killed."""
    with Study(TINY, method, seed=5, journal=journal) as study:
        study.run(half, BUDGET, on_failure="skip")


@pytest.mark.filterwarnings("ignore::nasgoat.study.JournalWarning")
@pytest.mark.parametrize(
    "method",
    [Evolution(8, 3), GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), initial=6)],
    ids=["evolution", "goat"],
)
def test_a_process_that_is_killed_again_and_again_ends_where_it_would_have(
    method: SearchMethod[Any], tmp_path: Path
) -> None:
    with Study(TINY, method, seed=5) as straight:
        straight.run(half, BUDGET, on_failure="skip")
    chance = random.Random(0)  # noqa: S311
    context = get_context("forkserver")  # every process starts with all modules loaded
    context.set_forkserver_preload([__name__, "nasgoat.study", "tests.search.toy"])
    journal = tmp_path / "j"
    sizes = []
    for _ in range(KILLS):
        process = context.Process(target=search, args=(journal, method))
        process.start()
        before = journal.stat().st_size if journal.exists() else 0
        deadline = time.monotonic() + 120
        while process.is_alive() and not (journal.exists() and journal.stat().st_size > before):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        process.join()
        sizes.append(journal.stat().st_size)
    assert len(set(sizes)) > 3  # it got somewhere between the kills
    search(journal, method)
    with Study(TINY, method, seed=5, journal=journal) as study:
        assert comparable(study) == comparable(straight)
        assert study.pending == []


@pytest.mark.slow  # programs that start and load a table, again and again
@pytest.mark.filterwarnings("ignore::nasgoat.study.JournalWarning")
def test_the_program_is_killed_again_and_again(tmp_path: Path) -> None:
    benchmark = ("--benchmark", "nasbench-graph:proteins", "--method", "evolution")
    call = [sys.executable, "-c", "from nasgoat.cli import app; app()", "run", *benchmark]
    call += ["--budget", "300"]
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*call, "--out", straight], check=True, **quiet)
    chance = random.Random(1)  # noqa: S311
    journal = killed / "journal.jsonl"
    for _ in range(6):
        resume = ["--resume"] if journal.exists() else []
        process = subprocess.Popen([*call, "--out", killed, *resume], **quiet)
        before = journal.stat().st_size if journal.exists() else 0
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > before):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run([*call, "--out", killed, "--resume"], check=True, **quiet)
    assert tellings(journal) == tellings(straight / "journal.jsonl")


def tellings(journal: Path) -> list[str]:
    lines = journal.read_text().splitlines()
    assert sum(line.startswith('{"kind":"tell"') for line in lines) == 300
    return lines
