"""What every search method promises, and what each does."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Observation
from nasgoat.search import (
    Design,
    Evolution,
    Fantasies,
    GoatSearch,
    GPBayesOpt,
    LocalSearch,
    Nasbot,
    Nasbowl,
    OptunaSearch,
    RandomSearch,
    SearchMethod,
    TopKPool,
)
from nasgoat.search.base import described
from nasgoat.search.design import fresh_sample
from nasgoat.spaces import CellSpace
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy

METHODS: dict[str, Callable[[], SearchMethod[Any]]] = {
    "random": RandomSearch,
    "oldest": lambda: Evolution(10, 4),
    "worst": lambda: Evolution(10, 4, "worst"),
    "local": LocalSearch,
    "fantasies": lambda: GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), initial=10),
    "pool": lambda: GoatSearch(
        FixedSurrogate(), ExhaustiveOptimizer(), batch=TopKPool(), initial=10
    ),
    "gp-bayesopt": lambda: GPBayesOpt(pool=150),
    "nasbot": Nasbot,
    "nasbot-degrees": lambda: Nasbot(distance="degrees"),
    "nasbowl": lambda: Nasbowl(pool=60),
    "tpe": OptunaSearch,
    "cmaes": lambda: OptunaSearch(sampler="cmaes"),
}


def search(
    method: SearchMethod[Any], space: CellSpace, budget: int, k: int, seed: int = 0
) -> list[Observation]:
    """Run a method without a study."""
    toy = Toy(space)
    state = method.start(space, np.random.default_rng([seed, 0]))
    told: list[Observation] = []
    asks = 0
    while len(told) < budget:
        asks += 1
        rng = np.random.default_rng([seed, asks])
        state, proposals = method.propose(state, told, [], k, rng)
        assert 1 <= len(proposals) <= k
        told += [toy(proposal.graph) for proposal in proposals]
    return told


@pytest.mark.parametrize("name", METHODS)
def test_no_architecture_is_proposed_twice_and_all_are_found(name: str) -> None:
    told = search(METHODS[name](), TINY, TINY.size(), 7)
    assert len({TINY.key(one.graph) for one in told}) == TINY.size() == len(told)
    state = METHODS[name]().start(TINY, np.random.default_rng(0))
    with pytest.raises(NothingLeftError):
        METHODS[name]().propose(state, told, [], 1, np.random.default_rng(1))


@pytest.mark.parametrize("name", METHODS)
def test_initial_designs_are_paired(name: str) -> None:
    first = search(RandomSearch(), SPACE, 10, 1, seed=5)
    for k in (1, 4):
        told = search(METHODS[name](), SPACE, 10, k, seed=5)
        assert [one.graph for one in told[:10]] == [one.graph for one in first]


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=10)
@given(data=st.data())
def test_proposals_are_new_members_whatever_is_known(name: str, data: st.DataObject) -> None:
    cells = list(TINY.enumerate())
    order = data.draw(st.permutations(range(len(cells))))
    observed = data.draw(st.integers(0, 40))
    pending = [cells[i] for i in order[observed : observed + data.draw(st.integers(0, 10))]]
    told = [Toy(TINY)(cells[i]) for i in order[:observed]]
    k = data.draw(st.integers(1, 5))
    method = METHODS[name]()
    state = method.start(TINY, np.random.default_rng(0))
    _, proposals = method.propose(state, told, pending, k, np.random.default_rng(1))
    keys = [TINY.key(proposal.graph) for proposal in proposals]
    known = {TINY.key(graph) for graph in [*(one.graph for one in told), *pending]}
    assert 1 <= len(set(keys)) == len(keys) <= k
    assert not known & set(keys)
    assert all(TINY.contains(proposal.graph) for proposal in proposals)
    _, again = method.propose(state, told, pending, k, np.random.default_rng(1))
    assert [proposal.graph for proposal in again] == [proposal.graph for proposal in proposals]


@pytest.mark.parametrize("name", [name for name in METHODS if name != "random"])
def test_methods_beat_random_search(name: str) -> None:
    def best(method: str) -> float:
        runs = [search(METHODS[method](), SPACE, 60, 5, seed) for seed in range(3)]
        return float(np.mean([min(one.value for one in run) for run in runs]))

    assert best(name) < best("random")


def test_local_search_evaluates_all_neighbors_before_it_moves() -> None:
    told = search(LocalSearch(initial=3), SPACE, 150, 1, seed=2)
    centre = min(told[:3], key=lambda one: one.value)
    around = {SPACE.key(graph) for graph in SPACE.neighbors(centre.graph)}
    todo = around - {SPACE.key(one.graph) for one in told[:3]}
    assert {SPACE.key(one.graph) for one in told[3 : 3 + len(todo)]} == todo
    values = {SPACE.key(one.graph): one.value for one in told}
    walk = [centre.value]
    while min(values.get(key, np.inf) for key in around) < walk[-1]:
        key = min(around, key=lambda key: values.get(key, np.inf))
        walk.append(values[key])
        graph = next(one.graph for one in told if SPACE.key(one.graph) == key)
        around = {SPACE.key(graph) for graph in SPACE.neighbors(graph)}
    assert len(walk) > 1
    assert walk == sorted(walk, reverse=True)


def test_local_search_restarts_where_no_neighbor_is_better() -> None:
    class Flat:
        def __call__(self, graph: LabeledGraph) -> Observation:
            return Observation(graph, 1.0)

    method = LocalSearch(initial=1)
    state = method.start(SPACE, np.random.default_rng(0))
    told = [Flat()(state.graphs[0])]
    neighbors = SPACE.neighbors(state.graphs[0])
    for i in range(len(neighbors)):
        _, [proposal] = method.propose(state, told, [], 1, np.random.default_rng(i))
        assert proposal.origin == "neighbor"
        told.append(Flat()(proposal.graph))
    _, [restart] = method.propose(state, told, [], 1, np.random.default_rng(99))
    assert restart.origin == "random"
    told.append(Flat()(restart.graph))
    _, [proposal] = method.propose(state, told, [], 1, np.random.default_rng(100))
    assert proposal.graph in SPACE.neighbors(restart.graph)


def test_evolution_retires_the_oldest_or_the_worst() -> None:
    told = search(RandomSearch(), SPACE, 12, 1)
    assert Evolution(5, 2).members(told) == told[-5:]
    values = sorted(one.value for one in told)[:5]
    assert [one.value for one in Evolution(5, 2, "worst").members(told)] == values


def test_evolution_mutates_the_winner_of_the_tournament() -> None:
    method = Evolution(8, 8)  # everyone competes: the best of the population wins
    state = method.start(SPACE, np.random.default_rng(0))
    told = [Toy()(graph) for graph in state.graphs]
    _, [child] = method.propose(state, told, [], 1, np.random.default_rng(1))
    winner = min(told, key=lambda one: one.value)
    assert child.origin == "mutation"
    assert SPACE.key(child.graph) in {SPACE.key(g) for g in SPACE.neighbors(winner.graph)}


@pytest.mark.parametrize(("population", "tournament"), [(3, 4), (0, 0), (3, 0)])
def test_evolution_refuses_impossible_sizes(population: int, tournament: int) -> None:
    with pytest.raises(ValueError, match="a tournament has 1 to all members"):
        Evolution(population, tournament)


def test_evolution_refuses_another_way_to_retire() -> None:
    with pytest.raises(ValueError, match="retire is one of"):
        Evolution(retire="youngest")  # type: ignore[arg-type]


@pytest.mark.parametrize("method", [RandomSearch, LocalSearch])
def test_an_initial_design_is_not_empty(method: type[Any]) -> None:
    with pytest.raises(ValueError, match="at least 1 graph, got 0"):
        method(initial=0)


def test_a_design_is_cut_to_the_space() -> None:
    assert len(Design.draw(TINY, 1000, np.random.default_rng(0)).graphs) == TINY.size()


def test_the_last_graph_is_found() -> None:
    cells = list(TINY.enumerate())
    seen = {TINY.key(cell) for cell in cells[:-1]}
    assert fresh_sample(TINY, seen, np.random.default_rng(0)) == cells[-1]


def test_a_space_that_cannot_be_listed_is_exhausted_by_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CellSpace, "is_listable", lambda self: False)
    monkeypatch.setattr("nasgoat.search.design.LAST_RESORT", 50)
    seen = {TINY.key(cell) for cell in TINY.enumerate()}
    with pytest.raises(NothingLeftError, match="50 draws in a row"):
        fresh_sample(TINY, seen, np.random.default_rng(0))


def test_settings_are_json() -> None:
    method = GoatSearch(FixedSurrogate(0.5), ExhaustiveOptimizer(), on_progress=print)
    assert described(method) == {
        "kind": "GoatSearch",
        "surrogate": {"kind": "FixedSurrogate", "noise": 0.5},
        "optimizer": {"kind": "ExhaustiveOptimizer"},
        "acquisition": {"kind": "UseLCB", "beta": 1.0},
        "limits": {"kind": "Limits", "seconds": None, "gap": 1e-4, "nodes": None},
        "batch": {"kind": "Fantasies"},
        "initial": 2,
    }
    assert described({"a": (np.float64(1), np.arange(2), print, Fantasies)}) == {
        "a": [1.0, [0, 1], "print", "Fantasies"]
    }
