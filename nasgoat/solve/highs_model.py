"""A HiGHS model: what the package ``highspy`` is asked for, in our words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, csr_matrix

from nasgoat.errors import SolverUnavailableError
from nasgoat.mip import Cut
from nasgoat.solve.aside import run_aside
from nasgoat.solve.standard_form import StandardForm, without_tiny

Floats = NDArray[np.float64]

# Ten times HiGHS's own. An integer variable's bound is propagated, then rounded away from the
# solution if it exceeds an integer by this tolerance; a rounding error of a row divided by a
# small coefficient does that where the tolerance is tight (docs/solver.md)
TOLERANCE = 1e-5
OPTIONS = {
    "mip_rel_gap": 0.0,  # the absolute gap decides
    "primal_feasibility_tolerance": 1e-8,
    "mip_feasibility_tolerance": TOLERANCE,
    # HiGHS 1.15.1 loses solutions after a restart, and by a presolve rule that drops an equality
    # clique (its issues 2439 and 3216): models of this package came out wrong with either of them
    "mip_allow_restart": False,
    "presolve_rule_off": 65536,
    # the start is nearly always the optimum: searching for a better one took a fifth of the time
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_pscost_minreliable": 1,
}
LARGE = 1e20
SMALL = 0.1  # objectives of smaller coefficients get a unit of their own
FEASIBLE = 2  # HiGHS's SolutionStatus.kSolutionStatusFeasible
STATUS = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "infeasible",  # all variables have finite bounds
    "kTimeLimit": "time_limit",
    "kSolutionLimit": "node_limit",
    "kInterrupt": "interrupted",
    "kObjectiveBound": "enough",
}


def highspy() -> Any:
    """The package.

    Raises:
        SolverUnavailableError: it is not installed.
    """
    try:
        import highspy as package  # noqa: PLC0415  (`import nasgoat` loads no solver)
    except ImportError as error:
        msg = "the solver highs needs the package highspy; install it: pip install highspy"
        raise SolverUnavailableError(msg) from error
    return package


def _unit_of(cost: Floats) -> float:
    """A power of two that brings small costs to 1: HiGHS's tolerances are absolute."""
    largest = float(np.abs(cost).max(initial=0.0))
    return float(2.0 ** np.floor(np.log2(largest))) if 0.0 < largest < SMALL else 1.0


