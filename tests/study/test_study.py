"""Ask, tell and run; and what the journal makes of kills, damage and strangers."""

import json
import os
import shutil
import signal
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError, JournalError, NothingLeftError, OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Certificate, Observation, Proposal
from nasgoat.search import Evolution, GoatSearch, LocalSearch, RandomSearch, SearchMethod
from nasgoat.spaces import MaxEdges
from nasgoat.study import Asked, Asking, Event, JournalWarning, Stopped, Study, Told
from nasgoat.study.entries import Ask, Tell
from nasgoat.study.journal import Journal
from tests.search.test_goat import Spy
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy

GOAT = GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), initial=6)
METHODS: list[SearchMethod[Any]] = [RandomSearch(6), Evolution(6, 3), LocalSearch(6), GOAT]


@dataclass(frozen=True)
class Stubborn:
    """The toy objective until it fails once, at the evaluation of a given number."""

    fails_at: int
    error: type[BaseException]
    log: list[LabeledGraph]

    def __call__(self, graph: LabeledGraph) -> Observation:
        self.log.append(graph)
        if len(self.log) == self.fails_at:
            raise self.error
        return Toy()(graph)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("batch", [1, 5])
def test_resumed_is_uninterrupted(method: SearchMethod[Any], batch: int, tmp_path: Path) -> None:
    with Study(SPACE, method, seed=3, journal=tmp_path / "straight") as straight:
        assert straight.run(Toy(), 20, batch) == "budget"
    first = 6 if batch == 5 else 10  # in the middle of a run, between two batches
    with Study(SPACE, method, seed=3, journal=tmp_path / "two") as study:
        study.run(Toy(), first, batch)
        assert study.resumed == 0
    with Study(SPACE, method, seed=3, journal=tmp_path / "two") as study:
        assert study.resumed == first
        study.run(Toy(), 20, batch)
    assert study.observations == straight.observations
    with Study(SPACE, method, seed=3) as unrecorded:
        unrecorded.run(Toy(), 20, batch)
    assert unrecorded.observations == straight.observations
    with Study(SPACE, method, seed=4) as other:
        other.run(Toy(), 20, batch)
    assert other.observations != straight.observations


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_run_that_fails_in_the_middle_of_a_batch_resumes_there(
    error: type[BaseException], tmp_path: Path
) -> None:
    with Study(SPACE, GOAT) as straight:
        straight.run(Toy(), 16, 5)
    log: list[LabeledGraph] = []
    with Study(SPACE, GOAT, journal=tmp_path / "j") as study:
        if error is KeyboardInterrupt:
            assert study.run(Stubborn(9, error, log), 16, 5) == "interrupted"
        else:
            with pytest.raises(RuntimeError):
                study.run(Stubborn(9, error, log), 16, 5)
        assert len(study.observations) == 8
        before = study.pending
    with Study(SPACE, GOAT, journal=tmp_path / "j") as study:
        assert study.pending == before
        assert study.pending[0].graph == log[-1]
        study.run(Toy(), 16, 5)
    assert study.observations == straight.observations


def test_a_journal_cut_at_any_byte_loses_at_most_the_line_in_flight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # nobody pulls the plug on a test
    header = {"seed": 0, "space": {"name": "toy"}}
    observed = [Toy(TINY)(graph) for graph in TINY.enumerate()][40:43]
    certificate = Certificate(0.1, 0.1, "optimal", 0.2, "highs 1.0", "mip")
    proposal = Proposal(observed[0].graph, "acquisition", certificate, {"fit": 0.5})
    entries = [Ask((proposal,)), *map(Tell, observed)]
    whole = tmp_path / "whole"
    journal = Journal(whole, header)
    for entry in entries:
        journal.append(entry)
    journal.close()
    content = whole.read_bytes()
    for length in range(len(content) + 1):
        (cut := tmp_path / "cut").write_bytes(content[:length])
        complete = content[:length].count(b"\n")
        clean = length == 0 or content[:length].endswith(b"\n")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            journal = Journal(cut, header)
        assert [warning.category for warning in caught] == [JournalWarning] * (not clean)
        assert journal.entries == entries[: max(0, complete - 1)]
        journal.append(entries[2])  # the next line starts afresh
        journal.close()
        journal = Journal(cut, header)
        assert journal.entries == [*entries[: max(0, complete - 1)], entries[2]]
        journal.close()


