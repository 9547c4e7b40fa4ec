"""Trials: paired, kept one by one, run once; failures and dead processes stop nobody else."""

import json
import os
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nasgoat.compare import (
    Arena,
    Failure,
    Folder,
    Lock,
    Outcome,
    Plan,
    Record,
    Trial,
    missing,
    outcomes,
    run_trials,
    survey,
)
from nasgoat.errors import JournalError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.search import Design, Evolution, LocalSearch, RandomSearch, SearchMethod
from nasgoat.spaces import CellSpace
from nasgoat.study import Study
from tests.compare.contenders import (
    DEADLY,
    EVOLUTION,
    LOCAL,
    RANDOM,
    UNDESIGNED,
    UNLUCKY,
    Fixed,
    arena,
    contender,
    plan,
)
from tests.search.toy import SPACE, TINY


def run(plan: Plan, folder: Folder, jobs: int = 1) -> dict[Trial, Outcome]:
    """Run what is missing; all outcomes."""
    facts = survey(plan)
    run_trials(missing(plan, outcomes(plan, facts, folder)), facts, folder, jobs)
    return outcomes(plan, facts, folder)


def values(found: dict[Trial, Outcome]) -> dict[tuple[str, int], tuple[float, ...]]:
    """Histories of the finished trials by label and seed."""
    return {
        (trial.contender.label, trial.seed): one.values
        for trial, one in found.items()
        if isinstance(one, Record)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "out")


def test_all_methods_of_a_trial_share_the_initial_design(folder: Folder) -> None:
    methods = (RANDOM, EVOLUTION, LOCAL, UNDESIGNED)
    found = values(run(plan(*methods, trials=2, budget=14, checkpoints=(14,)), folder))
    for seed in range(2):
        starts = {found[one.label, seed][:10] for one in methods}
        assert len(starts) == 1
        assert len({found[one.label, seed] for one in (RANDOM, EVOLUTION, LOCAL)}) == 3
        assert found["undesigned", seed] == found["random", seed]  # nothing else sets them apart
    assert found["random", 0][:10] != found["random", 1][:10]


@pytest.mark.parametrize("method", [RandomSearch(), LocalSearch(), Evolution(12, 4)])
def test_a_trial_is_a_study_of_the_same_seed(folder: Folder, method: SearchMethod) -> None:
    some = plan(contender("one", method), trials=1, seed=7, budget=22, checkpoints=(22,))
    found = values(run(some, folder))
    study = Study(SPACE, method, seed=7)
    study.run(Fixed(), 22)
    assert found["one", 7] == tuple(one.value for one in study.observations)


def test_evolution_adds_the_rest_of_its_population_to_the_shared_design(folder: Folder) -> None:
    found = values(run(plan(EVOLUTION, trials=1, budget=30, checkpoints=(30,)), folder))
    study = Study(SPACE, Evolution(), seed=0)
    design = Design.draw(SPACE, 30, study._rng(0))  # noqa: SLF001
    evaluate = Fixed()
    assert found["evolution", 0] == tuple(evaluate(graph).value for graph in design.graphs)


def test_batches_come_from_the_protocol_or_the_method(folder: Folder) -> None:
    mine = contender("mine", RandomSearch(), batch=5)
    facts = survey(plan(RANDOM, mine, batch=3))["toy"]
    assert [facts.headers[label]["batch"] for label in ("random", "mine")] == [3, 5]


def test_a_failed_trial_stops_no_other_and_is_run_again(folder: Folder) -> None:
    both = plan(RANDOM, UNLUCKY, trials=6, budget=12, checkpoints=(12,))
    facts = survey(both)
    run_trials(missing(both, {}), facts, folder)
    found = outcomes(both, facts, folder)
    failed = [trial for trial, one in found.items() if isinstance(one, Failure)]
    assert 0 < len(failed) < 6
    assert {trial.contender.label for trial in failed} == {"unlucky"}
    content = json.loads(folder.path(failed[0]).read_text())
    assert content["error"] == "RuntimeError: bad luck"
    assert "in propose" in content["traceback"]
    heard: list[Trial] = []
    run_trials(missing(both, found), facts, folder, on_trial=lambda one, _: heard.append(one))
    assert heard == failed


def test_more_of_the_same_comparison_reuses_what_is_there(folder: Folder) -> None:
    run(plan(RANDOM, trials=2, budget=12, checkpoints=(12,)), folder)
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*.json")}
    wider = plan(
        LOCAL,
        RANDOM,
        trials=3,
        budget=12,
        checkpoints=(11, 12),
        arenas=(arena(), arena("tiny", TINY)),
    )
    assert len(run(wider, folder)) == 12
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert missing(wider, outcomes(wider, survey(wider), folder)) == []


def test_other_settings_are_refused(folder: Folder) -> None:
    run(plan(RANDOM, trials=1, budget=12, checkpoints=(12,)), folder)
    for other, what in (
        (plan(RANDOM, trials=1, budget=13, checkpoints=(12,)), "budget is 12 there, 13 here"),
        (plan(RANDOM, trials=1, budget=12, batch=2, checkpoints=(12,)), "batch is 1 there, 2"),
        (
            plan(contender("random", LocalSearch()), trials=1, budget=12, checkpoints=(12,)),
            "method.name is",
        ),
    ):
        with pytest.raises(JournalError, match=what):
            outcomes(other, survey(other), folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: text.replace('"values": [', '"values": ["x", '),
        lambda text: text.replace("values", "volumes"),
    ],
)
def test_a_damaged_file_is_refused(folder: Folder, damage: Callable[[str], str]) -> None:
    some = plan(RANDOM, trials=1, budget=11, checkpoints=(11,))
    (trial,) = run(some, folder)
    path = folder.path(trial)
    path.write_text(damage(path.read_text()))
    with pytest.raises(JournalError, match=f"{re.escape(str(path))} cannot be read .* delete it"):
        outcomes(some, survey(some), folder)


