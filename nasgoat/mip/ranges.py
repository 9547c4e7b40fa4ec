"""Proven ranges of linear functions of the counts: linear programs over a model."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.optimize import linprog

from nasgoat.errors import EmptySpaceError
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.handles import Term

Floats = NDArray[np.float64]

# Of what the bounds of the counts allow. A row that only the end of a range leaves slack must have
# more of it than HiGHS tolerates, or its presolve takes all variables of the row for fixed
MARGIN = 1e-5
EQUAL = 1e-7  # of the same; an end so close to what the bounds allow is that
SOLVED = 0  # scipy's status of a linear program that was solved to optimality
INFEASIBLE = 2  # and of one without a feasible point


def ranges(model: pyo.ConcreteModel, counts: CountHandles, rows: Floats) -> tuple[Floats, Floats]:
    """Least and largest value of ``rows @ c`` over the linear relaxation of a model.

    A linear program that is not solved leaves the range that the bounds of the counts allow.

    Args:
        model: holds the graphs and the counts, all active rows linear, without an objective.
        counts: whose values ``c`` are.
        rows: ``(R, C)``.

    Returns:
        Lower and upper bounds, ``(R,)`` each, which hold at every graph.

    Raises:
        EmptySpaceError: the rows of the model contradict each other.
    """
    known = ~np.isnan(counts.known)
    low, high = rough_ranges(counts, rows)
    margin = MARGIN * (high - low)
    binary = (rows != 0.0) & ~known
    single = (binary.sum(axis=1) == 1) & (
        binary @ counts.upper == 1.0
    )  # both values are taken for possible
    program = _Program(model)
    columns = program.columns([counts.variable[j] for j in range(len(known))])
    for i in np.flatnonzero((margin > 0.0) & ~single):
        unit = float(np.abs(rows[i]).max())
        shared = float(rows[i, known] @ counts.known[known])
        cost = np.zeros(program.size)
        used = ~known & (rows[i] != 0.0)
        cost[columns[used]] = rows[i, used] / unit
        below, above = program.range_of(cost)
        width, least, most = high[i] - low[i], unit * below + shared, unit * above + shared
        if least > low[i] + EQUAL * width:
            low[i] = least - margin[i]
        if most < high[i] - EQUAL * width:
            high[i] = most + margin[i]
    return low, np.maximum(low, high)


def rough_ranges(counts: CountHandles, rows: Floats) -> tuple[Floats, Floats]:
    """The same by the bounds of the counts alone, which may be wider."""
    known = ~np.isnan(counts.known)
    least, most = np.where(known, counts.known, 0.0), np.where(known, counts.known, counts.upper)
    low = np.minimum(rows, 0.0) @ most + np.maximum(rows, 0.0) @ least
    high = np.maximum(rows, 0.0) @ most + np.minimum(rows, 0.0) @ least
    return low, high


def range_of(model: pyo.ConcreteModel, term: Term) -> tuple[float, float]:
    """The same for any linear expression; it may be infinite where a program is not solved.

    Raises:
        EmptySpaceError: no point meets the rows of the model.
    """
    program = _Program(model, term)
    unit = float(np.abs(program.cost).max(initial=0.0))
    if unit == 0.0:
        return program.offset, program.offset
    below, above = program.range_of(program.cost / unit)
    margin = MARGIN * unit * max(1.0, above - below)
    return unit * below + program.offset - margin, unit * above + program.offset + margin


class _Program:
    """The linear relaxation of a model, as arrays."""

    def __init__(self, model: pyo.ConcreteModel, term: Term = 0.0) -> None:
        self._name = model.name
        model.any_graph = pyo.Objective(expr=term)
        try:
            with PauseGC():
                form = LinearStandardFormCompiler().write(model, mixed_form=True)
        except InfeasibleConstraintException as error:
            msg = f"the rows of {model.name} contradict each other: {error}"
            raise EmptySpaceError(msg) from error
        finally:
            model.del_component("any_graph")
        self._column_of = {id(variable): i for i, variable in enumerate(form.columns)}
        sense = np.array([row.bound_type for row in form.rows])  # -1: >=, 0: ==, 1: <=
        rhs, A = np.asarray(form.rhs, dtype=float), form.A.tocsr()
        sign = sense[sense != 0]
        self._A_ub = A[sense != 0].multiply(sign[:, None]).tocsr()
        self._b_ub = sign * rhs[sense != 0]
        self._A_eq, self._b_eq = A[sense == 0], rhs[sense == 0]
        self._bounds = [(variable.lb, variable.ub) for variable in form.columns]
        self.size = len(form.columns)
        self.cost: Floats = form.c.toarray()[0].astype(float)
        self.offset = float(form.c_offset[0])

    def columns(self, variables: list[pyo.Var]) -> NDArray[np.int64]:
        """Where variables stand; -1 for those that are fixed."""
        return np.array([self._column_of.get(id(variable), -1) for variable in variables])

    def range_of(self, cost: Floats) -> tuple[float, float]:
        """Least and largest value of ``cost . x``; infinite where the program is not solved."""
        return self._least(cost), -self._least(-cost)

    def _least(self, cost: Floats) -> float:
        found = linprog(
            cost, self._A_ub, self._b_ub, self._A_eq, self._b_eq, self._bounds, method="highs-ds"
        )
        if found.status == INFEASIBLE:
            msg = f"the rows of {self._name} contradict each other: their relaxation is empty"
            raise EmptySpaceError(msg)
        return -np.inf if found.fun is None or found.status != SOLVED else float(found.fun)
