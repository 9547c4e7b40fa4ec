"""What is particular to the rivals: journals, failures, and the choices that their papers make."""

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError, SolverUnavailableError, UnknownNameError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation
from nasgoat.search import GPBayesOpt, MethodSpec, Nasbot, Nasbowl, OptunaSearch, SearchMethod
from nasgoat.search.guided import PARENTS, Known
from nasgoat.search.nasbot import mismatches
from nasgoat.search.nasbowl import normalised
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.search.options import options_of
from nasgoat.spaces import SearchSpace, TableSpace, darts, digraphs, nasbench201
from nasgoat.study import Study
from tests.search.toy import SPACE, TINY, Toy, size

RIVALS = ["gp-bayesopt", "nasbot", "nasbot-degrees", "nasbowl", "tpe", "cmaes"]
SMALL = {"pool": 40, "initial": 5}


def rival(name: str, space: SearchSpace = SPACE) -> SearchMethod[Any]:
    settings = MethodSpec.of(name)
    known = options_of(type(settings.build(space)))
    return MethodSpec.of(name, {k: v for k, v in SMALL.items() if k in known}).build(space)


@pytest.mark.parametrize("name", RIVALS)
def test_a_resumed_search_goes_on_as_if_nothing_had_happened(name: str, tmp_path: Path) -> None:
    def run(journal: Path | None, budget: int) -> list[LabeledGraph]:
        with Study(SPACE, rival(name), seed=3, journal=journal) as study:
            study.run(Toy(), budget, 3)
        return [one.graph for one in study.observations]

    straight = run(None, 17)
    for budget in (5, 8, 14, 17):  # after the design, then in the middle of the search
        resumed = run(tmp_path / "journal.jsonl", budget)
    assert resumed == straight
    assert len({SPACE.key(graph) for graph in straight}) == 17


@pytest.mark.parametrize("name", ["tpe", "cmaes"])
def test_penalties_that_grew_are_learnt_anew(name: str, tmp_path: Path) -> None:
    def evaluate(graph: LabeledGraph) -> Observation:
        found = Toy()(graph)
        if sum(map(ord, SPACE.key(graph))) % 4 == 0:
            raise RuntimeError
        return found

    def run(journal: Path | None, budget: int) -> list[LabeledGraph]:
        with Study(SPACE, rival(name), seed=1, journal=journal) as study:
            study.run(evaluate, budget, on_failure="penalise")
        assert study.failures
        return [one.graph for one in study.results]

    straight = run(None, 24)
    for budget in (10, 16, 24):
        resumed = run(tmp_path / "journal.jsonl", budget)
    assert resumed == straight


@pytest.mark.parametrize("name", RIVALS)
@pytest.mark.parametrize(
    "space",
    [
        nasbench201(),
        darts(),
        digraphs(4),
        TableSpace.of("rows", SPACE, SPACE.samples(60, np.random.default_rng(0))),
    ],
    ids=lambda space: space.name,
)
def test_every_kind_of_space_is_searched(name: str, space: SearchSpace) -> None:
    with Study(space, rival(name, space)) as study:
        study.run(size, 9, 2)
    assert len({space.key(one.graph) for one in study.observations}) == 9
    assert all(space.contains(one.graph) for one in study.observations)


@pytest.mark.parametrize("name", RIVALS)
def test_equal_values_and_repeated_graphs_are_no_trouble(name: str) -> None:
    method = rival(name, TINY)
    state = method.start(TINY, np.random.default_rng(0))
    design = list(TINY.listing())[:20]
    told = [
        Observation(graph, 5.0) for graph in [*design, *design[:3], *getattr(state, "graphs", ())]
    ]
    told += [Observation(one.graph, 5.0) for one in method.propose(state, told, [], 9, rng())[1]]
    _, proposals = method.propose(state, told, [], 2, rng())
    assert len(proposals) == 2


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("name", RIVALS)
def test_more_workers_than_initial_graphs(name: str) -> None:
    method = rival(name)
    state = method.start(SPACE, np.random.default_rng(0))
    _, first = method.propose(state, [], [], 5, rng())
    pending = [one.graph for one in first]
    assert len(pending) == 5
    _, more = method.propose(state, [], pending, 3, rng())
    assert len(more) >= 1
    assert not {SPACE.key(one.graph) for one in more} & {SPACE.key(graph) for graph in pending}


