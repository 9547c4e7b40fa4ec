"""HiGHS: MILPs, re-solved with tangents of the variance rows until the proof is complete.

HiGHS takes no lazy rows and no quadratic ones. The linear model bounds the acquisition from below;
each graph it returns is valued exactly and gets tangents that make the model exact there, so the
bound and the best value meet after finitely many solves (docs/math.md, 6.3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import SolverUnavailableError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem, Cut
from nasgoat.mip.terms import constant
from nasgoat.records import AUDIT_TOL, Limits, Progress, ProgressCallback
from nasgoat.solve.base import Abilities, Clock, Outcome, Start
from nasgoat.solve.standard_form import StandardForm, standard_form

Floats = NDArray[np.float64]

# HiGHS's own 1e-6 is coarse where the root is steep (docs/math.md, 6.3). Now and then HiGHS finds
# its final solution over the tolerance by a hair and drops the whole proof: then comes the next.
TOLERANCES = (1e-8, 1e-7, 1e-6)
OPTIONS = {
    "mip_rel_gap": 0.0,  # the absolute gap decides
    "small_matrix_value": 1e-12,  # dropped coefficients would move the bound
    # HiGHS 1.15.1 loses solutions after a restart, and by a presolve rule that drops an equality
    # clique (its issues 2439 and 3216): models of this package came out wrong with either of them
    "mip_allow_restart": False,
    "presolve_rule_off": 65536,
    # the start is nearly always the optimum: heuristics took a tenth of the time
    "mip_heuristic_effort": 0.0,
    "mip_pscost_minreliable": 2,
}
MIP_SHARE = 0.3  # of the gap is left to HiGHS, the rest to the tangents
ROOT_ROUNDS = 12  # of tangents at the LP relaxation before the first MIP
POLL = 0.1  # seconds between looks at the solver thread
WORST = 1e20
FEASIBLE = 2  # HiGHS's SolutionStatus.kSolutionStatusFeasible
LP_MARGIN = 1e-6  # relative; the LP optimum is a bound up to the simplex method's dual tolerance


@dataclass(frozen=True, slots=True)
class HighsSolver:
    """The HiGHS backend.

    Args:
        threads: for branch and bound; 1 is deterministic across machines of different sizes.
        seed: HiGHS's random seed.
    """

    threads: int = 1
    seed: int = 0

    @property
    def abilities(self) -> Abilities:
        """None: HiGHS takes linear rows, and all of them beforehand."""
        return Abilities()

    @property
    def name(self) -> str:
        return f"highs {_highspy().Highs().version()}"

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """See ``Solver.minimize``."""
        return _Solve(problem, limits, start, progress, self).run()


def _highspy() -> Any:
    try:
        import highspy  # noqa: PLC0415  (`import nasgoat` loads no solver)
    except ImportError as error:
        msg = "the solver highs needs the package highspy; install it: pip install highspy"
        raise SolverUnavailableError(msg) from error
    return highspy


@dataclass(slots=True)
class _Solve:
    """One minimisation; holds what changes while it runs."""

    problem: AcquisitionProblem
    limits: Limits
    start: Start
    progress: ProgressCallback | None
    solver: HighsSolver
    clock: Clock = field(init=False)
    best: LabeledGraph | None = None
    value: float = float("inf")
    bound: float = -float("inf")
    seen: set[LabeledGraph] = field(default_factory=set)
    interrupted: bool = False
    highs: Any = None
    form: StandardForm = field(init=False)
    design: list[tuple[int | None, float]] = field(default_factory=list)
    cutoff_row: int = -1
    effort: Counter[str] = field(default_factory=Counter)

    def run(self) -> Outcome:
        self.clock = Clock(self.limits.seconds)
        self.value = self.start.cutoff
        self._load()
        cuts = self.problem.first_cuts(self.start.graphs)
        for graph in self.start.graphs:
            cuts += self._visit(graph)
        self._add(cuts)
        self._tighten_root()
        status, attempts = "optimal", 0
        while not self._closed:
            known = len(self.seen)
            status = self._solve_mip(attempts)
            if status == "error" and attempts + 1 < len(TOLERANCES):
                attempts += 1
                continue
            if status == "infeasible" and self.best is None:
                self.bound, status = self.value, "optimal"  # no graph is better than the cutoff
                break
            if status != "optimal":
                # "infeasible" beside a graph that was found is a solver gone wrong: no proof
                status = "stalled" if status in ("infeasible", "error") else status
                break
            if len(self.seen) == known and not self._closed:
                status = "stalled"  # every graph found has its tangents already: rounding is left
                break
        return Outcome(self.best, self.value, self.bound, status, dict(self.effort))

    @property
    def _scale(self) -> float:
        return max(1.0, abs(self.value)) if np.isfinite(self.value) else 1.0

    @property
    def _closed(self) -> bool:
        return self.value - self.bound <= self.limits.gap * self._scale

    def _load(self) -> None:
        """Pass the linear model to HiGHS, with a row for the objective cutoff."""
        highspy = _highspy()
        with self.problem.linear() as model:
            self.form = form = standard_form(model)
        for term in self.problem.cell.design:
            known = constant(term)
            column = None if known is not None else form.column_of[id(term)]
            self.design.append((column, known or 0.0))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(form.cost), len(form.row_lower)
        lp.col_cost_, lp.offset_ = form.cost, form.offset
        lp.col_lower_, lp.col_upper_ = form.lower, form.upper
        lp.row_lower_, lp.row_upper_ = form.row_lower, form.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = form.A.indptr
        lp.a_matrix_.index_ = form.A.indices
        lp.a_matrix_.value_ = form.A.data
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in form.integer]
        self.highs = highs = highspy.Highs()
        highs.silent()
        highs.setOptionValue("threads", self.solver.threads)
        highs.setOptionValue("primal_feasibility_tolerance", TOLERANCES[0])
        for name, value in OPTIONS.items():
            highs.setOptionValue(name, value)
        highs.HandleUserInterrupt = True
        highs.passModel(lp)
        self.effort.update(variables=lp.num_col_, rows=lp.num_row_)
        self.cutoff_row = highs.getNumRow()
        used = np.flatnonzero(form.cost)
        highs.addRow(-highspy.kHighsInf, highspy.kHighsInf, len(used), used, form.cost[used])

    def _add(self, cuts: list[Cut]) -> None:
        for cut in cuts:
            columns, values, fixed = self.form.row(cut.terms)
            lower = cut.lower - fixed
            self.highs.addRow(
                lower, WORST, len(columns), np.array(columns, np.int32), np.array(values)
            )

    def _visit(self, graph: LabeledGraph) -> list[Cut]:
        """Value a feasible graph exactly; return its tangents, none if it was seen before."""
        if graph in self.seen:
            return []
        self.seen.add(graph)
        value = self.problem.value(graph)
        if value < self.value:
            self.best, self.value = graph, value
        return self.problem.cuts_at(graph)

    def _tighten_root(self) -> None:
        """Add tangents at the LP relaxation's optimum, as long as its bound moves."""
        if not self.problem.belief.curves:
            return
        continuous, integer = _kinds(self.form.integer)
        every = np.arange(len(continuous), dtype=np.int32)
        self.highs.changeColsIntegrality(len(every), every, continuous)
        before = -float("inf")
        for _ in range(ROOT_ROUNDS):
            if self._execute() != "optimal":
                break
            bound = self.highs.getInfo().objective_function_value
            self.bound = max(self.bound, bound - LP_MARGIN * max(1.0, abs(bound)))
            if bound - before < 1e-3 * self._scale:
                break
            before = bound
            x = np.asarray(self.highs.getSolution().col_value)
            self._add(self.problem.cuts_at_point(partial(self._value_of, x)))
        self.highs.changeColsIntegrality(len(every), every, integer)

    def _value_of(self, x: Floats, variable: Any) -> float:
        """The value of a Pyomo variable at a point of the solver's columns."""
        column = self.form.column_of.get(id(variable))
        return float(variable.value) if column is None else float(x[column])

    def _solve_mip(self, attempts: int) -> str:
        """Solve the current MILP; update incumbent, bound and tangents."""
        self.highs.setOptionValue("mip_feasibility_tolerance", TOLERANCES[attempts])
        self.highs.setOptionValue("random_seed", self.solver.seed + attempts)
        if np.isfinite(self.value):
            # the incumbent's tangents leave it below this row, so that "infeasible" means "proven"
            ceiling = self.value + AUDIT_TOL * self._scale - self.form.offset
            self.highs.changeRowBounds(self.cutoff_row, -WORST, ceiling)
        self.highs.setOptionValue("mip_abs_gap", MIP_SHARE * self.limits.gap * self._scale)
        if self.limits.nodes is not None:
            self.highs.setOptionValue("mip_max_nodes", self.limits.nodes)
        self._suggest()
        found: list[LabeledGraph] = []

        def on_solution(event: Any) -> None:
            found.append(self._graph_at(np.asarray(event.data_out.mip_solution)))

        self.highs.cbMipImprovingSolution.subscribe(on_solution)
        status = self._execute()
        self.highs.cbMipImprovingSolution.unsubscribe(on_solution)
        if status == "not_run":
            return "time_limit"
        info = self.highs.getInfo()
        self.effort.update(rounds=1, nodes=max(int(info.mip_node_count), 0))
        self.bound = max(self.bound, self._proven(info, status))
        if info.valid and info.primal_solution_status == FEASIBLE:
            found.append(self._graph_at(np.asarray(self.highs.getSolution().col_value)))
        for graph in found:
            self._add(self._visit(graph))
        self._report()
        return status

    def _proven(self, info: Any, status: str) -> float:
        """The bound that HiGHS proved in its last run; what it does not know it sets to zero."""
        if not info.valid:
            return -np.inf
        if self.form.integer.any():
            bound = float(info.mip_dual_bound)
        else:  # an LP has no MIP bound
            bound = float(info.objective_function_value) if status == "optimal" else -np.inf
        return bound if np.isfinite(bound) else -np.inf

    def _suggest(self) -> None:
        """Start from the best graph (HiGHS forgets its solution whenever a row is added)."""
        if self.best is None:
            return
        values = self.problem.cell.design_of(self.best)
        pairs = [
            (column, float(value))
            for (column, _), value in zip(self.design, values, strict=True)
            if column is not None
        ]
        columns = np.array([column for column, _ in pairs], dtype=np.int32)
        self.highs.setSolution(len(pairs), columns, np.array([value for _, value in pairs]))

    def _graph_at(self, x: Floats) -> LabeledGraph:
        design = [known if column is None else float(x[column]) for column, known in self.design]
        return self.problem.cell.graph_at(design)

    def _execute(self) -> str:
        """Run HiGHS in its own thread, so that Ctrl-C reaches us; return how it ended."""
        if self.clock.left <= 0:
            return "not_run"
        self.highs.setOptionValue("time_limit", min(self.clock.left, WORST))  # of this run alone
        thread = self.highs.startSolve()
        finished = False
        while not finished:
            try:
                finished = self.highs.wait(POLL)[0]
            except KeyboardInterrupt:
                self.interrupted = True
                self.highs.cancelSolve()
        thread.join()
        if self.interrupted:
            return "interrupted"
        return _STATUS.get(self.highs.getModelStatus().name, "error")

    def _report(self) -> None:
        if self.progress is not None:
            incumbent = self.value if self.best is not None else None
            bound = self.bound if np.isfinite(self.bound) else None
            self.progress(Progress(self.clock.elapsed, incumbent, bound))


_STATUS = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "infeasible",  # all variables have finite bounds
    "kTimeLimit": "time_limit",
    "kSolutionLimit": "node_limit",
    "kInterrupt": "interrupted",
}


def _kinds(integer: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """HiGHS's column types: all continuous, and as they are."""
    return np.zeros(len(integer), np.uint8), integer.astype(np.uint8)
