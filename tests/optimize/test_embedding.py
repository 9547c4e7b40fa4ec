"""Constraints of a user's own in the acquisition model, against enumeration."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray

from nasgoat.acquisition import ExpectedImprovement, LowerConfidenceBound
from nasgoat.errors import (
    BadDataError,
    EncodingMismatchError,
    NoEncodingError,
    NothingLeftError,
)
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.mip import PathHandles, UserConstraint, row
from nasgoat.optimize import (
    AutoOptimizer,
    CheckedOptimizer,
    ExhaustiveOptimizer,
    MipOptimizer,
    Optimum,
    Task,
    descend,
)
from nasgoat.spaces import CellSpace, nasbench101, nasbench201
from tests.mip.oracles_mip import DIGRAPHS, SMALL, believed, indexed_graphs, kernel_maps

Flags = NDArray[np.bool_]

POOL = 3  # the label of a max-pooling in NAS-Bench-101
COST = (0.0, 1.5, 0.4, 0.1, 0.0)  # of a label


def pool_first(block: pyo.Block, h: PathHandles) -> None:
    block.pool = pyo.Constraint(expr=row(h.label[1, POOL] >= 1))


def is_pool_first(batch: GraphBatch) -> Flags:
    allowed: Flags = batch.node_labels[:, 1] == POOL
    return allowed


def cheap(block: pyo.Block, h: PathHandles) -> None:
    block.cost = pyo.Var(bounds=(0.0, 2.0))  # a variable of the user's own
    total = sum(COST[a] * h.label[v, a] for v, a in h.label)
    block.total = pyo.Constraint(expr=block.cost == total)
    block.few_edges = pyo.Constraint(expr=block.cost + 0.1 * sum(h.edge.values()) <= 2.2)


def is_cheap(batch: GraphBatch) -> Flags:
    inside = np.arange(batch.n) < batch.sizes[:, None]
    labels = np.where(inside, batch.node_labels, 0)
    cost = np.array(COST)[labels].sum(axis=1)
    edges = batch.adjacency.sum(axis=(1, 2))
    allowed: Flags = (cost <= 2.0 + 1e-9) & (cost + 0.1 * edges <= 2.2 + 1e-9)
    return allowed


def skip_ahead(block: pyo.Block, h: PathHandles) -> None:
    """The sink is two edges away, and node 1 reaches node 2."""
    block.far = pyo.Constraint(expr=row(h.at_distance[0, h.n - 1, 2] >= 1))
    if h.n > 3:
        block.on = pyo.Constraint(expr=row(h.reach[1, 2] >= 1))


def is_skipping(batch: GraphBatch) -> Flags:
    allowed = np.zeros(len(batch), dtype=np.bool_)
    for i, graph in enumerate(batch):
        edges = set(graph.edges)
        sink = graph.n - 1
        two = any({(0, v), (v, sink)} <= edges for v in range(1, sink))
        allowed[i] = two and (0, sink) not in edges and (graph.n <= 3 or (1, 2) in edges)
    return allowed


CONSTRAINTS = {
    "pool first": UserConstraint(pool_first, is_pool_first, name="pool first"),
    "cheap": UserConstraint(cheap, is_cheap, relabelling_invariant=True, name="cheap"),
    "cheap, not said to be invariant": UserConstraint(cheap, is_cheap),
    "skip ahead": UserConstraint(skip_ahead, is_skipping),
}


def allowed_classes(space: CellSpace, allows: Callable[[GraphBatch], Flags]) -> set[str]:
    """Keys of the architectures that have an allowed numbering, by plain loops."""
    found: set[str] = set()
    for n in space.sizes:
        batch = indexed_graphs(space.of_size(n))
        found |= set(space.keys(batch.take(allows(batch))))
    return found


def values_of(task: Task, keys: set[str]) -> list[float]:
    """Acquisition values of the architectures of these keys, ascending."""
    listing = task.space.listing()
    kept = np.array([key in keys for key in task.space.keys(listing)])
    return np.sort(task.acquisition.values(task.posterior, listing)[kept]).tolist()


def task_on(space: CellSpace, *constraints: UserConstraint, seed: int = 0) -> Task:
    posterior = believed(space, kernel_maps(space, 0), seed)
    starts = list(posterior.observed)
    return Task(
        LowerConfidenceBound(), posterior, space, starts=starts, constraints=tuple(constraints)
    )


def got(optima: list[Optimum]) -> list[float]:
    return [optimum.certificate.value for optimum in optima]


@pytest.mark.parametrize("sizes", [(5,), (3, 4, 5)])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_best_are_those_of_enumeration(name: str, known: bool, sizes: tuple[int, ...]) -> None:
    space = nasbench101(sizes, max_edges=6)
    constraint = CONSTRAINTS[name]
    keys = allowed_classes(space, constraint.allows)  # type: ignore[arg-type]
    given = constraint if known else replace(constraint, allows=None)
    task = task_on(space, given)
    truth = values_of(task, keys)
    assert 20 < len(truth) < space.size()
    optima = MipOptimizer().minimize(task, 5)
    assert got(optima) == pytest.approx(truth[:5], abs=1e-4)
    graphs = GraphBatch.of([optimum.graph for optimum in optima], max(sizes))
    assert set(space.keys(graphs)) <= keys
    assert constraint.allows is not None
    assert constraint.allows(graphs).all()
    for optimum, least in zip(optima, truth, strict=False):
        assert optimum.certificate.lower_bound is not None
        assert optimum.certificate.lower_bound <= least + 1e-6
    if known:
        assert got(ExhaustiveOptimizer().minimize(task, 5)) == pytest.approx(truth[:5])
        assert got(AutoOptimizer().minimize(task, 1)) == pytest.approx(truth[:1])
        assert got(CheckedOptimizer(MipOptimizer()).minimize(task, 2)) == pytest.approx(
            truth[:2], abs=1e-4
        )
    else:
        with pytest.raises(NoEncodingError, match="give them `allows`, or use the MIP"):
            ExhaustiveOptimizer().minimize(task)
        assert descend(task, 3) == []


@pytest.mark.parametrize("known", [True, False])
def test_symmetry_rows_lose_no_architecture(known: bool) -> None:
    """Every architecture comes out; rows that sort labels would cut most of them off."""
    space = nasbench101([4])
    keys = allowed_classes(space, is_pool_first)
    task = task_on(space, UserConstraint(pool_first, is_pool_first if known else None))
    optima = MipOptimizer().minimize(task, len(keys) + 1)
    assert {space.key(optimum.graph) for optimum in optima} == keys
    assert len(optima) == len(keys)
    assert got(optima) == pytest.approx(values_of(task, keys), abs=2e-4)
    wrong = UserConstraint(pool_first, relabelling_invariant=True)
    assert len(MipOptimizer().minimize(replace(task, constraints=(wrong,)), 999)) < len(keys)


def test_the_classes_of_a_first_pool_at_five_nodes() -> None:
    space = nasbench101([5])
    narrowed = task_on(space, CONSTRAINTS["pool first"]).narrowed().space
    assert set(space.keys(narrowed.listing())) == allowed_classes(space, is_pool_first)
    assert narrowed.size() == 915


@pytest.mark.parametrize("known", [True, False])
def test_exclusion_cuts_every_numbering(known: bool) -> None:
    space = nasbench101([5], max_edges=6)
    keys = allowed_classes(space, is_pool_first)
    task = task_on(space, UserConstraint(pool_first, is_pool_first if known else None))
    rng = np.random.default_rng(0)
    by_key = {space.key(graph): graph for graph in space.listing()}
    excluded = [by_key[key] for key in sorted(keys)[::2]]
    excluded = [
        copies[int(rng.integers(len(copies)))]
        for copies in (list(space.identity.copies(g, ordered=True)) for g in excluded)
    ]
    left = keys - set(space.keys(GraphBatch.of(excluded)))
    optima = MipOptimizer().minimize(replace(task, exclude=excluded), 6)
    assert got(optima) == pytest.approx(values_of(task, left)[:6], abs=1e-4)
    assert {space.key(optimum.graph) for optimum in optima} <= left
    assert len({space.key(optimum.graph) for optimum in optima}) == 6


@pytest.mark.parametrize("known", [True, False])
def test_several_constraints_and_expected_improvement(known: bool) -> None:
    space = nasbench101([4, 5], max_edges=6)
    both = (CONSTRAINTS["pool first"], CONSTRAINTS["cheap"])
    keys = allowed_classes(space, lambda batch: is_pool_first(batch) & is_cheap(batch))
    given = both if known else tuple(replace(one, allows=None) for one in both)
    task = task_on(space, *given)
    mean = task.posterior.mean_and_std(space.listing())[0]
    task = replace(task, acquisition=ExpectedImprovement(float(np.median(mean))))
    truth = values_of(task, keys)
    assert truth[0] < -1e-4
    assert got(MipOptimizer().minimize(task, 3)) == pytest.approx(truth[:3], abs=1e-4)


def test_edges_of_an_edge_labelled_space() -> None:
    space = nasbench201("source-sink")

    def write(block: pyo.Block, h: PathHandles) -> None:
        block.no_3x3_at_last = pyo.Constraint(expr=h.edge_label[2, 3, 2] <= 0)
        block.few = pyo.Constraint(expr=sum(h.edge_label[u, v, 3] for u, v in h.pairs) <= 1)

    def allows(batch: GraphBatch) -> Flags:
        answer: Flags = (batch.edge_labels[:, 2, 3] != 2) & (
            (batch.edge_labels == 3).sum(axis=(1, 2)) <= 1
        )
        return answer

    listing = space.listing()
    keys = set(space.keys(listing.take(allows(listing))))
    for told in (allows, None):
        task = task_on(space, UserConstraint(write, told))
        optima = MipOptimizer().minimize(task, 3)
        assert got(optima) == pytest.approx(values_of(task, keys)[:3], abs=1e-4)


@pytest.mark.parametrize("name", ["labelled", "labelled-any"])
def test_digraphs_take_constraints(name: str) -> None:
    space = DIGRAPHS[name]

    def write(block: pyo.Block, h: PathHandles) -> None:
        block.one = pyo.Constraint(expr=row(h.label[2, 1] >= 1))

    def allows(batch: GraphBatch) -> Flags:
        answer: Flags = batch.node_labels[:, 2] == 1
        return answer

    task = task_on(space, UserConstraint(write, allows))
    truth = got(ExhaustiveOptimizer().minimize(task, 3))
    assert got(MipOptimizer().minimize(task, 3)) == pytest.approx(truth, abs=1e-4)


@pytest.mark.parametrize(("known", "fixed"), list(product([True, False], repeat=2)))
def test_a_constraint_that_nothing_meets(known: bool, fixed: bool) -> None:
    space = nasbench101([4])

    def write(block: pyo.Block, h: PathHandles) -> None:
        if fixed:  # between plain numbers: the source is no pooling
            block.never = pyo.Constraint(expr=row(h.label[0, POOL] >= 1))
        else:
            block.never = pyo.Constraint(expr=h.label[1, 1] + h.label[1, 2] >= 2)

    def allows(batch: GraphBatch) -> Flags:
        return np.zeros(len(batch), dtype=np.bool_)

    task = task_on(space, UserConstraint(write, allows if known else None, name="never"))
    with pytest.raises(NothingLeftError, match="'never'"):
        MipOptimizer().minimize(task)
    if known:
        with pytest.raises(NothingLeftError, match="'never'"):
            ExhaustiveOptimizer().minimize(task)


def test_rows_and_test_that_disagree_are_found_out() -> None:
    space = nasbench101([4])

    def other(batch: GraphBatch) -> Flags:
        answer: Flags = batch.node_labels[:, 1] != POOL
        return answer

    with pytest.raises(EncodingMismatchError):
        MipOptimizer().minimize(task_on(space, UserConstraint(pool_first, other)))

    def everything(batch: GraphBatch) -> Flags:
        return np.ones(len(batch), dtype=np.bool_)

    keys = allowed_classes(space, is_pool_first)
    tasks = [task_on(space, UserConstraint(pool_first, everything), seed=i) for i in range(9)]
    wider = [task for task in tasks if values_of(task, keys)[0] > got_by_listing(task) + 0.01]
    assert wider
    for task in wider[:3]:
        with pytest.raises(EncodingMismatchError):
            MipOptimizer(descents=0).minimize(task)


def got_by_listing(task: Task) -> float:
    """The least value of the space, whatever the constraints."""
    return float(task.acquisition.values(task.posterior, task.space.listing()).min())


def test_what_is_wrong_with_a_constraint_is_said() -> None:
    space = nasbench101([4])
    for answer in (np.ones(3, dtype=np.bool_), np.ones(1)):

        def allows(batch: GraphBatch, answer: object = answer) -> object:
            del batch
            return answer

        bad = UserConstraint(pool_first, allows, name="bad")
        with pytest.raises(BadDataError, match=r"'bad'.*one boolean per graph"):
            ExhaustiveOptimizer().minimize(task_on(space, bad))

    def unbounded(block: pyo.Block, h: PathHandles) -> None:
        block.x = pyo.Var()
        block.y = pyo.Constraint(expr=block.x >= h.edge[0, 1])

    with pytest.raises(ValueError, match="finite bounds"):
        MipOptimizer().minimize(task_on(space, UserConstraint(unbounded)))
    task = task_on(space, UserConstraint(pool_first, is_pool_first, name="pool first")).narrowed()
    graph = LabeledGraph(4, ((0, 1), (1, 2), (2, 3)), (0, 1, 1, 4))
    assert task.space.violations(graph) == ["'pool first' does not allow it"]
    assert task_on(SMALL["nb101-4"]).narrowed().constraints == ()
