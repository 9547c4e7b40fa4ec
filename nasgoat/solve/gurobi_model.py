"""What Gurobi is given and what it says: rows, errors, ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasgoat.errors import SolverUnavailableError
from nasgoat.mip import AcquisitionProblem
from nasgoat.solve.standard_form import StandardForm

SIZE_LIMIT = 10010  # Gurobi's error number for a model too large for the licence


def gurobipy() -> Any:
    """The package.

    Raises:
        SolverUnavailableError: it is not installed.
    """
    try:
        import gurobipy as package  # noqa: PLC0415  (`import nasgoat` loads no solver)
    except ImportError as error:
        msg = "the solver gurobi needs the package gurobipy; install it: pip install gurobipy"
        raise SolverUnavailableError(msg) from error
    return package


def translated(error: Any, problem: AcquisitionProblem, *, native: bool) -> Exception:
    """An error of Gurobi as one that says what to do."""
    if error.errno == SIZE_LIMIT:
        size = "200 variables with quadratic rows" if native else "2,000 variables and 2,000 rows"
        msg = (
            f"the model of {problem.cell.space.name} is too large for this Gurobi licence (the one "
            f"that comes with gurobipy allows {size}); install a full licence, or use the solver "
            f"highs or scip{', or native=False' if native else ''}"
            f"{', or ModelOptions(joint=False)' if problem.counts.joint is not None else ''}"
        )
    else:
        msg = f"Gurobi refuses to work: {error} (error {error.errno}); is its licence valid?"
    return SolverUnavailableError(msg)


def add_rows(model: Any, form: StandardForm, x: Any) -> None:
    """The rows of a standard form between Gurobi's variables ``x``."""
    equal = form.row_lower == form.row_upper
    senses = np.where(equal, "=", np.where(np.isfinite(form.row_lower), ">", "<"))
    rhs = np.where(senses == "<", form.row_upper, form.row_lower)
    model.addMConstr(form.A, x, senses, rhs)


def status_of(codes: Any, code: int) -> str:
    """How a solve ended."""
    return {
        codes.OPTIMAL: "optimal",
        codes.INFEASIBLE: "infeasible",
        codes.INF_OR_UNBD: "infeasible",  # all variables have finite bounds
        codes.CUTOFF: "infeasible",
        codes.NODE_LIMIT: "node_limit",
        codes.TIME_LIMIT: "time_limit",
        codes.INTERRUPTED: "interrupted",
    }.get(code, "error")