@pytest.mark.filterwarnings("ignore::nasgoat.study.JournalWarning")
def test_a_killed_study_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    with Study(TINY, GOAT, journal=whole) as straight:
        straight.run(Toy(TINY), 12, 3)
    content = whole.read_bytes()
    for length in [*range(0, len(content), 211), len(content)]:
        (cut := tmp_path / "cut").write_bytes(content[:length])
        told = content[:length].count(b'\n{"kind":"tell"')
        with Study(TINY, GOAT, journal=cut) as study:
            assert told - 1 <= study.resumed <= told
            assert study.observations == straight.observations[: study.resumed]
            study.run(Toy(TINY), 12, 3)
        assert study.observations == straight.observations


def test_a_damaged_line_in_the_middle_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        study.run(Toy(TINY), 4)
    lines = path.read_bytes().split(b"\n")
    for damage in (
        b"",
        b"\0\0\0",
        b"[1]",
        b'{"kind":"wish"}',
        b"{}",
        lines[3][:-5],
        b'{"kind":"tell","graph":{"n":1}}',
        b'{"kind":"ask","proposals":7}',
        b'{"kind":"ask","proposals":[7]}',
    ):
        content = b"\n".join([*lines[:3], damage, *lines[4:]])
        path.write_bytes(content)
        with pytest.raises(JournalError, match=r"line 4 of .*j cannot be read .* keep only the 3"):
            Study(TINY, RandomSearch(), journal=path)
        assert path.read_bytes() == content


@pytest.mark.parametrize("content", ["my thesis", "my thesis\n", '{"kind":"tell"}\n', "{\n", "\n"])
def test_a_file_of_another_kind_is_refused_and_left_alone(content: str, tmp_path: Path) -> None:
    path = tmp_path / "thesis"
    path.write_text(content)
    with pytest.raises(JournalError, match="line 1 of"):
        Study(TINY, RandomSearch(), journal=path)
    assert path.read_text() == content


def test_a_journal_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Study(TINY, RandomSearch(), journal=path).close()
    header = json.loads(path.read_text()) | {"format": 99, "nasgoat": "7.0"}
    path.write_text(json.dumps(header) + "\n")
    with pytest.raises(JournalError, match=r"format 99, this version of nasgoat reads 1; .* 7\.0"):
        Study(TINY, RandomSearch(), journal=path)