@dataclass(frozen=True)
class Threaded(Fixed):
    """Tells as test value on how many threads libraries compute."""

    def __call__(self, graph: LabeledGraph) -> Observation:
        threads = os.environ.get("OPENBLAS_NUM_THREADS", "nan")
        return replace(super().__call__(graph), test_value=float(threads))


@pytest.mark.slow
def test_processes_find_what_this_one_finds_and_one_may_die(folder: Folder, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"trials": 1, "budget": 14, "checkpoints": (14,)}
    settings["arenas"] = (Arena("toy", partial(Threaded, SPACE)),)
    here = values(run(plan(RANDOM, LOCAL, **settings), folder))
    before = dict(os.environ)
    found = run(plan(RANDOM, LOCAL, DEADLY, **settings), Folder(tmp_path / "b"), jobs=2)
    assert dict(os.environ) == before
    assert values(found) == here
    records = [one for one in found.values() if isinstance(one, Record)]
    assert {value for one in records for value in one.test_values} == {1.0}
    (failure,) = [one for one in found.values() if isinstance(one, Failure)]
    assert "died twice" in failure.error


@dataclass(frozen=True)
class Interrupted(Fixed):
    """The user presses Ctrl-C during one evaluation."""

    at: tuple[int, ...] = ()

    def __call__(self, graph: LabeledGraph) -> Observation:
        if graph.n == 5:
            raise KeyboardInterrupt
        return super().__call__(graph)


def test_ctrl_c_keeps_what_is_there(folder: Folder) -> None:
    stopping = (arena("tiny", TINY), Arena("stops", partial(Interrupted, SPACE, "stops")))
    some = plan(RANDOM, trials=2, budget=12, checkpoints=(12,), arenas=stopping)
    with pytest.raises(KeyboardInterrupt):
        run(some, folder)
    found = outcomes(some, survey(some), folder)
    assert {trial.arena.name for trial in found} == {"tiny"}
    assert len(found) == 2


@dataclass(frozen=True)
class Grumbling(Fixed):
    """Warns at every evaluation."""

    def __call__(self, graph: LabeledGraph) -> Observation:
        warnings.warn("hm", UserWarning, stacklevel=2)
        return super().__call__(graph)


def test_warnings_are_on_record(folder: Folder) -> None:
    noisy = (Arena("noisy", partial(Grumbling, SPACE, "noisy")),)
    (outcome,) = run(
        plan(RANDOM, trials=1, budget=11, checkpoints=(11,), arenas=noisy), folder
    ).values()
    assert isinstance(outcome, Record)
    assert outcome.warnings == {"hm": 11}


def test_a_space_smaller_than_the_budget(folder: Folder) -> None:
    few = CellSpace("few", (2, 3), TINY.node_alphabet, (), TINY.rules, TINY.identity, TINY.moves)
    (outcome,) = run(plan(RANDOM, trials=1, arenas=(arena("few", few),)), folder).values()
    assert isinstance(outcome, Record)
    assert outcome.stopped == "exhausted"
    assert len(outcome.values) == few.size() < 40


def test_one_comparison_at_a_time(folder: Folder) -> None:
    with Lock(folder), pytest.raises(JournalError, match="in use by another comparison"):
        Lock(folder)
    left_over = folder.root / "trials" / "few" / "000007.json.1.part"
    left_over.parent.mkdir(parents=True)
    half_a_table = folder.root / "table.csv.23.part"
    others = [folder.root / "film.part", left_over.parent / "x.json.part"]
    for path in (left_over, half_a_table, *others):
        path.write_text("half")
    with Lock(folder):
        assert not left_over.exists()
        assert not half_a_table.exists()
    assert all(path.exists() for path in others)  # nothing that is somebody else's


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"trials": 0}, "trials is at least 1"),
        ({"budget": 0, "checkpoints": (1,)}, "budget is at least 1"),
        ({"seed": -1}, "a seed is an integer from 0"),
        ({"checkpoints": (41,)}, "beyond the budget of 40"),
        ({"checkpoints": (20, 10)}, "ascending"),
        ({"checkpoints": ()}, "ascending"),
        ({"reference": "nobody"}, "'nobody' is none of the methods"),
        ({"arenas": ()}, "at least one benchmark"),
        ({"arenas": (arena(), arena())}, "'toy'.* more than once"),
    ],
)
def test_impossible_plans(settings: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        plan(RANDOM, LOCAL, **settings)  # type: ignore[arg-type]


def test_labels_that_would_share_a_file() -> None:
    with pytest.raises(ValueError, match="would share the file name 'a-b'"):
        survey(plan(contender("a/b", RandomSearch()), contender("a b", RandomSearch())))
    with pytest.raises(ValueError, match="more than once"):
        plan(RANDOM, RANDOM)
