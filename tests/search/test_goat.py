"""The batch rules and acquisition rules of the main method."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError, UnknownNameError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel
from nasgoat.optimize import ExhaustiveOptimizer, Optimum, Task
from nasgoat.posterior import FeaturePosterior, KernelPosterior, Posterior
from nasgoat.records import Limits, Observation, ProgressCallback, Proposal
from nasgoat.search import (
    Alternate,
    GoatSearch,
    TakeTurns,
    TopKPool,
    UseEI,
    UseLCB,
    acquisition_rule,
)
from nasgoat.search.batches import with_fantasy
from nasgoat.search.goat import least_target
from tests.search.toy import SPACE, TINY, FixedSurrogate, Toy


@dataclass
class Spy:
    """The exhaustive optimiser; remembers what it was asked for."""

    tasks: list[tuple[Task, int]] = field(default_factory=list)
    status: str = "optimal"
    name: str = "spy"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        self.tasks.append((task, k))
        found = ExhaustiveOptimizer().minimize(task, k, limits, progress)
        return [
            Optimum(one.graph, replace(one.certificate, status=self.status, seconds=0.5))
            for one in found
        ]


def observed(count: int, seed: int = 0) -> list[Observation]:
    rng = np.random.default_rng(seed)
    cells = list(TINY.enumerate())
    return [Toy(TINY)(cells[i]) for i in rng.choice(len(cells), count, replace=False)]


def propose(
    method: GoatSearch, told: list[Observation], k: int, pending: int = 0
) -> list[Proposal]:
    state = replace(method.start(TINY, np.random.default_rng(0)), graphs=())
    known = {TINY.key(one.graph) for one in told}
    flying = [cell for cell in TINY.enumerate() if TINY.key(cell) not in known][:pending]
    return method.propose(state, told, flying, k, np.random.default_rng(1))[1]


def test_top_k_pool_is_one_problem() -> None:
    spy = Spy()
    told = observed(20)
    proposals = propose(GoatSearch(FixedSurrogate(), spy, batch=TopKPool()), told, 5)
    [(task, k)] = spy.tasks
    assert k == 5
    assert task.acquisition == LowerConfidenceBound(1.0)
    assert list(task.exclude) == [one.graph for one in told]
    assert list(task.starts) == [one.graph for one in sorted(told, key=lambda one: one.value)[:5]]
    values = [one.certificate.value for one in proposals if one.certificate is not None]
    assert values == sorted(values)
    listing = TINY.listing()
    posterior = FixedSurrogate().fit([o.graph for o in told], [o.value for o in told])
    lcb = LowerConfidenceBound(1.0).values(posterior, listing)
    known = {TINY.key(one.graph) for one in told}
    left = [v for v, key in zip(lcb, TINY.keys(listing), strict=True) if key not in known]
    assert values == pytest.approx(sorted(left)[:5])
    assert proposals[0].origin == "acquisition"
    assert set(proposals[0].seconds) == {"fit", "build", "solve"}
    assert [dict(one.seconds) for one in proposals[1:]] == [{"build": 0.0, "solve": 0.5}] * 4


def test_fantasies_tell_each_pick_its_mean_before_the_next() -> None:
    spy = Spy()
    told = observed(20)
    proposals = propose(GoatSearch(FixedSurrogate(), spy), told, 3)
    assert [k for _, k in spy.tasks] == [1, 1, 1]
    posterior: Posterior = FixedSurrogate().fit([o.graph for o in told], [o.value for o in told])
    for i, (task, _) in enumerate(spy.tasks):
        assert isinstance(task.posterior, FeaturePosterior)
        assert len(task.posterior.observed) == len(told) + i
        picked = [one.graph for one in proposals[:i]]
        assert list(task.exclude) == [*(one.graph for one in told), *picked]
        expected = posterior.mean_and_std(TINY.listing())
        np.testing.assert_allclose(task.posterior.mean_and_std(TINY.listing()), expected, atol=1e-9)
        posterior = with_fantasy(posterior, proposals[i].graph)


def test_a_fantasy_keeps_the_mean_and_shrinks_the_deviation() -> None:
    told = observed(8)
    before = FixedSurrogate().fit([o.graph for o in told], [o.value for o in told])
    cell = next(cell for cell in TINY.enumerate() if cell.n == 4)
    after = with_fantasy(before, cell)
    listing = TINY.listing()
    np.testing.assert_allclose(
        after.mean_and_std(listing)[0], before.mean_and_std(listing)[0], atol=1e-9
    )
    assert (after.mean_and_std(listing)[1] <= before.mean_and_std(listing)[1] + 1e-9).all()
    at = GraphBatch.of([cell])
    assert after.mean_and_std(at)[1][0] < before.mean_and_std(at)[1][0]


@pytest.mark.parametrize("batch", [None, TopKPool()])
def test_pending_graphs_are_fantasised_and_excluded(batch: TopKPool | None) -> None:
    spy = Spy()
    method = GoatSearch(FixedSurrogate(), spy)
    method = method if batch is None else replace(method, batch=batch)
    told = observed(12)
    propose(method, told, 2, pending=3)
    task, _ = spy.tasks[0]
    assert isinstance(task.posterior, FeaturePosterior)
    assert len(task.posterior.observed) == 12 + 3
    assert len(task.exclude) == 12 + 3


def test_an_interrupted_solve_ends_the_batch() -> None:
    method = GoatSearch(FixedSurrogate(), Spy(status="interrupted"))
    [proposal] = propose(method, observed(12), 5)
    assert proposal.certificate is not None
    assert proposal.certificate.status == "interrupted"


def test_without_observations_pending_designs_are_followed_by_random_graphs() -> None:
    method = GoatSearch(FixedSurrogate(), Spy(), initial=4)
    state = method.start(SPACE, np.random.default_rng(0))
    _, more = method.propose(state, [], state.graphs, 3, np.random.default_rng(1))
    assert [proposal.origin for proposal in more] == ["random"] * 3


def test_progress_is_passed_on() -> None:
    heard = []
    method = GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), on_progress=heard.append)
    propose(method, observed(12), 1)
    assert heard


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("lcb", LowerConfidenceBound),
        ("mean", PosteriorMean),
        ("ei", ExpectedImprovement),
        ("thompson", ThompsonSample),
    ],
)
def test_acquisition_rules(name: str, kind: type[Acquisition]) -> None:
    spy = Spy()
    method = GoatSearch(FixedSurrogate(), spy, acquisition_rule(name, beta=4.0))
    told = observed(15)
    proposals = propose(method, told, 2)
    assert len(proposals) == 2
    assert all(isinstance(task.acquisition, kind) for task, _ in spy.tasks)
    first, second = (task.acquisition for task, _ in spy.tasks)
    if isinstance(first, LowerConfidenceBound):
        assert first.beta == 4.0
    if isinstance(first, ExpectedImprovement) and isinstance(second, ExpectedImprovement):
        values = np.array([one.value for one in told])
        assert first.best == pytest.approx((values.min() - values.mean()) / values.std())
        assert second.best == first.best  # a fantasy is no improvement
    if isinstance(first, ThompsonSample) and isinstance(second, ThompsonSample):
        assert not np.array_equal(first.coefficients, second.coefficients)


@pytest.mark.parametrize("count", [14, 15])
def test_bounds_take_turns_within_a_batch_and_from_batch_to_batch(count: int) -> None:
    spy = Spy()
    propose(GoatSearch(FixedSurrogate(), spy, TakeTurns()), observed(count), 3, pending=1)
    betas = [(1.0, 16.0, 64.0)[(count + 1 + i) % 3] for i in range(3)]
    assert [task.acquisition for task, _ in spy.tasks] == list(map(LowerConfidenceBound, betas))


@pytest.mark.parametrize("count", [14, 15])
def test_rules_alternate_within_a_batch_and_from_batch_to_batch(count: int) -> None:
    spy = Spy()
    rule = Alternate((UseEI(), UseLCB(2.0)))
    propose(GoatSearch(FixedSurrogate(), spy, rule), observed(count), 3, pending=1)
    kinds = [ExpectedImprovement, LowerConfidenceBound]
    asked = [task.acquisition for task, _ in spy.tasks]
    assert [type(one) for one in asked] == [kinds[(count + 1 + i) % 2] for i in range(3)]
    assert LowerConfidenceBound(2.0) in asked
    with pytest.raises(ValueError, match="at least one rule"):
        Alternate(())


@pytest.mark.parametrize(
    ("betas", "message"), [((), "at least one beta"), ((1.0, -1.0), "beta is a number >= 0")]
)
def test_invalid_turns_are_refused(betas: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TakeTurns(betas)


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="'ucb'; there are: lcb, mean, ei, thompson"):
        acquisition_rule("ucb")
    with pytest.raises(ValueError, match="beta is a number >= 0"):
        acquisition_rule("lcb", beta=-1.0)


def test_thompson_needs_a_linear_kernel() -> None:
    told = observed(6)
    fitted = FixedSurrogate().fit([o.graph for o in told], [o.value for o in told])
    kernel = ExponentialKernel(fitted.kernel)
    posterior = KernelPosterior.of(kernel, fitted.observed, fitted.targets, 1e-2)
    assert least_target(posterior) == fitted.targets.min()
    with pytest.raises(NoEncodingError, match="needs a linear kernel"):
        acquisition_rule("thompson")(posterior, 0.0, np.random.default_rng(0))


def test_a_posterior_without_targets_is_refused() -> None:
    class Blank:
        pass

    with pytest.raises(NoEncodingError, match="Blank has no targets"):
        least_target(Blank())  # type: ignore[arg-type]


def test_fewer_are_left_than_asked_for() -> None:
    told = observed(TINY.size() - 2)
    for method in (
        GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), UseLCB(2.0)),
        GoatSearch(FixedSurrogate(), ExhaustiveOptimizer(), batch=TopKPool()),
    ):
        assert len(propose(method, told, 5)) == 2
