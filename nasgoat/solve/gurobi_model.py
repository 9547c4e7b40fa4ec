"""What Gurobi is given and what it says: rows, errors, ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasgoat.errors import SolverUnavailableError
from nasgoat.mip import AcquisitionProblem, Root, Square
from nasgoat.solve.record import UNBOUNDED
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


def add_quadratic(
    model: Any, problem: AcquisitionProblem, form: StandardForm, x: list[Any]
) -> None:
    """The curves of a problem as quadratic rows.

    Raises:
        SolverUnavailableError: a curve is not quadratic.
    """
    for curve in problem.belief.curves:
        if not isinstance(curve, Square | Root):
            msg = f"Gurobi's native form has no {type(curve).__name__}; use native=False"
            raise SolverUnavailableError(msg)
        argument, value = (form.end(variable, x) for variable in (curve.argument, curve.value))
        if argument is None or value is None:
            continue  # one of them is free to meet the row
        square = isinstance(curve, Square)
        low, high = (argument, value) if square else (value, argument)
        model.addQConstr(low * low <= high)


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


def pool_of(model: Any, x: list[Any], ended: str) -> tuple[list[list[float]], float]:
    """The points in the pool of a solve, and what the objective is at least beside them."""
    kept = []
    for i in range(model.SolCount):
        model.Params.SolutionNumber = i
        kept.append(model.getAttr("Xn" if model.IsMIP else "X", x))  # one graph: a linear program
    if ended == "infeasible":
        return kept, float("inf")
    if ended == "error":
        return kept, -float("inf")
    if ended == "optimal" and not model.IsMIP:
        return kept, float("inf")
    bound = model.PoolObjBound if ended == "optimal" else model.ObjBound
    return kept, float(bound) if abs(bound) < UNBOUNDED else float(np.copysign(np.inf, bound))
