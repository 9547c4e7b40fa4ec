"""What a study keeps when the disk, the method, the evaluator or the numbers fail it."""

import json
import math
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError, EmptySpaceError, JournalError
from nasgoat.graphs import LabeledGraph
from nasgoat.optimize import CheckedOptimizer, ExhaustiveOptimizer
from nasgoat.records import Certificate, Observation, Proposal
from nasgoat.search import GoatSearch, RandomSearch
from nasgoat.spaces import CellSpace
from nasgoat.study import Event, Study, Told
from nasgoat.study.entries import Tell
from nasgoat.study.journal import Journal
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy

CELL = next(iter(TINY.enumerate()))


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """As a full disk: no file of this process grows beyond a size."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("room", [0, 1, 40])
def test_a_full_disk_leaves_no_byte(room: int, tmp_path: Path) -> None:
    path = tmp_path / "j"
    one, two = (Tell(Observation(CELL, value)) for value in (1.0, 2.0))
    journal = Journal(path, {})
    journal.append(one)
    content = path.read_bytes()
    for _ in range(2):
        with file_size_limit(len(content) + room), pytest.raises(OSError, match="too large"):
            journal.append(two)
        assert path.read_bytes() == content
    journal.close()
    assert path.read_bytes() == content
    journal = Journal(path, {})
    with file_size_limit(len(content) + room), pytest.raises(OSError, match="too large"):
        journal.append(two)
    journal.append(two)
    journal.close()
    journal = Journal(path, {})
    assert journal.entries == [one, two]
    journal.close()


@pytest.mark.parametrize("room", [0, 40])
def test_a_header_that_finds_no_room_leaves_no_byte(room: int, tmp_path: Path) -> None:
    path = tmp_path / "j"
    with file_size_limit(room), pytest.raises(OSError, match="too large"):
        Study(TINY, RandomSearch(), journal=path)
    assert path.read_bytes() == b""
    Study(TINY, RandomSearch(), journal=path).close()


class Now:
    """Runs everything when somebody waits for it, in this thread."""

    def submit(self, fn: Any, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args))
        except RuntimeError as failure:
            future.set_exception(failure)
        return future


@dataclass
class Flawed:
    """The toy objective, with flaws at given evaluations."""

    flaws: dict[int, Callable[[Observation], Observation]]
    count: int = 0

    def __call__(self, graph: LabeledGraph) -> Observation:
        self.count += 1
        observation = Toy()(graph)
        flaw = self.flaws.get(self.count)
        return observation if flaw is None else flaw(observation)


def not_a_number(observation: Observation) -> Observation:
    return replace(observation, value=math.nan)


def another_graph(observation: Observation) -> Observation:
    return replace(observation, graph=LabeledGraph(2, ((0, 1),), (0, 4)))


def failed(observation: Observation) -> Observation:
    raise RuntimeError


def test_results_that_cannot_be_told_do_not_take_others_with_them(tmp_path: Path) -> None:
    evaluator = Flawed({2: not_a_number, 4: failed})
    executor: Any = Now()
    with Study(SPACE, RandomSearch(), seed=5, journal=tmp_path / "j") as study:
        with pytest.raises(BadDataError, match="is nan"):  # the first of the errors
            study.run(evaluator, 20, 6, executor=executor)
        assert evaluator.count == 6
        assert len(study.observations) == 4
        assert len(study.pending) == 2
    with Study(SPACE, RandomSearch(), seed=5, journal=tmp_path / "j") as study:
        assert study.resumed == 4
        evaluator = Flawed({1: another_graph})
        with pytest.raises(BadDataError, match="the evaluator answered for"):
            study.run(evaluator, 20, 6, executor=executor)
        assert len(study.observations) == 4 + evaluator.count - 1


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_watcher_that_fails_does_not_cost_results(error: type[BaseException]) -> None:
    def watch(event: Event) -> None:
        if isinstance(event, Told) and event.number == 1:
            raise error

    executor: Any = Now()
    study = Study(SPACE, RandomSearch())
    if error is KeyboardInterrupt:
        assert study.run(Toy(), 20, 5, executor=executor, on_event=watch) == "interrupted"
    else:
        with pytest.raises(RuntimeError):
            study.run(Toy(), 20, 5, executor=executor, on_event=watch)
    assert len(study.observations) == 5
    assert study.pending == []


class Empty(RandomSearch):
    """A method that finds nothing to begin with."""

    def start(self, space: CellSpace, rng: np.random.Generator) -> Any:
        raise EmptySpaceError


def test_a_method_that_cannot_start_leaves_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "a" / "j"
    for _ in range(2):
        with pytest.raises(EmptySpaceError):
            Study(TINY, Empty(), journal=path)
        assert not path.parent.exists()
    Study(TINY, RandomSearch(), journal=path).close()
    content = path.read_bytes()
    with pytest.raises(EmptySpaceError):
        Study(TINY, Empty(), journal=path)
    assert path.read_bytes() == content
    Study(TINY, RandomSearch(), journal=path).close()


def strict(line: str) -> Any:
    """Read JSON as its standard has it."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(line, parse_constant=refuse)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_odd_numbers_are_not_on_record(odd: float, tmp_path: Path) -> None:
    path = tmp_path / "j"
    certificate = Certificate(float(odd), None, "heuristic", float(odd), "descent", "local")
    with Study(TINY, RandomSearch(), journal=path) as study:
        study.accept([Proposal(CELL, "by hand", certificate, {"fit": odd, "solve": 1.0})])
        study.tell(Observation(CELL, 1.0, odd, {"bad": odd, "good": 2.0}, odd))
    _, asked, told = map(strict, path.read_text().splitlines())
    assert asked["proposals"][0]["certificate"]["value"] is None
    assert asked["proposals"][0]["seconds"] == {"solve": 1.0}
    assert told["test_value"] is told["seconds"] is None
    assert told["metrics"] == {"good": 2.0}
    with Study(TINY, RandomSearch(), journal=path) as study:
        [found] = study.observations
        [proposal] = study.proposals
    assert (found.value, found.test_value, found.metrics) == (1.0, None, {"good": 2.0})
    assert math.isnan(found.seconds)
    assert proposal.certificate is not None
    assert math.isnan(proposal.certificate.value)
    assert math.isnan(proposal.certificate.seconds)


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "1e999", "null", "1" + "0" * 400]
)
def test_a_value_that_tell_would_refuse_is_refused_in_a_journal(value: str, tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        study.tell(Observation(CELL, 1.25))
        study.tell(Observation(CELL, 1.5))
    content = path.read_text().replace('"value":1.25', f'"value":{value}')
    path.write_text(content)
    with pytest.raises(JournalError, match=r"line 2 of .*j cannot be read"):
        Study(TINY, RandomSearch(), journal=path)
    assert path.read_text() == content


def test_odd_numbers_of_older_journals_are_read(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Study(TINY, RandomSearch(), journal=path) as study:
        study.tell(Observation(CELL, 1.0, 3.5, {"bad": 4.5}))
    path.write_text(path.read_text().replace("3.5", "NaN").replace("4.5", "Infinity"))
    with Study(TINY, RandomSearch(), journal=path) as study:
        assert study.observations == [Observation(CELL, 1.0)]


@dataclass(frozen=True)
class Bounded(RandomSearch):
    """A method with settings that JSON has no numbers for."""

    most: float = math.inf
    odd: float = math.nan


def test_odd_settings_are_spelled(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Study(TINY, Bounded(), journal=path).close()
    assert strict(path.read_text())["method"]["settings"]["most"] == "inf"
    Study(TINY, Bounded(), journal=path).close()
    with pytest.raises(JournalError, match=r'settings.most is "inf" there, 3.0 here'):
        Study(TINY, Bounded(most=3.0), journal=path)
    older = path.read_text().replace('"inf"', "Infinity").replace('"nan"', "NaN")
    path.write_text(older)
    Study(TINY, Bounded(), journal=path).close()


def test_checks_and_callbacks_may_change_between_sessions(tmp_path: Path) -> None:
    path = tmp_path / "j"
    plain = GoatSearch(FixedSurrogate(), ExhaustiveOptimizer())
    Study(TINY, plain, journal=path).close()
    for method in (
        replace(plain, on_progress=lambda progress: None),
        replace(plain, optimizer=CheckedOptimizer(ExhaustiveOptimizer())),
    ):
        Study(TINY, method, journal=path).close()
    assert path.read_text().count("\n") == 1
