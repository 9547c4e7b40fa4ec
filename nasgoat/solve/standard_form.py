"""A linear Pyomo model as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from nasgoat.errors import EmptySpaceError

Floats = NDArray[np.float64]

# HiGHS 1.15.1 answers wrongly on rows with smaller coefficients if it is told to keep them, and by
# default drops them without a word. They are left out with their largest effect granted to the row.
LEAST_COEFFICIENT = 1e-7
ROUNDING = 1e-9  # of the right-hand side of a row whose variables are all fixed


@dataclass(frozen=True, slots=True, eq=False)
class StandardForm:
    """``min cost . x + offset`` with ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``."""

    cost: Floats  # (n_columns,)
    offset: float
    A: sparse.csr_matrix  # (n_rows, n_columns)
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]  # (n_columns,)
    column_of: dict[int, int]  # id of a Pyomo variable -> column; none if fixed, or in no row
    share: float = 0.0  # of the largest coefficient of a row, below which others are tiny

    def row(self, terms: Sequence[tuple[pyo.Var, float]]) -> tuple[list[int], list[float], float]:
        """Columns and coefficients of a sum, and the most that all other terms contribute."""
        columns, values, fixed = [], [], 0.0
        largest = max(
            (abs(a) for variable, a in terms if id(variable) in self.column_of), default=0
        )
        least = max(LEAST_COEFFICIENT, self.share * largest)
        for variable, coefficient in terms:
            column = self.column_of.get(id(variable))
            if column is not None and abs(coefficient) >= least:
                columns.append(column)
                values.append(float(coefficient))
            elif variable.fixed:
                fixed += coefficient * float(variable.value)
            else:
                fixed += max(coefficient * float(end) for end in variable.bounds)
        return columns, values, fixed

    def end(self, variable: pyo.Var, columns: Sequence[Any] | Floats) -> Any:
        """What stands for a variable among things that are one per column.

        Returns:
            That of its column; for a fixed variable its value; None where nothing else looks at
            the variable, so that it can have any value within its bounds.
        """
        column = self.column_of.get(id(variable))
        if column is not None:
            return columns[column]
        return float(variable.value) if variable.fixed else None

    def value(self, variable: pyo.Var, point: Sequence[float] | Floats) -> float:
        """The value of a variable at a point; its least one where it can have any."""
        value = self.end(variable, point)
        return float(variable.lb if value is None else value)


def standard_form(model: pyo.ConcreteModel, share: float = 0.0) -> StandardForm:
    """Compile the active rows of a model, all of them linear.

    Args:
        model: of bounded variables.
        share: coefficients below this share of the largest one of their row leave it, as tiny ones
            always do, with their largest effect granted to the row.

    Raises:
        EmptySpaceError: a row is violated by its fixed variables alone.
        ValueError: a variable without finite bounds: solvers may answer wrongly on such models.
    """
    try:
        with PauseGC():
            form = LinearStandardFormCompiler().write(model, mixed_form=True)
    except InfeasibleConstraintException as error:
        msg = f"the rows of {model.name} contradict each other: {error}"
        raise EmptySpaceError(msg) from error
    columns = list(form.columns)
    for variable in columns:
        if variable.lb is None or variable.ub is None:
            msg = f"variable {variable.name} has no finite bounds; give it some"
            raise ValueError(msg)
    sense = np.array([row.bound_type for row in form.rows])  # -1: >=, 0: ==, 1: <=
    rhs = np.asarray(form.rhs, dtype=float)
    A = sparse.csr_matrix(form.A)
    # Pyomo keeps rows of fixed variables only, as empty ones; those that do not hold must stay
    empty = np.diff(A.indptr) == 0
    holds = np.where(sense == 0, np.abs(rhs) <= ROUNDING, sense * rhs >= -ROUNDING)
    kept = ~(empty & holds)
    A, sense, rhs = A[kept], sense[kept], rhs[kept]
    lower = np.array([float(variable.lb) for variable in columns])
    upper = np.array([float(variable.ub) for variable in columns])
    A, least, most = without_tiny(A, lower, upper, share)
    return StandardForm(
        cost=form.c.toarray()[0].astype(float),
        offset=float(form.c_offset[0]),
        A=A,
        row_lower=np.where(sense <= 0, rhs, -np.inf) - most,
        row_upper=np.where(sense >= 0, rhs, np.inf) - least,
        lower=lower,
        upper=upper,
        integer=np.array([not variable.is_continuous() for variable in columns], dtype=np.bool_),
        column_of={id(variable): i for i, variable in enumerate(columns)},
        share=share,
    )


def without_tiny(
    A: sparse.csr_matrix, lower: Floats, upper: Floats, share: float
) -> tuple[sparse.csr_matrix, Floats, Floats]:
    """A matrix without its tiny coefficients, and the range of what they contribute to each row."""
    size = abs(A)
    largest = np.asarray(size.max(axis=1).todense()).ravel() if A.shape[1] else np.zeros(A.shape[0])
    least = np.maximum(LEAST_COEFFICIENT, share * largest)
    tiny = A.copy()
    tiny.data = np.where(size.data < np.repeat(least, np.diff(A.indptr)), A.data, 0.0)
    tiny.eliminate_zeros()
    up, down = tiny.maximum(0.0), tiny.minimum(0.0)
    low, high = up @ lower + down @ upper, up @ upper + down @ lower
    return sparse.csr_matrix(A - tiny), low, high
