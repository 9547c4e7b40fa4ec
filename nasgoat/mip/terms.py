"""Small helpers on Pyomo terms that may also be plain numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from nasgoat.errors import EmptySpaceError
from nasgoat.mip.handles import Term


def constant(term: Term) -> float | None:
    """The value of a number, a fixed variable or an expression of those; None if it can vary."""
    if isinstance(term, int | float):
        return float(term)
    return float(pyo.value(term)) if term.is_fixed() else None


def linear(coefficients: Sequence[float], variables: Sequence[pyo.Var]) -> pyo.Expression:
    """``coefficients . variables``; for long sums this is several times quicker than ``sum``."""
    return LinearExpression(linear_coefs=coefficients, linear_vars=variables)


def pin(term: Term, value: float) -> pyo.Constraint | None:
    """Fix a variable, so that solvers never see it; for an expression, return the row that does.

    Raises:
        EmptySpaceError: the term is known to have another value.
    """
    known = constant(term)
    if known is not None:
        if abs(known - value) > 1e-9:
            msg = f"{term} is {known}, it cannot be {value}: the rules contradict each other"
            raise EmptySpaceError(msg)
        return None
    if term.is_variable_type():
        term.fix(value)
        return None
    return term == value


def row(relation: Term) -> Term:
    """A relation as the body of a constraint, also where it holds between plain numbers only.

    Raises:
        EmptySpaceError: it is between numbers, and false.
    """
    if not isinstance(relation, bool):
        return relation
    if not relation:
        msg = "a row is violated whatever the graph: the rules contradict each other"
        raise EmptySpaceError(msg)
    return pyo.Constraint.Skip
