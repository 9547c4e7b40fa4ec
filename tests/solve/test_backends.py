"""What every backend must keep; enumeration is the oracle."""

import builtins
import os
import signal
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import NoIncumbentError, NothingLeftError, SolverUnavailableError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.records import Limits, Progress
from nasgoat.solve import SOLVERS, Solver, Start, solver
from nasgoat.solve.record import Design
from tests.mip.oracles_mip import SMALL, believed, kernel_maps, small_problem
from tests.optimize.test_mip_is_exhaustive import TOLERANCE, check, random_task
from tests.solve.backends import BACKENDS, PACKAGES, hard_task, long_task, problem_of, task_of

FALSE = 1e-6  # what a bound may exceed the truth by
each = pytest.mark.parametrize("backend", BACKENDS)


@each
@pytest.mark.parametrize("seed", range(300, 330))
def test_backends_are_exhaustive(backend: Solver, seed: int) -> None:
    drawn = random_task(seed)
    optimizer = MipOptimizer(backend, drawn.options, drawn.descents)
    try:
        truths = ExhaustiveOptimizer().minimize(drawn.task, drawn.task.space.size())
    except NothingLeftError:
        with pytest.raises(NothingLeftError):
            optimizer.minimize(drawn.task)
        return
    values = [optimum.certificate.value for optimum in truths]
    try:
        optima = optimizer.minimize(drawn.task, 3, Limits(seconds=3.0))
    except NoIncumbentError:  # nothing within the limits, nothing claimed
        return
    check(drawn.task, optima, values)


@each
@pytest.mark.parametrize(("noise", "count"), [(1e-6, 6), (1e-6, 80), (0.1, 80)])
def test_ill_conditioned_posteriors_have_true_bounds(
    backend: Solver, noise: float, count: int
) -> None:
    task = task_of(count, noise, count)
    problem, values = problem_of(task)
    events: list[Progress] = []
    outcome = backend.minimize(problem, Limits(seconds=10.0), Start(), events.append)
    assert outcome.lower_bound <= values[0] + FALSE
    assert outcome.value >= values[0] - 1e-9
    for event in events:
        assert event.lower_bound is None or event.lower_bound <= values[0] + FALSE
        assert event.incumbent is None or event.incumbent >= values[0] - 1e-9
    if outcome.status == "optimal":
        assert outcome.value == pytest.approx(values[0], abs=TOLERANCE)


@each
def test_the_anytime_log_is_monotone(backend: Solver) -> None:
    problem, _ = problem_of(hard_task())
    events: list[Progress] = []
    outcome = backend.minimize(problem, Limits(gap=0.05), Start(), events.append)
    seconds = [event.seconds for event in events]
    incumbents = [event.incumbent for event in events if event.incumbent is not None]
    bounds = [event.lower_bound for event in events if event.lower_bound is not None]
    assert seconds == sorted(seconds)
    assert incumbents == sorted(incumbents, reverse=True)
    assert bounds == sorted(bounds)
    assert (incumbents[-1], bounds[-1]) == (outcome.value, outcome.lower_bound)


@each
def test_cutoffs(backend: Solver) -> None:
    problem, values = problem_of(task_of(3, 0.1, 12))
    below = float(values[0]) - 0.5
    outcome = backend.minimize(problem, Limits(), Start((), below))
    assert outcome.graph is None
    assert outcome.value == below
    assert below - 1e-4 <= outcome.lower_bound <= values[0]
    above = float(values[0]) + 0.5
    outcome = backend.minimize(problem, Limits(), Start((), above))
    assert outcome.value == pytest.approx(values[0], abs=TOLERANCE)
    assert outcome.value - outcome.lower_bound <= 1e-4 * max(1.0, abs(outcome.value))


@each
def test_starts_are_valued_and_may_be_bad(backend: Solver) -> None:
    task = task_of(3, 0.1, 12)
    problem, values = problem_of(task)
    listing = task.space.listing()
    order = np.argsort(task.acquisition.values(task.posterior, listing))
    for i in (order[-1], order[0]):
        graph = problem.cell.copies(listing[int(i)])[0]
        outcome = backend.minimize(problem, Limits(), Start([graph]))
        assert outcome.value == pytest.approx(values[0], abs=TOLERANCE)
        assert outcome.status == "optimal"


@each
def test_an_empty_problem_is_proven_empty(backend: Solver) -> None:
    space = SMALL["nb101-3"]
    task = Task(PosteriorMean(), believed(space, kernel_maps(space, 0)), space)
    with pytest.raises(NothingLeftError):
        MipOptimizer(backend, descents=0).minimize(replace(task, exclude=[*space.listing()]))


