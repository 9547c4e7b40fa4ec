"""Evaluations that fail: raised, skipped or penalised, on record, and never proposed again."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import (
    BadDataError,
    EvaluationsFailError,
    OutsideSpaceError,
    WorkerDiedError,
)
from nasgoat.graphs import LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Failure, Observation
from nasgoat.search import Evolution, GoatSearch, LocalSearch, RandomSearch, SearchMethod
from nasgoat.study import (
    Budget,
    Event,
    Failed,
    OnFailure,
    Study,
    Told,
    best_values,
    incumbent_test_values,
)
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy

GOAT = GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), initial=6)
METHODS: list[SearchMethod[Any]] = [RandomSearch(6), Evolution(6, 3), LocalSearch(6), GOAT]
WORST = 77.0


@dataclass(frozen=True)
class Fragile:
    """The toy objective; every third architecture, and any with 6 edges, cannot be trained."""

    space: Any = SPACE

    def breaks(self, graph: LabeledGraph) -> bool:
        return sum(map(ord, self.space.key(graph))) % 3 == 0 or len(graph.edges) == 6

    def __call__(self, graph: LabeledGraph) -> Observation:
        if self.breaks(graph):
            msg = "out of memory"
            raise MemoryError(msg)
        return Toy(self.space)(graph)


def keys(study: Study) -> list[str]:
    return [study.space.key(one.graph) for one in study.results]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("rule", ["skip", "penalise"])
def test_a_resumed_run_with_failures_is_an_uninterrupted_one(
    method: SearchMethod[Any], rule: OnFailure, tmp_path: Path
) -> None:
    with Study(SPACE, method, seed=2) as straight:
        assert straight.run(Fragile(), 24, on_failure=rule) == "budget"
    for budget in (7, 11, 18, 24):
        with Study(SPACE, method, seed=2, journal=tmp_path / "j") as study:
            study.run(Fragile(), budget, on_failure=rule)
    without_seconds = [
        (one.graph, one.error, one.penalty) if isinstance(one, Failure) else one
        for one in study.results
    ]
    assert without_seconds == [
        (one.graph, one.error, one.penalty) if isinstance(one, Failure) else one
        for one in straight.results
    ]
    assert len(study.results) == 24
    assert 0 < len(study.failures) < 24
    assert len(set(keys(study))) == 24  # nothing was evaluated twice
    assert all(Fragile().breaks(one.graph) for one in study.failures)
    assert not any(Fragile().breaks(one.graph) for one in study.observations)
    assert study.pending == []
    assert study.failures[0].error.startswith("MemoryError: out of memory (test_failed")
    assert study.best == min(study.observations, key=lambda one: one.value)


class Listening(RandomSearch):
    """Random search that writes down what it is told."""

    heard: list[tuple[list[Observation], list[LabeledGraph]]] = []  # noqa: RUF012

    def propose(self, state: Any, observations: Any, pending: Any, k: int, rng: Any) -> Any:
        self.heard.append((list(observations), list(pending)))
        return super().propose(state, observations, pending, k, rng)


@pytest.mark.parametrize(("rule", "value"), [("penalise", "worst"), (WORST, WORST), ("skip", None)])
def test_what_methods_are_told_of_failures(
    rule: OnFailure, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Listening, "heard", [])
    study = Study(SPACE, Listening(), seed=2)
    study.run(Fragile(), 12, on_failure=rule)
    observations, pending = Listening.heard[-1]
    assert len(observations) + len(pending) == 11
    failed = [one.graph for one in study.results[:-1] if isinstance(one, Failure)]
    assert failed
    if value is None:
        assert pending == failed
        assert observations == study.observations[: len(observations)]
        return
    worst = max(one.value for one in observations if one.graph not in failed)
    expected = worst if value == "worst" else value
    assert [one.graph for one in observations] == [one.graph for one in study.results[:-1]]
    assert {one.value for one in observations if one.graph in failed} == {expected}


def test_the_worst_is_the_worst_so_far_and_nothing_before_the_first_value() -> None:
    study = Study(TINY, Listening())
    Listening.heard.clear()
    first, second, third = list(TINY.enumerate())[5:8]
    study.fail(Failure(first, "broke", "worst"))
    study.ask()
    assert Listening.heard[-1] == ([], [first])
    study.tell(Observation(second, 3.0))
    study.ask()
    told, _ = Listening.heard[-1]
    assert [(one.graph, one.value) for one in told] == [(first, 3.0), (second, 3.0)]
    study.tell(Observation(third, 8.0))
    study.ask()
    told, _ = Listening.heard[-1]
    assert [one.value for one in told] == [8.0, 3.0, 8.0]
    study.tell(Observation(first, 5.0))  # it worked after all
    study.ask()
    told, _ = Listening.heard[-1]
    assert [(one.graph, one.value) for one in told] == [(second, 3.0), (third, 8.0), (first, 5.0)]
    assert study.best == Observation(second, 3.0)


def test_raising_is_the_default_and_leaves_the_graph_pending(tmp_path: Path) -> None:
    for _ in range(2):
        with Study(SPACE, RandomSearch(), seed=2, journal=tmp_path / "j") as study:
            with pytest.raises(MemoryError):
                study.run(Fragile(), 20)
            assert study.failures == []
            assert Fragile().breaks(study.pending[0].graph)
    with Study(SPACE, RandomSearch(), seed=2, journal=tmp_path / "j") as study:
        failing = study.pending[0].graph
        study.run(Fragile(), 20, on_failure="skip")  # decided anew, failure by failure
    assert failing in [one.graph for one in study.failures]


def test_a_value_that_is_not_finite_is_a_failure() -> None:
    study = Study(TINY, RandomSearch())
    bad = Toy(TINY)(study.ask()[0].graph).graph
    values = {TINY.key(bad): math.nan}
    study.run(
        lambda graph: Observation(graph, values.get(TINY.key(graph), 1.0)), 5, on_failure="skip"
    )
    assert [(one.graph, one.error) for one in study.failures] == [(bad, "the value is nan")]


def test_an_answer_for_another_graph_is_no_failure_but_an_error() -> None:
    cell = next(iter(TINY.enumerate()))
    study = Study(TINY, LocalSearch(2), seed=1)
    with pytest.raises(BadDataError, match="the evaluator answered for"):
        study.run(lambda graph: Observation(cell, 1.0), 5, on_failure="skip")


def test_a_broken_evaluator_does_not_burn_the_budget() -> None:
    def broken(graph: LabeledGraph) -> Observation:
        msg = "no such file"
        raise FileNotFoundError(msg)

    study = Study(SPACE, RandomSearch())
    with pytest.raises(EvaluationsFailError, match=r"first 10 .* FileNotFoundError: no such file"):
        study.run(broken, 50, on_failure="penalise")
    assert len(study.failures) == 10
    assert study.run(Toy(), 30, on_failure="penalise") == "budget"
    late = Study(SPACE, RandomSearch())
    late.run(Toy(), 1)
    with pytest.raises(EvaluationsFailError):  # a resumed session on a machine that lacks something
        late.run(broken, 50, on_failure="skip")


def test_failures_are_counted_and_announced() -> None:
    events: list[Event] = []
    study = Study(SPACE, RandomSearch(), seed=2)
    study.run(Fragile(), 12, on_failure="skip", on_event=events.append)
    results = [event for event in events if isinstance(event, Told | Failed)]
    assert [event.number for event in results] == list(range(1, 13))
    assert [event.failure for event in results if isinstance(event, Failed)] == study.failures
    assert results[-1].best == study.best
    curve = best_values(study.results)
    values = [math.inf if isinstance(one, Failure) else one.value for one in study.results]
    assert curve.tolist() == np.minimum.accumulate(values).tolist()
    tests = incumbent_test_values(study.results)
    assert np.isnan(tests[np.isinf(curve)]).all()
    assert (tests[np.isfinite(curve)] == curve[np.isfinite(curve)] + 1).all()


def test_failures_in_threads_keep_the_others_flying() -> None:
    study = Study(SPACE, GOAT, seed=2)
    with ThreadPoolExecutor(3) as pool:
        assert study.run(Fragile(), 25, 3, executor=pool, on_failure="skip") == "budget"
    assert len(set(keys(study))) == 25
    assert study.failures
    assert study.pending == []


def test_a_free_worker_gets_a_new_graph_while_others_are_busy() -> None:
    study = Study(SPACE, RandomSearch(), seed=2)
    first = study.propose(1)[0].graph
    release = threading.Event()

    def evaluate(graph: LabeledGraph) -> Observation:
        if graph == first:
            assert release.wait(60)
        return Fragile()(graph)

    def watch(event: Event) -> None:
        if isinstance(event, Told | Failed) and event.number == 9:
            release.set()  # nine others are done, one after the other, while the first blocks

    with ThreadPoolExecutor(2) as pool:
        study.run(evaluate, 10, 2, executor=pool, on_failure="skip", on_event=watch)
    assert study.results[-1].graph == first


@pytest.mark.parametrize(
    ("set_result", "error"),
    [
        (lambda future: future.set_exception(BrokenExecutor()), BrokenExecutor),
        (lambda future: future.cancel() and future.set_running_or_notify_cancel(), WorkerDiedError),
    ],
)
def test_an_executor_that_is_gone_is_no_failure_of_an_architecture(
    set_result: Callable[[Future[Any]], Any], error: type[Exception]
) -> None:
    class Gone:
        def submit(self, fn: Any, *args: Any) -> Future[Any]:
            future: Future[Any] = Future()
            set_result(future)
            return future

    executor: Any = Gone()
    study = Study(SPACE, RandomSearch())
    with pytest.raises(error):
        study.run(Toy(), 9, 3, executor=executor, on_failure="skip")
    assert study.results == []
    assert len(study.pending) == 3


def test_local_search_walks_on_past_neighbors_that_failed() -> None:
    study = Study(SPACE, LocalSearch(3), seed=0)
    study.run(Fragile(), 60, on_failure="skip")
    origins = [proposal.origin for proposal in study.proposals]
    penalised = Study(SPACE, LocalSearch(3), seed=0)
    penalised.run(Fragile(), 60, on_failure=1e6)
    # a skipped neighbor is as good as one that is worse than all others
    assert origins == [proposal.origin for proposal in penalised.proposals]
    assert origins.count("neighbor") > 40


def test_fantasies_are_for_graphs_under_evaluation_only() -> None:
    skipped = Study(TINY, GOAT, seed=1)
    skipped.run(Toy(TINY), 8)
    bad, waiting = skipped.propose(1)[0].graph, skipped.propose(2)[-1].graph
    state = GOAT.start(TINY, np.random.default_rng(0))
    assert state.without([bad]).awaited([waiting, bad]) == [waiting]
    assert state.awaited([waiting, bad]) == [waiting, bad]
    assert state.without([bad]).without([]).awaited([bad]) == [bad]


@pytest.mark.parametrize("rule", ["ignore", math.nan, math.inf])
def test_rules_that_do_not_exist_are_refused(rule: Any) -> None:
    study = Study(TINY, RandomSearch())
    with pytest.raises(ValueError, match="a failed evaluation is treated by"):
        study.run(Toy(TINY), 3, on_failure=rule)
    cell = next(iter(TINY.enumerate()))
    with pytest.raises(ValueError, match="a failed evaluation is worth a finite number"):
        Failure(cell, "broke", rule)
    with pytest.raises(OutsideSpaceError):
        study.fail(Failure(LabeledGraph(1, (), (0,)), "broke"))
    assert study.results == []


def test_budgets_of_seconds() -> None:
    study = Study(SPACE, RandomSearch())
    assert study.run(Toy(), Budget(seconds=2.0), 3) == "seconds"  # each costs 0.25
    assert (len(study.results), study.seconds) == (8, 2.0)
    assert study.run(Toy(), Budget(seconds=2.0), 3) == "seconds"
    assert len(study.results) == 8
    assert study.run(Toy(), Budget(10, 1e6)) == "budget"
    assert study.run(Toy(), Budget(100, 3.1)) == "seconds"
    assert len(study.results) == 13
    with ThreadPoolExecutor(3) as pool:
        assert study.run(Toy(), Budget(seconds=5.0), 3, executor=pool) == "seconds"
    assert 20 <= len(study.results) <= 22  # those in flight were waited for
    assert study.pending == []
    study.tell(Observation(study.ask()[0].graph, 1.0, seconds=math.nan))
    assert math.isfinite(study.seconds)


def test_the_time_of_failures_counts() -> None:
    def slow(graph: LabeledGraph) -> Observation:
        if study.results:
            time.sleep(0.02)
            raise RuntimeError
        return Observation(graph, 1.0, seconds=1e-3)

    study = Study(SPACE, RandomSearch())
    assert study.run(slow, Budget(seconds=0.1), on_failure="skip") == "seconds"
    assert 2 <= len(study.results) <= 6


def test_a_budget_of_seconds_that_are_not_known_is_refused() -> None:
    def untimed(graph: LabeledGraph) -> Observation:
        return Observation(graph, 1.0)

    study = Study(SPACE, RandomSearch())
    with pytest.raises(BadDataError, match="does not say how many seconds"):
        study.run(untimed, Budget(seconds=1.0))
    assert len(study.results) == 1  # nothing is lost
    assert study.run(untimed, Budget(3, seconds=1.0)) == "budget"


def test_a_budget_that_is_none_ends_with_the_space() -> None:
    study = Study(TINY, RandomSearch())
    assert study.run(Toy(TINY), Budget(), 4) == "exhausted"
    with pytest.raises(ValueError, match="a number of evaluations from 0, got -1"):
        Budget(-1)
    with pytest.raises(ValueError, match="positive number of seconds, got 0"):
        Budget(seconds=0)
