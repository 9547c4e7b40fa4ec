"""The SCIP backend: its rows, and what it refuses."""

import numpy as np
import pyomo.environ as pyo
import pytest

from nasgoat.errors import SolverUnavailableError
from nasgoat.mip.curves import Exponential, Root, Square
from nasgoat.solve import solver
from nasgoat.solve.scip_model import native_rows, watch_of

scip = pytest.importorskip("pyscipopt")


def largest(curve: object, *, at: float) -> float:
    """The largest value that SCIP allows beside an argument."""
    model = scip.Model()
    model.hideOutput()
    argument = model.addVar(lb=at, ub=at)
    value = model.addVar(lb=-9.0, ub=9.0)
    for row in native_rows(curve, argument, value):
        model.addCons(row)
    sign = 1.0 if isinstance(curve, Square) else -1.0
    model.setObjective(sign * value)
    model.optimize()
    return float(model.getVal(value))


def test_curves_are_what_they_say() -> None:
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(), pyo.Var()
    model.row = pyo.Constraint(expr=model.y >= model.x)
    ends = (model.x, model.y, model.row)
    assert largest(Square(*ends), at=1.5) == pytest.approx(2.25, abs=1e-5)
    assert largest(Root(*ends), at=1.5) == pytest.approx(np.sqrt(1.5), abs=1e-5)
    bend = Exponential(*ends, width=2.0, scale=0.5)
    assert largest(bend, at=0.6) == pytest.approx((np.expm1(1.2) - 1.2) / 0.5, abs=1e-5)


def test_a_curve_without_a_form_is_refused() -> None:
    with pytest.raises(SolverUnavailableError, match="highs"):
        native_rows("a wiggle", 1.0, 2.0)


def test_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="one thread"):
        solver("scip", 2)


def test_an_error_in_an_event_is_kept() -> None:
    """SCIP would print it and go on."""

    def broken(*, found: bool) -> None:
        msg = "broken"
        raise RuntimeError(msg)

    model = scip.Model()
    model.hideOutput()
    x = model.addVar(lb=0.0, ub=5.5, vtype="I")
    model.setObjective(-x)
    watch = watch_of(scip, broken)
    model.includeEventhdlr(watch, "watch", "of the test")
    model.optimize()
    assert isinstance(watch.close(), RuntimeError)