@each
@pytest.mark.parametrize(
    ("status", "limits"),
    [("time_limit", Limits(seconds=0.01)), ("node_limit", Limits(nodes=1))],
)
def test_limits_leave_a_true_bound(backend: Solver, status: str, limits: Limits) -> None:
    problem, values = problem_of(long_task())
    events: list[Progress] = []
    outcome = backend.minimize(problem, limits, Start(), events.append)
    assert outcome.status == status
    for bound in (outcome.lower_bound, *(event.lower_bound for event in events)):
        assert bound is None or bound <= values[0] + FALSE
        assert bound is None or bound == -np.inf or bound > -1e6  # no solver's word for infinity
    assert outcome.value >= values[0] - 1e-9


@each
def test_a_wide_gap_is_enough_where_it_is_asked_for(backend: Solver) -> None:
    problem, values = problem_of(hard_task())
    outcome = backend.minimize(problem, Limits(gap=0.3))
    assert outcome.status == "optimal"
    assert outcome.lower_bound <= values[0] + FALSE
    assert outcome.value - outcome.lower_bound <= 0.3 * max(1.0, abs(outcome.value))


@each
def test_an_answer_repeats_itself(backend: Solver) -> None:
    task = task_of(5, 0.05, 12)
    first, second = (backend.minimize(problem_of(task)[0], Limits()) for _ in range(2))
    assert first.graph == second.graph
    assert (first.value, first.lower_bound) == (second.value, second.lower_bound)
    assert first.effort["variables"] == second.effort["variables"] > 0


@each
def test_an_interrupt_keeps_what_was_found(
    backend: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Ctrl-C at the first graph of the solver's own, while it runs."""
    task = hard_task()
    problem, values = problem_of(task)
    listing = task.space.listing()
    worst = int(task.acquisition.values(task.posterior, listing).argmax())
    start = problem.cell.copies(listing[worst])[0]
    real = AcquisitionProblem.value
    sent = threading.Event()

    def value(self: AcquisitionProblem, graph: LabeledGraph) -> float:
        if graph != start and not sent.is_set():
            sent.set()
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, graph)

    monkeypatch.setattr(AcquisitionProblem, "value", value)
    outcome = backend.minimize(problem, Limits(gap=0.0, seconds=60.0), Start([start]))
    assert sent.is_set()
    assert outcome.status in {"interrupted", "optimal", "stalled"}  # it may have been quicker
    assert outcome.graph is not None
    assert outcome.lower_bound <= values[0] + FALSE


@each
def test_an_interrupt_outside_the_solver_keeps_what_was_found(
    backend: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Ctrl-C while the model is written for the solver."""
    task = hard_task()
    problem, values = problem_of(task)
    start = problem.cell.copies(task.space.listing()[0])[0]

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Design, "of", interrupted)
    outcome = backend.minimize(problem, Limits(), Start([start]))
    assert (outcome.graph, outcome.status) == (start, "interrupted")
    assert outcome.lower_bound <= values[0]
    assert all(curve.row.active for curve in problem.belief.curves)


@each
def test_an_error_in_a_progress_callback_ends_the_solve(backend: Solver) -> None:
    def broken(event: Progress) -> None:
        msg = "no room for the log"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="no room for the log"):
        backend.minimize(problem_of(hard_task())[0], Limits(), Start(), broken)


@each
def test_nothing_is_printed(backend: Solver, capfd: pytest.CaptureFixture[str]) -> None:
    backend.minimize(small_problem(SMALL["nb101-4"]), Limits())
    assert capfd.readouterr() == ("", "")


@each
def test_the_model_is_left_as_it_was(backend: Solver) -> None:
    problem = small_problem(SMALL["nb101-4"])
    backend.minimize(problem, Limits())
    assert len(problem.model.cuts) == 0
    assert all(curve.row.active for curve in problem.belief.curves)


@pytest.mark.parametrize("name", sorted(SOLVERS))
def test_a_missing_package_says_how_to_get_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(module: str, *args: object, **kwargs: object) -> object:
        if module == PACKAGES[name]:
            raise ImportError(module)
        return real(module, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, PACKAGES[name], raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    task = Task(LowerConfidenceBound(), task_of(0, 0.1, 5).posterior, task_of(0, 0.1, 5).space)
    with pytest.raises(SolverUnavailableError, match=f"pip install {PACKAGES[name]}"):
        MipOptimizer(solver(name)).minimize(task)


@each
def test_certificates_name_the_backend(backend: Solver) -> None:
    name, version = backend.name.split(" ")
    assert SOLVERS[name](1) == backend
    assert version.split(".")[0].isdigit()
