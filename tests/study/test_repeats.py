"""Architectures that are evaluated more than once, as noisy objectives ask for."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Observation, Proposal
from nasgoat.search import GoatSearch, LocalSearch, RandomSearch
from nasgoat.study import Study, best_values, incumbent_test_values, incumbents, regrets
from nasgoat.study.history import mean_of
from nasgoat.tabular import TableEvaluator
from nasgoat.tabular.serve import serve
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy
from tests.tabular.tables import REPEATS, toy

CELLS = list(TINY.enumerate())
DIAMOND = LabeledGraph(5, ((0, 1), (0, 2), (1, 4), (2, 3), (3, 4)), (0, 1, 2, 3, 4))


def test_the_best_is_best_by_its_mean() -> None:
    study = Study(TINY, RandomSearch())
    first, second = CELLS[5:7]
    study.tell(Observation(first, 2.0, 12.0, {"a": 1.0, "b": 1.0}, 4.0))  # a lucky draw
    assert study.best == study.observations[0]
    study.tell(Observation(second, 3.0, 13.0))
    study.tell(Observation(first, 6.0, 16.0, {"a": 3.0}, 8.0))
    assert study.best == study.observations[1]
    study.tell(Observation(second, 7.0))
    assert study.best == Observation(first, 4.0, 14.0, {"a": 2.0}, 6.0)
    assert len(study.observations) == 4
    curve = best_values(study.results, study.keys)
    assert curve.tolist() == [2.0, 2.0, 3.0, 4.0]
    assert regrets(study.results, 1.0, study.keys).tolist() == [1.0, 1.0, 2.0, 3.0]
    assert incumbent_test_values(study.results, study.keys).tolist() == [12.0, 12.0, 13.0, 14.0]
    assert [one.graph for one in incumbents(study.observations, study.keys)] == [
        *(first, first, second, first)
    ]
    assert best_values(study.results).tolist() == [2.0, 2.0, 2.0, 2.0]  # as if they were all others


def test_repeats_are_told_apart_by_key_not_by_index() -> None:
    study = Study(SPACE, RandomSearch())
    study.tell(Observation(DIAMOND, 2.0))
    study.tell(Observation(DIAMOND.relabeled([0, 3, 1, 2, 4]), 4.0))
    assert study.best == Observation(DIAMOND, 3.0)
    assert len(set(study.keys)) == 1


def test_a_test_value_that_one_repeat_lacks_is_left_out() -> None:
    one = Observation(CELLS[3], 1.0, 2.0)
    assert mean_of([one]) is one
    assert mean_of([one, Observation(CELLS[3], 2.0)]) == Observation(CELLS[3], 1.5)


def test_the_recommended_architecture_is_not_the_lucky_one() -> None:
    method = GoatSearch(FixedSurrogate(noise=1.0), ExhaustiveOptimizer())
    study = Study(TINY, method)
    for graph in CELLS[10:70]:
        study.tell(Observation(graph, 10.0 * len(graph.edges)))
    lucky = max(CELLS[10:70], key=lambda graph: len(graph.edges))
    study.tell(Observation(lucky, -12.0))  # a mean of 19; the least of the others is 20
    assert study.best is not None
    assert study.best.graph == lucky
    recommended = study.recommended()
    assert recommended is not None
    assert len(recommended.graph.edges) < len(lucky.edges)
    posterior = method.surrogate.fit(
        [one.graph for one in study.observations], [one.value for one in study.observations]
    )
    mean, _ = posterior.mean_and_std(GraphBatch.of(CELLS[10:70]))
    assert recommended.graph == CELLS[10 + int(mean.argmin())]


def test_without_a_surrogate_the_best_is_recommended() -> None:
    plain = Study(TINY, RandomSearch())
    assert plain.recommended() is None
    plain.tell(Observation(CELLS[3], 1.0))
    assert plain.recommended() == plain.best == Observation(CELLS[3], 1.0)


def test_replicates_reach_the_surrogate_one_by_one() -> None:
    seen: list[tuple[int, list[float]]] = []

    class Listening(FixedSurrogate):
        def fit(self, graphs: Sequence[LabeledGraph], targets: Sequence[float]) -> FeaturePosterior:
            seen.append((len(graphs), list(targets)))
            return super().fit(graphs, targets)

    study = Study(TINY, GoatSearch(Listening(), ExhaustiveOptimizer(), initial=2))
    study.run(Toy(TINY), 2)
    study.tell(Observation(study.observations[0].graph, 99.0))
    study.ask()
    assert seen[-1] == (3, [one.value for one in study.observations])


def test_local_search_walks_by_means() -> None:
    study = Study(TINY, LocalSearch(2), seed=1)
    study.run(Toy(TINY), 2)
    first, second = study.observations
    better, worse = sorted([first, second], key=lambda one: one.value)
    study.tell(Observation(better.graph, 1e3))  # its first value was luck
    around = {TINY.key(graph) for graph in TINY.neighbors(worse.graph)}
    for proposal in study.propose(5):
        assert TINY.key(proposal.graph) in around


def test_a_graph_may_be_pending_twice(tmp_path: Path) -> None:
    cell = CELLS[20]
    study = Study(TINY, RandomSearch())
    count = []

    def evaluate(graph: LabeledGraph) -> Observation:
        count.append(graph)
        return Toy(TINY)(graph)

    study.accept([Proposal(cell, "by hand"), Proposal(cell, "by hand")])
    with ThreadPoolExecutor(2) as pool:
        study.run(evaluate, 2, 2, executor=pool)
    assert (len(count), len(study.observations), study.pending) == (2, 2, [])


@pytest.fixture
def noisy() -> TableEvaluator:
    """A table with up to three trainings per cell."""
    return serve(toy(), "cifar10", "toy:cifar10").noisy(4)


def test_each_evaluation_has_its_own_draw(noisy: TableEvaluator) -> None:
    cells = [noisy.table.index.graphs(slice(i, i + 1))[0] for i in range(20)]
    again = [[noisy.repeated(times)(cell).value for times in range(6)] for cell in cells]
    assert any(len(set(draws)) > 1 for draws in again)
    for cell, draws in zip(cells, again, strict=True):
        copy = pickle.loads(pickle.dumps(noisy.repeated(5)))  # noqa: S301
        assert copy(cell).value == draws[5]
        assert set(draws) <= set((100 - REPEATS).ravel())
        assert noisy(cell).value == draws[0]


def test_the_draws_of_a_study_do_not_depend_on_its_past(
    noisy: TableEvaluator, tmp_path: Path
) -> None:
    space = noisy.space
    cell = next(iter(space.enumerate()))

    def session(budget: int, *again: LabeledGraph) -> Study:
        with Study(space, RandomSearch(2), seed=1, journal=tmp_path / "j") as study:
            study.accept([Proposal(graph, "again") for graph in again])
            study.run(noisy, budget)
        return study

    session(1, cell, cell)
    session(2)
    found = session(4, cell)
    values = [one.value for one in found.observations if one.graph == cell]
    assert values[:3] == [noisy.repeated(times)(cell).value for times in range(3)]