@dataclass(slots=True)
class HighsModel:
    """A linear model with integer variables, and a row for a ceiling of the objective."""

    highs: Any
    form: StandardForm
    ceiling_row: int
    unit: float = 1.0  # of the objective inside HiGHS
    spared: float = 0.0  # the least that coefficients left out of the ceiling's row contribute
    interrupted: bool = False
    _ran: bool = False  # the last run began; else HiGHS's information is of another one
    _every: NDArray[np.int32] = field(init=False)

    @classmethod
    def of(cls, form: StandardForm, threads: int) -> Self:
        """Pass a model to HiGHS."""
        package = highspy()
        lp = package.HighsLp()
        lp.num_col_, lp.num_row_ = len(form.cost), len(form.row_lower)
        unit = _unit_of(form.cost)
        lp.col_cost_, lp.offset_ = form.cost / unit, form.offset / unit
        lp.col_lower_, lp.col_upper_ = form.lower, form.upper
        lp.row_lower_, lp.row_upper_ = form.row_lower, form.row_upper
        lp.a_matrix_.format_ = package.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = form.A.indptr
        lp.a_matrix_.index_ = form.A.indices
        lp.a_matrix_.value_ = form.A.data
        highs = package.Highs()
        highs.silent()
        for name, value in {"threads": threads, **OPTIONS}.items():
            highs.setOptionValue(name, value)
        highs.HandleUserInterrupt = True
        highs.passModel(lp)
        row, least, _ = without_tiny(csr_matrix(form.cost), form.lower, form.upper, form.share)
        highs.addRow(-LARGE, LARGE, row.nnz, row.indices, row.data / unit)
        return cls(highs, form, len(form.row_lower), unit, float(least[0]))

    def __post_init__(self) -> None:
        self._every = np.arange(len(self.form.cost), dtype=np.int32)

    def add(self, cuts: Iterable[Cut]) -> None:
        """Add rows; HiGHS forgets its solution."""
        rows = [(cut.lower, *self.form.row(cut.terms)) for cut in cuts]
        if not rows:
            return
        lower = np.array([lower - fixed for lower, _, _, fixed in rows])
        lengths = [len(columns) for _, columns, _, _ in rows]
        starts = np.cumsum([0, *lengths[:-1]], dtype=np.int32)
        index = np.array([j for _, columns, _, _ in rows for j in columns], dtype=np.int32)
        values = np.array([a for _, _, some, _ in rows for a in some], dtype=float)
        upper = np.full(len(rows), LARGE)
        self.highs.addRows(len(rows), lower, upper, len(index), starts, index, values)

    def keep_below(self, objective: float) -> None:
        """Make points with a larger objective infeasible."""
        ceiling = (objective - self.form.offset - self.spared) / self.unit
        self.highs.changeRowBounds(self.ceiling_row, -LARGE, ceiling)

    def set(self, options: Mapping[str, Any]) -> None:
        """Set options of HiGHS."""
        for name, value in options.items():
            self.highs.setOptionValue(name, value)

    def solve_relaxation(
        self, seconds: float, enough: float = np.inf
    ) -> tuple[float, Floats] | None:
        """A bound by the LP relaxation, and its optimum; None where it was not solved.

        Args:
            seconds: of this run alone.
            enough: once the bound exceeds it the simplex method stops, and the point is no optimum.
        """
        self._set_integer(self.form.integer & False)
        # presolve hides the bound from the simplex method
        presolve = "off" if enough < LARGE else "choose"
        self.set({"objective_bound": enough / self.unit, "presolve": presolve})
        status = self._run(seconds)
        self.set({"objective_bound": np.inf, "presolve": "choose"})
        if status not in ("optimal", "enough"):
            return None
        return self._weak_duality(), self._point

    def _weak_duality(self) -> float:
        """A lower bound from the row multipliers of the last LP, whatever their quality.

        ``c . x = y . A x + (c - A' y) . x``, and both terms are least at a bound of ``A x`` and
        ``x``.
        """
        lp = self.highs.getLp()
        shape, matrix = (lp.num_row_, lp.num_col_), lp.a_matrix_
        by_row = matrix.format_ == highspy().MatrixFormat.kRowwise
        kind = csr_array if by_row else csc_array
        A = kind((matrix.value_, matrix.index_, matrix.start_), shape=shape)
        y = np.array(self.highs.getSolution().row_dual)
        ends = np.where(y > 0.0, np.array(lp.row_lower_), np.array(lp.row_upper_))
        y[np.abs(ends) >= LARGE] = 0.0  # a multiplier of the wrong sign is rounding
        used = y != 0.0
        d = np.array(lp.col_cost_) - A.T @ y
        least = np.where(d > 0.0, d * np.array(lp.col_lower_), d * np.array(lp.col_upper_))
        return self.unit * float(lp.offset_ + y[used] @ ends[used] + least.sum())

    def suggest(self, values: Mapping[int, float]) -> None:
        """Start from the solution with these values of the design."""
        columns = np.array(list(values), dtype=np.int32)
        self.highs.setSolution(len(columns), columns, np.array(list(values.values())))

    def solve(
        self,
        seconds: float,
        gap: float,
        on_solution: Callable[[Floats], None],
        meanwhile: Callable[[], None],
    ) -> str:
        """Solve the MIP; return how it ended.

        HiGHS's callbacks tell bounds, too, but some of them are of its heuristics' own models.

        Args:
            seconds: of this run alone.
            gap: of objective and bound, at which it may end.
            on_solution: hears of every better solution, from another thread.
            meanwhile: called now and then.
        """
        self._set_integer(self.form.integer)
        self.set({"mip_abs_gap": gap / self.unit})

        def solution(event: Any) -> None:
            on_solution(np.asarray(event.data_out.mip_solution))

        self.highs.cbMipImprovingSolution.subscribe(solution)
        status = self._run(seconds, meanwhile)
        self.highs.cbMipImprovingSolution.unsubscribe(solution)
        if status == "not_run":
            return "time_limit"
        info = self.highs.getInfo()
        if info.valid and info.primal_solution_status == FEASIBLE:
            on_solution(self._point)
        return status

    @property
    def bound(self) -> float:
        """What the last run proved; nothing where HiGHS sets to zero what it does not know."""
        info = self.highs.getInfo()
        if not (self._ran and info.valid):
            return -np.inf
        if self.form.integer.any():
            return self.unit * float(info.mip_dual_bound)
        optimal = STATUS.get(self.highs.getModelStatus().name) == "optimal"
        return self._objective if optimal else -np.inf  # an LP has no MIP bound

    @property
    def nodes(self) -> int:
        """Branch-and-bound nodes of the last run."""
        return max(int(self.highs.getInfo().mip_node_count), 0) if self._ran else 0

    @property
    def _objective(self) -> float:
        return self.unit * float(self.highs.getInfo().objective_function_value)

    @property
    def _point(self) -> Floats:
        return np.array(self.highs.getSolution().col_value)

    def _set_integer(self, flags: NDArray[np.bool_]) -> None:
        self.highs.changeColsIntegrality(len(self._every), self._every, flags.astype(np.uint8))

    def _run(self, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> str:
        self._ran = seconds > 0
        if not self._ran:
            return "not_run"
        self.highs.setOptionValue("time_limit", min(seconds, LARGE))
        if run_aside(self.highs.run, self.highs.cancelSolve, meanwhile):
            self.interrupted = True
        if self.interrupted:
            return "interrupted"
        return STATUS.get(self.highs.getModelStatus().name, "error")
