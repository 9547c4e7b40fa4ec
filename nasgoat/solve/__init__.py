"""Solver backends and the k best graphs with their certificates."""

from collections.abc import Callable

from nasgoat.errors import UnknownNameError
from nasgoat.solve.answers import Answer, Best
from nasgoat.solve.base import Clock, Outcome, Pool, PoolSolver, Solver, Start
from nasgoat.solve.gurobi import GurobiSolver
from nasgoat.solve.highs import HighsSolver
from nasgoat.solve.kbest import KBest
from nasgoat.solve.scip import ScipSolver
from nasgoat.solve.standard_form import StandardForm, standard_form
from nasgoat.solve.states import SolverState, solver_states

SOLVERS: dict[str, Callable[[int], Solver]] = {
    "highs": HighsSolver,
    "gurobi": GurobiSolver,
    "scip": ScipSolver,
}


def solver(name: str, threads: int = 1) -> Solver:
    """A backend by name.

    Raises:
        UnknownNameError: there is no such backend.
    """
    return SOLVERS[UnknownNameError.unless_among("solver", name, SOLVERS)](threads)


def require_installed(backend: Solver) -> None:
    """Refuse a solver that is not there, before anything is evaluated.

    Raises:
        SolverUnavailableError: its package is not installed.
    """
    _ = backend.name  # asks the package for its version


__all__ = [
    "SOLVERS",
    "Answer",
    "Best",
    "Clock",
    "GurobiSolver",
    "HighsSolver",
    "KBest",
    "Outcome",
    "Pool",
    "PoolSolver",
    "ScipSolver",
    "Solver",
    "SolverState",
    "StandardForm",
    "Start",
    "require_installed",
    "solver",
    "solver_states",
    "standard_form",
]