def test_nasbowl_models_logarithms_and_says_so() -> None:
    told = [Observation(graph, -1.0) for graph in SPACE.samples(6, rng())]
    method = Nasbowl(initial=1, pool=20)
    state = method.start(SPACE, rng())
    told.append(Observation(state.graphs[0], 2.0))
    with pytest.raises(BadDataError, match="needs positive targets"):
        method.propose(state, told, [], 1, rng())
    assert Nasbowl(1, 20, transform="standardise").propose(state, told, [], 1, rng())[1]


def test_nasbowl_kernels_are_1_on_the_diagonal() -> None:
    batch = OpGraphs(SPACE).of(SPACE.samples(20, rng()))
    for gram in normalised(batch, batch, 2):
        np.testing.assert_allclose(gram.diagonal(), 1.0)
        assert gram.max() <= 1 + 1e-12


def test_operations_are_alike_by_their_names() -> None:
    names = ("conv1x1", "conv3x3", "maxpool", "gat", "input")
    expected = [
        [0, 0.25, 1, 1, 1],
        [0.25, 0, 1, 1, 1],
        [1, 1, 0, 1, 1],
        [1, 1, 1, 0, 1],
        [1, 1, 1, 1, 0],
    ]
    np.testing.assert_array_equal(mismatches(names), expected)


def test_an_evolution_of_candidates_climbs() -> None:
    told = [Toy()(graph) for graph in SPACE.samples(30, rng())]
    known = Known(SPACE, told, set(SPACE.keys(GraphBatch.of([one.graph for one in told]))))
    best = [Toy()(graph).value for graph in known.best]
    assert best == sorted(best)
    assert len(set(known.best)) == len(best) == PARENTS
    assert best[0] == min(one.value for one in told)

    def worth(graphs: Any) -> Any:
        return -np.array([Toy()(graph).value for graph in graphs])

    found = known.evolved(worth, 5, rng())
    values = [Toy()(graph).value for graph in found]
    assert values == sorted(values)
    assert values[0] < min(one.value for one in told)
    assert not known.taken & set(SPACE.keys(GraphBatch.of(found)))


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (lambda: GPBayesOpt(pool=0), ValueError, "a pool has at least 1 graph"),
        (lambda: GPBayesOpt(beta=-1.0), ValueError, "beta is a number >= 0"),
        (lambda: Nasbowl(initial=0), ValueError, "at least 1 graph"),
        (lambda: Nasbowl(depth=-1), ValueError, "depth of subtrees"),
        (lambda: Nasbowl(transform="odd"), UnknownNameError, "transform"),  # type: ignore[arg-type]
        (lambda: Nasbot(distance="l1"), UnknownNameError, "distance"),  # type: ignore[arg-type]
        (lambda: Nasbot(initial=0), ValueError, "at least 1 graph"),
        (lambda: OptunaSearch(sampler="gp"), UnknownNameError, "sampler"),  # type: ignore[arg-type]
    ],
)
def test_impossible_settings(bad: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        bad()


@pytest.mark.parametrize("name", ["tpe", "cmaes"])
def test_without_optuna_its_methods_say_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(module: str, *rest: Any) -> Any:
        if module in ("optuna", "cmaes"):
            raise ImportError(module)
        return real(module, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SolverUnavailableError, match=r"pip install 'nasgoat\[optuna\]'"):
        MethodSpec.of(name).build(SPACE)


def test_a_sampler_that_draws_nothing_new_gives_way_to_chance() -> None:
    rows = list(SPACE.samples(200, rng()))
    space = TableSpace.of("few", SPACE, GraphBatch.of(rows[:3]))  # hardly any choices make a row
    method = OptunaSearch(initial=1)
    state = method.start(space, rng())
    told = [size(state.design.graphs[0])]
    _, proposals = method.propose(state, told, [], 5, rng())
    assert len(proposals) == space.size() - 1
    assert "random" in {one.origin for one in proposals}


def test_cmaes_hears_of_observations_generation_by_generation() -> None:
    method = OptunaSearch(initial=5, sampler="cmaes")
    state = method.start(SPACE, rng())
    told = [Toy()(graph) for graph in [*state.design.graphs, *SPACE.samples(55, rng())]]
    state, _ = method.propose(state, told, [], 1, rng())
    generations = [one.system_attrs.get("cma:generation", -1) for one in state.trials]
    assert generations == sorted(generations)
    assert generations[0] == -1  # before the first trial there are no parameters to move
    assert generations[-1] >= 3
    assert [one.value for one in state.trials] == [one.value for one in told]
