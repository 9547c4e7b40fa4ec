"""The HiGHS backend at its limits, and the arrays that it is given."""

import builtins
import sys
from collections.abc import Sequence

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import (
    EmptySpaceError,
    NoIncumbentError,
    SolverUnavailableError,
    UnknownNameError,
)
from nasgoat.mip import ModelOptions, acquisition_problem
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.records import Limits
from nasgoat.solve import HighsSolver, KBest, Start, solver, standard_form
from nasgoat.solve.highs import MANY
from nasgoat.solve.highs_model import HighsModel
from nasgoat.solve.standard_form import StandardForm
from nasgoat.spaces import nasbench101, nasbench201
from tests import oracles
from tests.mip.oracles_mip import SMALL, believed, kernel_maps, small_problem


def hard_task() -> Task:
    space = nasbench201("any")
    posterior = believed(space, kernel_maps(space, 0), 1, count=30, noise=1e-4)
    return Task(LowerConfidenceBound(9.0), posterior, space)


def test_node_limit_ends_with_a_true_bound() -> None:
    task = hard_task()
    (optimum,) = MipOptimizer(descents=1).minimize(task, 1, Limits(nodes=1))
    certificate = optimum.certificate
    truth = ExhaustiveOptimizer().minimize(task)[0].certificate.value
    assert certificate.status in {"node_limit", "optimal"}
    assert certificate.lower_bound is not None
    assert certificate.lower_bound <= truth + 1e-6
    assert certificate.value >= truth - 1e-9


def test_no_time_and_no_start_leave_no_incumbent() -> None:
    with pytest.raises(NoIncumbentError, match="allow more time"):
        MipOptimizer(descents=0).minimize(hard_task(), 1, Limits(seconds=1e-4))


def test_a_wide_gap_is_enough_where_it_is_asked_for() -> None:
    task = hard_task()
    truth = ExhaustiveOptimizer().minimize(task)[0].certificate.value
    certificate = MipOptimizer().minimize(task, 1, Limits(gap=0.2))[0].certificate
    assert certificate.status == "optimal"
    assert certificate.gap is not None
    assert certificate.gap <= 0.2
    assert certificate.lower_bound is not None
    assert certificate.lower_bound <= truth + 1e-6


def test_tangents_at_graphs_stay_where_loose_ones_go() -> None:
    """Without them the model is not exact at the optimum, and the proof is never complete."""
    space = nasbench101([6])
    posterior = believed(space, kernel_maps(space, 0), 1, count=30, noise=1e-4)
    task = Task(LowerConfidenceBound(1.0), posterior, space)
    many = ModelOptions(tangents=60)
    for options in (ModelOptions(), many):
        problem = acquisition_problem(task.acquisition, posterior, space, options)
        written = problem.first_cuts([])
        assert (len(written) > MANY) == (options is many)
        assert MipOptimizer(options=options).minimize(task)[0].certificate.status == "optimal"


def test_a_cutoff_below_all_graphs_is_proven() -> None:
    problem = small_problem(SMALL["nb101-4"])
    values = problem.acquisition.values(problem.posterior, SMALL["nb101-4"].listing())
    cutoff = float(values.min()) - 0.5
    outcome = HighsSolver().minimize(problem, Limits(), Start((), cutoff))
    assert outcome.graph is None
    assert outcome.value == cutoff
    assert cutoff - 1e-4 <= outcome.lower_bound <= values.min()


def test_an_answer_repeats_itself() -> None:
    space = SMALL["nb101-4"]
    task = Task(LowerConfidenceBound(2.0), believed(space, kernel_maps(space, 0), 5), space)
    first, second = (MipOptimizer().minimize(task, 5) for _ in range(2))
    assert [o.graph for o in first] == [o.graph for o in second]
    assert [o.certificate.value for o in first] == [o.certificate.value for o in second]
    bounds = [[o.certificate.lower_bound for o in optima] for optima in (first, second)]
    assert bounds[0] == bounds[1]


