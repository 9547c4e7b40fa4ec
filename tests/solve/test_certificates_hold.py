"""Lower bounds and exclusions, attacked where they once were false; enumeration is the oracle."""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import EncodingMismatchError, NoIncumbentError, NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import EdgeLabels, LinearKernel, default_feature_maps
from nasgoat.mip import AcquisitionProblem, acquisition_problem
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Optimum, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits, Progress, ProgressCallback
from nasgoat.solve import HighsSolver, Outcome, Start
from nasgoat.spaces import (
    CellSpace,
    FixedLabel,
    OnPath,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
    UpToIsomorphism,
    digraphs,
    nasbench101,
    nasbench201,
)

OPS = ("input", "a", "b", "output")
RULES = (TopologicalOrder(), OnPath(), FixedLabel(0, 0, True), FixedLabel(-1, 3, True))


def belief(
    space: CellSpace, seed: int = 0, count: int = 10, noise: float = 0.1
) -> FeaturePosterior:
    """A posterior on random members with standard normal targets."""
    rng = np.random.default_rng(seed)
    n = max(space.sizes)
    maps = default_feature_maps(n, len(space.node_alphabet), len(space.edge_alphabet))
    graphs = GraphBatch.of([space.sample(rng) for _ in range(count)], n)
    kernel = LinearKernel(maps, (1.0,) * len(maps))
    return FeaturePosterior.of(kernel, graphs, rng.standard_normal(count), noise)


def hard_task() -> Task:
    """Edge labels alone, steep roots, beta 9."""
    space = nasbench201("any")
    rng = np.random.default_rng(1)
    graphs = GraphBatch.of([space.sample(rng) for _ in range(33)])
    kernel = LinearKernel((EdgeLabels(4, 4),), (63.4,))
    posterior = FeaturePosterior.of(kernel, graphs, rng.standard_normal(33), 7.3e-6)
    return Task(LowerConfidenceBound(9.0), posterior, space)


def least(task: Task) -> float:
    return ExhaustiveOptimizer().minimize(task)[0].certificate.value


def test_a_solve_that_never_starts_proves_nothing() -> None:
    space = nasbench101([5])
    posterior = belief(space, 1, 15, 0.01)
    acquisition = LowerConfidenceBound(1.0)
    values = acquisition.values(posterior, space.listing())
    worst = space.listing()[int(values.argmax())]
    problem = acquisition_problem(acquisition, posterior, space)
    start = Start([problem.cell.copies(worst)[0]])
    outcome = HighsSolver().minimize(problem, Limits(seconds=1e-3), start)
    assert outcome.status == "time_limit"
    assert outcome.lower_bound <= values.min()


@pytest.mark.parametrize(("descents", "seconds"), [(1, 1e-3), (0, 3.0), (1, 3.0)])
def test_bounds_under_a_time_limit_are_true(descents: int, seconds: float) -> None:
    task = hard_task()
    events: list[Progress] = []
    optima: list[Optimum] = []
    with suppress(NoIncumbentError):  # a slow machine finds none without a descent
        optima = MipOptimizer(descents=descents).minimize(
            task, 1, Limits(seconds=seconds), events.append
        )
    claimed = [event.lower_bound for event in events]
    for optimum in optima:
        assert optimum.certificate.status in {"time_limit", "optimal"}
        if optimum.certificate.status == "optimal":  # 3 s may be enough
            assert optimum.certificate.value == pytest.approx(least(task), abs=1e-4)
        claimed.append(optimum.certificate.lower_bound)
    assert all(bound <= least(task) + 1e-6 for bound in claimed if bound is not None)
    assert descents == 0 or optima


def test_a_time_limit_is_kept() -> None:
    """Minutes without it: ten nodes, no start; the limit is for all of the optimum."""
    space = digraphs(10, rules=(Undirected(), StronglyConnected()))
    posterior = belief(space)
    task = Task(LowerConfidenceBound(9.0), posterior, space)
    certificate = MipOptimizer(descents=1).minimize(task, 1, Limits(seconds=1.0))[0].certificate
    assert certificate.status == "time_limit"
    assert certificate.gap is None or certificate.gap > 1e-4
    assert certificate.seconds < 60.0  # a slow machine's start graphs and polls on top


def test_excluding_a_graph_outside_the_space_excludes_nothing() -> None:
    space = nasbench201("all-on-path")
    task = Task(LowerConfidenceBound(1.0), belief(space), space)
    best = ExhaustiveOptimizer().minimize(task)[0].graph
    kept = [edge for edge in best.edges if edge != (0, 1)]
    outside = LabeledGraph(4, tuple(kept), None, tuple(best.edge_label_of[edge] for edge in kept))
    assert not space.contains(outside)
    optimum = MipOptimizer(descents=0).minimize(replace(task, exclude=[outside]))[0]
    assert optimum.certificate.value == pytest.approx(least(task), abs=1e-4)


@pytest.mark.parametrize("descents", [0, 3])
def test_a_single_graph_can_be_found_and_taken(descents: int) -> None:
    space = nasbench101([2])
    task = Task(LowerConfidenceBound(1.0), belief(space, count=2), space)
    optimizer = MipOptimizer(descents=descents)
    assert optimizer.minimize(task)[0].certificate.status == "optimal"
    assert len(optimizer.minimize(task, 2)) == 1
    with pytest.raises(NothingLeftError):
        optimizer.minimize(replace(task, exclude=[*task.exclude, *space.listing()]))


def test_a_further_fixed_node_switches_symmetry_rows_off() -> None:
    identity = UpToIsomorphism((0, 1, -1))
    space = CellSpace("third", (5,), OPS, (), RULES, identity)
    problem = acquisition_problem(PosteriorMean(), belief(space), space)
    assert [graph for graph in space.listing() if not problem.cell.copies(graph)] == []


def test_no_kernel_value_at_all_in_the_data() -> None:
    """Observed: the edgeless cell alone, whose edge-label features are zero."""
    space = nasbench201("any")
    kernel = LinearKernel((EdgeLabels(4, 4),), (1.0,))
    observed = GraphBatch.of([LabeledGraph(4, ())])
    task = Task(
        LowerConfidenceBound(1.0),
        FeaturePosterior.of(kernel, observed, np.ones(1), 0.1),
        space,
    )
    value = MipOptimizer().minimize(task)[0].certificate.value
    assert value == pytest.approx(least(task), abs=1e-4)


@dataclass(frozen=True)
class Liar:
    """HiGHS, with one figure of its answer replaced."""

    field: str
    value: float
    name: str = "liar"

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),  # noqa: B008
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        outcome = HighsSolver().minimize(problem, limits, start, progress)
        changes: dict[str, float] = {self.field: self.value}
        return replace(outcome, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["value", "lower_bound"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 5.0])
def test_a_liar_is_refused(field: str, value: float) -> None:
    space = nasbench101([4])
    task = Task(LowerConfidenceBound(1.0), belief(space, 3), space)
    with pytest.raises(EncodingMismatchError):
        MipOptimizer(solver=Liar(field, value)).minimize(task)


def test_progress_bounds_speak_of_all_node_counts() -> None:
    space = nasbench101((3, 4, 5))
    task = Task(LowerConfidenceBound(1.0), belief(space, 3), space)
    events: list[Progress] = []
    MipOptimizer().minimize(task, progress=events.append)
    true = least(task)
    assert all(event.lower_bound is None or event.lower_bound <= true + 1e-6 for event in events)