def test_a_newer_version_may_resume(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Study(TINY, RandomSearch(), journal=path).close()
    header = json.loads(path.read_text()) | {"nasgoat": "0.0.1"}
    path.write_text(json.dumps(header, separators=(",", ":")) + "\n")
    Study(TINY, RandomSearch(), journal=path).close()


@pytest.mark.parametrize(
    ("make", "difference"),
    [
        (
            lambda j: Study(TINY, GOAT, seed=1, journal=j, benchmark="toy"),
            "seed is 0 there, 1 here",
        ),
        (lambda j: Study(TINY, GOAT, journal=j), 'benchmark is "toy" there, null here'),
        (
            lambda j: Study(TINY, replace(GOAT, initial=7), journal=j, benchmark="toy"),
            "method.settings.initial is 6 there, 7 here",
        ),
        (
            lambda j: Study(TINY, RandomSearch(), journal=j, benchmark="toy"),
            'method.name is "goat" there, "random" here',
        ),
        (lambda j: Study(SPACE, GOAT, journal=j, benchmark="toy"), r"space\.sizes is \[2, 3, 4\]"),
        (
            lambda j: Study(TINY.with_rules(MaxEdges(3)), GOAT, journal=j, benchmark="toy"),
            r"space\.rules is .* there, .*MaxEdges\(at_most=3\)",
        ),
    ],
)
def test_a_journal_of_another_run_is_refused(
    make: Callable[[Path], Study], difference: str, tmp_path: Path
) -> None:
    path = tmp_path / "j"
    with Study(TINY, GOAT, journal=path, benchmark="toy") as study:
        study.run(Toy(TINY), 2)
    content = path.read_bytes()
    with pytest.raises(JournalError, match=f"belongs to another run: .*{difference}"):
        make(path)
    assert path.read_bytes() == content
    Study(TINY, GOAT, journal=path, benchmark="toy").close()


def test_a_journal_with_a_graph_outside_the_space_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        study.ask(1)
    lines = path.read_text().splitlines()
    entry = json.loads(lines[1])
    entry["proposals"][0]["graph"] = {"n": 1, "edges": [], "node_labels": [0]}
    path.write_text(f"{lines[0]}\n{json.dumps(entry)}\n")
    with pytest.raises(JournalError, match=r"line 2 of .*graph is outside nasbench101"):
        Study(TINY, RandomSearch(), journal=path)


def test_a_journal_in_use_is_refused(tmp_path: Path) -> None:
    first = Study(TINY, RandomSearch(), journal=tmp_path / "j")
    with pytest.raises(JournalError, match="is in use by another run"):
        Study(TINY, RandomSearch(), journal=tmp_path / "j")
    first.close()
    Study(TINY, RandomSearch(), journal=tmp_path / "j").close()


def test_a_full_disk_leaves_the_journal_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        [proposal] = study.ask()
        content = path.read_bytes()

        def full(fd: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            study.tell(Toy(TINY)(proposal.graph))
        assert path.read_bytes() == content
        assert study.pending == [proposal]
        monkeypatch.undo()
        study.tell(Toy(TINY)(proposal.graph))
    with Study(TINY, RandomSearch(), journal=path) as study:
        assert study.resumed == 1


def test_bad_tells_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        [proposal] = study.ask()
        content = path.read_bytes()
        for value in (float("nan"), float("inf")):
            with pytest.raises(BadDataError, match="tell a finite number"):
                study.tell(Observation(proposal.graph, value))
        with pytest.raises(OutsideSpaceError):
            study.tell(Observation(LabeledGraph(1, (), (0,)), 1.0))
        assert study.pending == [proposal]
        assert study.observations == []
        assert study.best is None
        assert path.read_bytes() == content


def test_graphs_that_nobody_asked_for_may_be_told() -> None:
    study = Study(TINY, RandomSearch())
    [proposal] = study.ask()
    stranger = next(cell for cell in TINY.enumerate() if TINY.key(cell) != TINY.key(proposal.graph))
    study.tell(Toy(TINY)(stranger))
    assert study.pending == [proposal]
    study.tell(Toy(TINY)(proposal.graph))
    assert study.pending == []
    assert study.best == min(study.observations, key=lambda one: one.value)


def test_a_relabelled_graph_settles_its_proposal() -> None:
    study = Study(SPACE, RandomSearch())
    diamond = ((0, 1), (0, 2), (1, 4), (2, 3), (3, 4))  # 2 and 3 may come before or after 1
    cell = LabeledGraph(5, diamond, (0, 1, 2, 3, 4))
    study.accept([Proposal(cell, "by hand")])
    study.tell(Toy()(cell.relabeled([0, 3, 1, 2, 4])))
    assert study.pending == []


def test_values_survive_the_journal_bit_by_bit(tmp_path: Path) -> None:
    with Study(TINY, GOAT, journal=tmp_path / "j") as study:
        study.run(Toy(TINY), 9, 2)
        study.ask(2)
    with Study(TINY, GOAT, journal=tmp_path / "j") as again:
        assert again.observations == study.observations
        assert again.pending == study.pending
        assert again.pending[0].certificate is not None


def test_numpy_values_are_journalled(tmp_path: Path) -> None:
    with Study(TINY, RandomSearch(), journal=tmp_path / "j") as study:
        graph = study.ask()[0].graph
        study.tell(Observation(graph, np.float32(1.5), np.int64(2), {"a": np.float64(3)}))
    with Study(TINY, RandomSearch(), journal=tmp_path / "j") as study:
        assert study.observations == [Observation(graph, 1.5, 2.0, {"a": 3.0})]


def test_exhausted_spaces_end_the_run() -> None:
    study = Study(TINY, RandomSearch())
    assert study.run(Toy(TINY), 1000, 4) == "exhausted"
    assert len(study.observations) == TINY.size()
    with pytest.raises(NothingLeftError):
        study.ask()


def test_events_tell_the_whole_story() -> None:
    events: list[Event] = []
    Study(TINY, RandomSearch(3)).run(Toy(TINY), 5, 2, on_event=events.append)
    assert [type(event) for event in events] == [
        *(Asking, Asked, Told, Told, Asking, Asked, Told, Asking, Asked, Told, Told, Stopped)
    ]
    told = [event for event in events if isinstance(event, Told)]
    assert [event.number for event in told] == [1, 2, 3, 4, 5]
    assert told[-1].best.value == min(event.observation.value for event in told)
    assert all(event.proposal.graph == event.observation.graph for event in told)
    assert [event.k for event in events if isinstance(event, Asking)] == [2, 2, 2]
    assert events[-1] == Stopped("budget")


def test_the_budget_is_never_exceeded() -> None:
    study = Study(SPACE, GOAT)
    study.run(Toy(), 9, 4)
    assert len(study.observations) == 9
    assert study.pending == []
    assert study.run(Toy(), 9, 4) == "budget"


def test_an_interrupted_solve_stops_the_run_and_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = GoatSearch(FixedSurrogate(), Spy(), initial=3)
    with Study(TINY, whole) as straight:
        straight.run(Toy(TINY), 7, 2)
    spy = Spy(status="interrupted")
    with Study(TINY, replace(whole, optimizer=spy)) as study:
        assert study.run(Toy(TINY), 7, 2) == "interrupted"
        assert len(study.observations) == 3
        assert study.pending == []
        spy.status = "optimal"
        study.run(Toy(TINY), 7, 2)
    assert study.observations == straight.observations
    assert not path.exists()


def test_an_evaluator_that_answers_for_another_graph_is_refused() -> None:
    cell = next(iter(TINY.enumerate()))
    study = Study(TINY, LocalSearch(2), seed=1)
    with pytest.raises(BadDataError, match="the evaluator answered for"):
        study.run(lambda graph: Observation(cell, 1.0), 5)


def test_ctrl_c_is_held_back_while_memory_and_journal_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def interrupted_sync(fd: int) -> None:
        sync(fd)
        signal.raise_signal(signal.SIGINT)

    with Study(TINY, RandomSearch(), journal=tmp_path / "j") as study:
        [proposal] = study.ask()
        monkeypatch.setattr(os, "fsync", interrupted_sync)
        with pytest.raises(KeyboardInterrupt):
            study.tell(Toy(TINY)(proposal.graph))
        monkeypatch.undo()
        assert len(study.observations) == 1
        assert study.pending == []
    with Study(TINY, RandomSearch(), journal=tmp_path / "j") as again:
        assert again.observations == study.observations
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_threads_keep_a_batch_in_flight(tmp_path: Path) -> None:
    with Study(SPACE, GOAT, journal=tmp_path / "j") as study, ThreadPoolExecutor(3) as pool:
        assert study.run(Toy(), 15, 3, executor=pool) == "budget"
        assert len({SPACE.key(one.graph) for one in study.observations}) == 15
        assert study.pending == []
    with Study(SPACE, GOAT, journal=tmp_path / "j") as again:
        assert again.observations == study.observations


def test_processes_evaluate_too() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        study = Study(TINY, RandomSearch())
        assert study.run(Toy(TINY), 4, 2, executor=pool) == "budget"
    assert sorted(study.observations, key=str) == sorted(
        (Toy(TINY)(one.graph) for one in study.observations), key=str
    )


def test_threads_exhaust_a_space() -> None:
    with ThreadPoolExecutor(3) as pool:
        study = Study(TINY, RandomSearch())
        assert study.run(Toy(TINY), 1000, 3, executor=pool) == "exhausted"
    assert len(study.observations) == TINY.size()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_failure_elsewhere_keeps_the_other_results(error: type[BaseException]) -> None:
    class Now:
        """Runs everything at once, in this thread."""

        def submit(self, fn: Any, *args: Any) -> Future[Any]:
            future: Future[Any] = Future()
            try:
                future.set_result(fn(*args))
            except RuntimeError as failure:
                future.set_exception(failure)
            return future

    study = Study(SPACE, RandomSearch())
    log: list[LabeledGraph] = []
    executor: Any = Now()
    if error is RuntimeError:
        with pytest.raises(RuntimeError):
            study.run(Stubborn(8, error, log), 20, 3, executor=executor)
        assert len(study.observations) == 8  # the ninth was done as well
    else:
        assert study.run(Stubborn(8, error, log), 20, 3, executor=executor) == "interrupted"
    assert SPACE.key(log[7]) in {SPACE.key(one.graph) for one in study.pending}
    assert study.run(Toy(), 20, 3) == "budget"
    assert len({SPACE.key(one.graph) for one in study.observations}) == 20


def test_silly_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a seed is an integer from 0, got -1"):
        Study(TINY, RandomSearch(), seed=-1)
    study = Study(TINY, RandomSearch())
    with pytest.raises(ValueError, match="ask for at least 1 proposal, got 0"):
        study.ask(0)
    with pytest.raises(ValueError, match="a batch has at least 1 graph, got 0"):
        study.run(Toy(TINY), 5, 0)


def test_directories_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "journal.jsonl"
    Study(TINY, RandomSearch(), journal=path).close()
    assert path.read_text().startswith('{"kind":"study","format":1,"nasgoat":"')
    shutil.rmtree(tmp_path / "a")