def test_a_certificate_names_solver_and_version() -> None:
    space = SMALL["nb101-3"]
    task = Task(PosteriorMean(), believed(space, kernel_maps(space, 0)), space)
    certificate = MipOptimizer().minimize(task)[0].certificate
    assert certificate.solver.startswith("highs 1.")
    assert certificate.optimizer == "mip"


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == "highspy":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "highspy", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    space = SMALL["nb101-3"]
    task = Task(PosteriorMean(), believed(space, kernel_maps(space, 0)), space)
    with pytest.raises(SolverUnavailableError, match="pip install highspy"):
        MipOptimizer().minimize(task)


def test_solvers_by_name() -> None:
    assert isinstance(solver("highs"), HighsSolver)
    with pytest.raises(UnknownNameError, match="highs"):
        solver("cplex")


def test_k_best_goes_on_where_it_stopped() -> None:
    space = nasbench101((3, 4))
    task = Task(LowerConfidenceBound(1.0), believed(space, kernel_maps(space, 0), 4), space)
    search = KBest(task.acquisition, task.posterior, space, HighsSolver())
    truths = [o.certificate.value for o in ExhaustiveOptimizer().minimize(task, 12)]
    search.exclude([ExhaustiveOptimizer().minimize(task)[0].graph])
    values = [search.best().certificate.value for _ in range(11)]
    assert values == pytest.approx(truths[1:], abs=1e-4)


def bounded(names: Sequence[str]) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel()
    for name in names:
        model.add_component(name, pyo.Var(bounds=(0.0, 4.0)))
    return model


def test_standard_form_is_the_model() -> None:
    model = bounded("xyz")
    model.y.domain = pyo.Integers
    model.z.fix(2.0)
    model.objective = pyo.Objective(expr=3 * model.x - model.y + model.z + 7.0)
    model.most = pyo.Constraint(expr=model.x + 2 * model.y + model.z <= 5.0)
    model.least = pyo.Constraint(expr=model.x - model.y >= -1.0)
    model.range = pyo.Constraint(expr=(1.0, model.x + model.y, 3.0))
    model.equal = pyo.Constraint(expr=model.x + 4 * model.y == 6.0)
    model.off = pyo.Constraint(expr=model.x == 100.0)
    model.off.deactivate()
    model.empty = pyo.Constraint(expr=model.z <= 2.0)
    form = standard_form(model)
    x, y = form.column_of[id(model.x)], form.column_of[id(model.y)]
    assert id(model.z) not in form.column_of
    assert (form.cost[x], form.cost[y], form.offset) == (3.0, -1.0, 9.0)
    assert (form.integer[x], form.integer[y]) == (False, True)
    point = np.zeros(2)
    rng = np.random.default_rng(0)
    for _ in range(50):
        point[x], point[y] = rng.uniform(0, 4), rng.integers(0, 5)
        model.x.value, model.y.value = point[x], point[y]
        body = form.A @ point
        inside = bool(((body >= form.row_lower) & (body <= form.row_upper)).all())
        rows = (model.most, model.least, model.range, model.equal, model.empty)
        assert inside == all(row.expr() for row in rows)


def test_standard_form_refuses_a_false_row_without_variables() -> None:
    model = bounded("xz")
    model.z.fix(3.0)
    model.objective = pyo.Objective(expr=model.x)
    model.false = pyo.Constraint(expr=model.z <= 2.0)
    with pytest.raises(EmptySpaceError, match="false"):
        standard_form(model)


def test_standard_form_wants_bounds() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0.0, None))
    model.objective = pyo.Objective(expr=model.x)
    with pytest.raises(ValueError, match="x has no finite bounds"):
        standard_form(model)


def test_standard_form_of_a_cut_counts_fixed_variables() -> None:
    model = bounded("xz")
    model.z.fix(3.0)
    model.objective = pyo.Objective(expr=model.x + model.z)
    form = standard_form(model)
    columns, values, fixed = form.row([(model.x, 2.0), (model.z, -1.0)])
    assert (columns, values, fixed) == ([form.column_of[id(model.x)]], [2.0], -3.0)


