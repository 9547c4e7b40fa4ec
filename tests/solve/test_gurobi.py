"""The Gurobi backend: its licence, and its native form."""

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.errors import SolverUnavailableError
from nasgoat.mip import ModelOptions, acquisition_problem
from nasgoat.records import Limits
from nasgoat.solve import GurobiSolver
from nasgoat.solve.base import Start
from tests.mip.oracles_mip import SMALL, believed, kernel_maps, node_space, small_problem
from tests.solve.backends import exponential_task, hard_task, problem_of

gurobipy = pytest.importorskip("gurobipy")


@pytest.mark.parametrize("space", ["nb101-3", "nb201-path", "edge-budget", "bare-trees"])
def test_the_native_form_is_exhaustive(space: str) -> None:
    for seed in range(3):
        problem = small_problem(SMALL[space], options=ModelOptions(joint=False), seed=seed)
        values = problem.acquisition.values(problem.posterior, SMALL[space].listing())
        outcome = GurobiSolver(native=True).minimize(problem, Limits())
        assert outcome.value == pytest.approx(values.min(), abs=1e-4)
        assert outcome.lower_bound <= values.min() + 1e-6
        assert outcome.status == "optimal"


def test_native_and_lazy_forms_agree() -> None:
    problem, values = problem_of(hard_task(), joint=False)
    for native in (False, True):
        outcome = GurobiSolver(native=native).minimize(problem, Limits())
        assert outcome.lower_bound <= values[0] + 1e-6
        assert outcome.value == pytest.approx(values[0], abs=1e-4)


def test_start_graphs_of_an_exponential_kernel_are_exact_in_the_first_model() -> None:
    task = exponential_task()
    ranked = np.argsort(task.acquisition.values(task.posterior, task.space.listing()))
    starts = [task.space.listing()[i] for i in ranked[:3]]
    problem, values = problem_of(task)
    outcome = GurobiSolver().minimize(problem, Limits(), Start(starts))
    assert outcome.status == "optimal"
    assert values[0] - 1e-4 * abs(values[0]) <= outcome.lower_bound <= values[0] + 1e-6


@pytest.mark.parametrize(("nodes", "native"), [(10, False), (6, True)])
def test_a_model_beyond_the_licence_says_what_to_do(nodes: int, native: bool) -> None:
    if _full_licence():
        pytest.skip("a full licence carries the model")
    space = node_space("wide", (nodes,))
    posterior = believed(space, kernel_maps(space, 0), count=5)
    problem = acquisition_problem(LowerConfidenceBound(), posterior, space)
    with pytest.raises(SolverUnavailableError, match="highs or scip"):
        GurobiSolver(native=native).minimize(problem, Limits())


def _full_licence() -> bool:
    with gurobipy.Env(params={"OutputFlag": 0}) as env, gurobipy.Model(env=env) as model:
        model.addVars(2001)
        try:
            model.optimize()
        except gurobipy.GurobiError:
            return False
        return True
