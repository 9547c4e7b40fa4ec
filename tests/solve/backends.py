"""The backends that are installed, and problems for them."""

import importlib.util

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.kernels import ExponentialKernel
from nasgoat.mip import AcquisitionProblem, ModelOptions, acquisition_problem
from nasgoat.optimize import Task
from nasgoat.posterior import KernelPosterior
from nasgoat.solve import GurobiSolver, HighsSolver, ScipSolver
from nasgoat.spaces import nasbench101, nasbench201
from tests.mip.oracles_mip import believed, kernel_maps

PACKAGES = {"highs": "highspy", "gurobi": "gurobipy", "scip": "pyscipopt"}
INSTALLED = {
    name: importlib.util.find_spec(package) is not None for name, package in PACKAGES.items()
}
BACKENDS = [
    pytest.param(solver, id=name, marks=pytest.mark.skipif(not INSTALLED[name], reason=name))
    for name, solver in (
        ("highs", HighsSolver()),
        ("gurobi", GurobiSolver()),
        ("scip", ScipSolver()),
    )
]


def hard_task() -> Task:
    """Steep roots, beta 9."""
    space = nasbench201("any")
    posterior = believed(space, kernel_maps(space, 0), 1, count=30, noise=1e-4)
    return Task(LowerConfidenceBound(9.0), posterior, space)


def exponential_task() -> Task:
    """Four nodes, an exponential kernel."""
    space = nasbench101([4])
    linear = believed(space, kernel_maps(space, 0), 1, count=15, noise=1e-2)
    observed, targets = linear.observed, linear.targets
    posterior = KernelPosterior.of(ExponentialKernel(linear.kernel), observed, targets, 1e-2)
    return Task(LowerConfidenceBound(1.0), posterior, space)


def long_task() -> Task:
    """Seconds for every backend without a start."""
    space = nasbench101([6])
    posterior = believed(space, kernel_maps(space, 0), 1, count=40, noise=1e-2)
    return Task(LowerConfidenceBound(9.0), posterior, space)


def task_of(seed: int, noise: float, count: int) -> Task:
    """Five nodes, with duplicates where there are many observations."""
    space = nasbench101([5], max_edges=6)
    posterior = believed(space, kernel_maps(space, seed), seed, count=count, noise=noise)
    return Task(LowerConfidenceBound(1.0), posterior, space)


def problem_of(task: Task, *, joint: bool = True) -> tuple[AcquisitionProblem, np.ndarray]:
    """A problem, and the values of all graphs of its space, ascending."""
    options = ModelOptions(joint=joint)
    problem = acquisition_problem(task.acquisition, task.posterior, task.space, options)
    return problem, np.sort(task.acquisition.values(task.posterior, task.space.listing()))