def test_both_standard_forms_agree() -> None:
    with small_problem(SMALL["nb101-4"]).linear() as model:
        ours, theirs = standard_form(model), oracles.standard_form(model)
    columns = [ours.column_of[id(variable)] for variable in theirs.columns]
    assert abs(ours.A[:, columns] - theirs.matrix).max() == 0.0
    assert (np.where(theirs.senses <= 0, theirs.rhs, -np.inf) == ours.row_lower).all()
    assert (np.where(theirs.senses >= 0, theirs.rhs, np.inf) == ours.row_upper).all()


@pytest.mark.parametrize("error", [2e-11, 3e-10])
@pytest.mark.parametrize("presolve", ["off", "choose"])
def test_rounding_errors_of_rows_fix_no_binary(error: float, presolve: str) -> None:
    """Cuts have such errors; at a tolerance of 1e-7 HiGHS 1.15.1 finds that the first must be 1."""
    form = StandardForm(
        cost=np.array([1.0, -1e-3, -2e-3, -3e-3, -4e-3, 0.0, 0.0]),
        offset=0.0,
        A=sparse.csr_matrix([[-3.4e-5, 0, 0, 0, 0, -1, -1], [0, 1, 1, 1, 1, 0, 1]]),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([-2.0 - error, 3.0]),
        lower=np.zeros(7),
        upper=np.ones(7),
        integer=np.array([True] * 5 + [False] * 2),
        column_of={},
    )
    model = HighsModel.of(form, threads=1)
    model.set({"presolve": presolve})
    assert model.solve(np.inf, 0.0, lambda point: None, lambda: None) == "optimal"
    assert model.bound == pytest.approx(-0.007, abs=2e-5)


def test_a_run_that_never_began_proves_nothing() -> None:
    """HiGHS still tells of the run before, whose bound of a MIP is 0."""
    with small_problem(SMALL["nb101-4"]).linear() as written:
        model = HighsModel.of(standard_form(written), threads=1)
    assert model.solve_relaxation(np.inf) is not None
    assert model.solve(0.0, 0.0, lambda point: None, lambda: None) == "time_limit"
    assert model.bound == -np.inf
    assert model.nodes == 0


def test_small_shares_of_a_row_leave_it_with_room() -> None:
    model = bounded("xyz")
    model.z.setlb(-1.0)
    model.objective = pyo.Objective(expr=model.x)
    model.same = pyo.Constraint(expr=1e-4 * model.x - 2e-4 * model.z + 50.0 * model.y == 3.0)
    model.less = pyo.Constraint(expr=1e-4 * model.x + model.y <= 3.0)
    form = standard_form(model, 1e-5)
    x, y = form.column_of[id(model.x)], form.column_of[id(model.y)]
    assert form.A[0].toarray().ravel()[[x, y]].tolist() == [0.0, 50.0]
    assert form.A[1].toarray().ravel()[[x, y]].tolist() == [1e-4, 1.0]
    assert form.row_lower[0] == pytest.approx(3.0 - 4e-4 - 2e-4)
    assert form.row_upper[0] == pytest.approx(3.0 + 8e-4)
    columns, values, most = form.row([(model.y, 50.0), (model.x, 1e-4), (model.z, -2e-4)])
    assert (columns, values) == ([y], [50.0])
    assert most == pytest.approx(4e-4 + 2e-4)


def test_the_model_is_left_as_it_was() -> None:
    """A solve adds no row to the Pyomo model, so that it can be handed to another solver."""
    space = SMALL["nb101-4"]
    posterior = believed(space, kernel_maps(space, 0), 5)
    problem = acquisition_problem(LowerConfidenceBound(), posterior, space)
    HighsSolver().minimize(problem, Limits())
    assert len(problem.model.cuts) == 0
    assert problem.model.belief.V6_deviation.active
