"""Acquisition optimisers without proof: new members, best of what they saw, and no bound."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import Acquisition, LowerConfidenceBound
from nasgoat.errors import BadDataError, NothingLeftError, UnknownNameError
from nasgoat.graphs import GraphBatch
from nasgoat.mip import UserConstraint
from nasgoat.optimize import (
    AcquisitionOptimizer,
    CheckedOptimizer,
    DescentOptimizer,
    ExhaustiveOptimizer,
    Optimization,
    PoolOptimizer,
    Task,
    drawn_pool,
    mutants,
)
from nasgoat.posterior import Posterior
from nasgoat.spaces import CellSpace
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy

HEURISTICS = [PoolOptimizer(100), DescentOptimizer()]


def task(space: CellSpace = SPACE, observed: int = 30, seed: int = 0) -> Task:
    graphs = list(space.samples(observed, np.random.default_rng(seed)))
    targets = [Toy(space)(graph).value for graph in graphs]
    posterior = FixedSurrogate().fit(graphs, targets)
    starts = [graphs[i] for i in np.argsort(targets)[:5]]
    return Task(LowerConfidenceBound(), posterior, space, graphs, starts)


@pytest.mark.parametrize("optimizer", HEURISTICS, ids=lambda one: one.name)
def test_optima_are_new_members_best_first_and_never_below_the_truth(
    optimizer: AcquisitionOptimizer,
) -> None:
    problem = task()
    found = optimizer.minimize(problem, 4)
    graphs = [one.graph for one in found]
    values = [one.certificate.value for one in found]
    keys = SPACE.keys(GraphBatch.of(graphs))
    assert len(set(keys)) == 4
    assert not set(keys) & set(SPACE.keys(GraphBatch.of(problem.exclude)))
    assert all(SPACE.contains(graph) for graph in graphs)
    assert values == sorted(values)
    exact = problem.acquisition.values(problem.posterior, GraphBatch.of(graphs))
    assert values == pytest.approx(exact.tolist())
    truth = ExhaustiveOptimizer().minimize(problem)[0].certificate.value
    assert values[0] >= truth - 1e-9
    for one in found:
        certificate = one.certificate
        assert (certificate.lower_bound, certificate.gap) == (None, None)
        assert certificate.status == "heuristic"
        assert certificate.optimizer == optimizer.name
    assert [one.graph for one in optimizer.minimize(problem, 4)] == graphs


def test_descent_finds_what_exhaustive_search_finds() -> None:
    for seed in range(5):
        problem = task(seed=seed)
        truth = ExhaustiveOptimizer().minimize(problem)[0].certificate.value
        found = DescentOptimizer().minimize(problem)[0].certificate.value
        assert found == pytest.approx(truth, abs=1e-9)


def test_a_pool_depends_on_what_is_known() -> None:
    problem = task()
    more = replace(problem, exclude=(*problem.exclude, PoolOptimizer().minimize(problem)[0].graph))
    first, second = (PoolOptimizer(20).minimize(one, 20) for one in (problem, more))
    assert {one.graph for one in first} != {one.graph for one in second}


@pytest.mark.parametrize("optimizer", HEURISTICS, ids=lambda one: one.name)
def test_the_last_graphs_are_found_and_then_none(optimizer: AcquisitionOptimizer) -> None:
    cells = list(TINY.enumerate())
    problem = replace(task(TINY), exclude=cells[:-3])
    found = optimizer.minimize(problem, 5)
    assert {TINY.key(one.graph) for one in found} == {TINY.key(cell) for cell in cells[-3:]}
    with pytest.raises(NothingLeftError):
        optimizer.minimize(replace(problem, exclude=cells))


@pytest.mark.parametrize("optimizer", HEURISTICS, ids=lambda one: one.name)
def test_constraints_are_met(optimizer: AcquisitionOptimizer) -> None:
    def few(batch: GraphBatch) -> np.ndarray:
        return batch.adjacency.sum(axis=(1, 2)) <= 4

    constraint = UserConstraint(lambda block, handles: None, few, name="few edges")
    problem = replace(task(), constraints=[constraint])
    assert all(len(one.graph.edges) <= 4 for one in optimizer.minimize(problem, 3))


def test_checks_accept_values_without_proof() -> None:
    heard: list[tuple[float, float]] = []
    checked = CheckedOptimizer(PoolOptimizer(50), on_check=lambda *pair: heard.append(pair))
    checked.minimize(task(), 2)
    assert len(heard) == 2
    assert all(value >= truth for value, truth in heard)


class Nowhere:
    """NaN on every graph."""

    def values(self, posterior: Posterior, batch: GraphBatch) -> np.ndarray:
        return np.full(len(batch), math.nan)


@pytest.mark.parametrize("optimizer", HEURISTICS, ids=lambda one: one.name)
def test_nan_is_refused(optimizer: AcquisitionOptimizer) -> None:
    acquisition: Acquisition = Nowhere()
    with pytest.raises(BadDataError, match="is NaN on"):
        optimizer.minimize(replace(task(), acquisition=acquisition))


def test_half_of_a_pool_are_neighbors_of_parents() -> None:
    problem = task()
    taken = set(SPACE.keys(GraphBatch.of(problem.exclude)))
    pool = drawn_pool(SPACE, problem.starts, taken, 60, np.random.default_rng(0))
    around = {SPACE.key(near) for graph in problem.starts for near in SPACE.neighbors(graph)}
    assert len(pool) == 60
    assert not set(pool) & taken
    assert [SPACE.key(graph) for graph in pool.values()] == list(pool)
    assert set(list(pool)[:30]) <= around
    assert len(set(pool) & around) < 50
    alone = drawn_pool(SPACE, (), taken, 60, np.random.default_rng(0))
    assert len(set(alone) & around) < 20


def test_mutants_come_from_all_parents_in_turn() -> None:
    parents = list(SPACE.samples(3, np.random.default_rng(4)))
    found = mutants(SPACE, parents, (), 3, np.random.default_rng(0))
    assert len(found) == 3
    for (key, graph), parent in zip(found, parents, strict=True):
        assert key == SPACE.key(graph)
        assert key in {SPACE.key(near) for near in SPACE.neighbors(parent)}
    everything = mutants(SPACE, parents, (), 10_000, np.random.default_rng(0))
    around = {SPACE.key(near) for parent in parents for near in SPACE.neighbors(parent)}
    assert {key for key, _ in everything} == around


def test_impossible_settings() -> None:
    with pytest.raises(ValueError, match="a pool has at least 1 graph"):
        PoolOptimizer(0)
    with pytest.raises(ValueError, match="at least 1 descent"):
        DescentOptimizer(0)
    with pytest.raises(UnknownNameError, match="'best'; there are: "):
        Optimization("best", None, 1, 1.0, 0.0).build()
