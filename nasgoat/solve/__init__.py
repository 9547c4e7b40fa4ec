"""Solver backends and the k best graphs with their certificates."""

from collections.abc import Callable

from nasgoat.errors import UnknownNameError
from nasgoat.solve.base import Abilities, Clock, Outcome, Solver, Start
from nasgoat.solve.gurobi import GurobiSolver
from nasgoat.solve.highs import HighsSolver
from nasgoat.solve.kbest import Answer, Best, KBest
from nasgoat.solve.scip import ScipSolver
from nasgoat.solve.standard_form import StandardForm, standard_form

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


__all__ = [
    "SOLVERS",
    "Abilities",
    "Answer",
    "Best",
    "Clock",
    "GurobiSolver",
    "HighsSolver",
    "KBest",
    "Outcome",
    "ScipSolver",
    "Solver",
    "StandardForm",
    "Start",
    "solver",
    "standard_form",
]
