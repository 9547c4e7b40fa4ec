"""SCIP: the model as it stands, with its quadratic and exponential rows; one branch and bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from nasgoat.mip import AcquisitionProblem
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve.aside import run_aside
from nasgoat.solve.base import Outcome, Start
from nasgoat.solve.record import Design, Record
from nasgoat.solve.scip_model import interrupt, linear_rows, native_rows, pyscipopt, watch_of
from nasgoat.solve.standard_form import StandardForm, standard_form

# Where the root is steep, 1e-6 is coarse (docs/math.md, 6.3), and at 1e-9, its own epsilon, SCIP
# 10.0.2 proves false optima (docs/solver.md). A tolerance at which it calls a model infeasible that
# holds a known graph is followed by the next.
TOLERANCES = (1e-7, 1e-6)
PARAMETERS = {
    # SCIP 10.0.2 loses optima by what it infers from the objective and its limit
    "propagating/pseudoobj/freq": -1,
    "propagating/pseudoobj/maxprerounds": 0,
    "misc/catchctrlc": False,  # SCIP would print, and end the process at the fifth
    "limits/gap": 0.0,  # the absolute gap decides
    # SCIP 10's local solver crashes the process once it was used from some 60 threads in turn
    "nlp/disable": True,
    "heuristics/completesol/maxunknownrate": 1.0,  # starts say the design and nothing else
}
SHARE = 0.5  # of the gap is left to SCIP, the rest to what its tolerance makes of the root


@dataclass(frozen=True, slots=True)
class ScipSolver:
    """The SCIP backend.

    Args:
        threads: 1; SCIP has no parallel branch and bound.
        seed: SCIP's random seed shift.

    Raises:
        ValueError: more than one thread.
    """

    threads: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.threads != 1:
            msg = f"scip runs on one thread, got {self.threads}; use highs or gurobi for more"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        model = pyscipopt().Model()
        numbers = (model.getMajorVersion(), model.getMinorVersion(), model.getTechVersion())
        return "scip " + ".".join(map(str, numbers))

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """See ``Solver.minimize``.

        Raises:
            SolverUnavailableError: no pyscipopt.
        """
        scip = pyscipopt()
        record = Record(problem, limits, start, progress)
        return record.kept(_Solve(scip, record, self.seed).run)


@dataclass(slots=True)
class _Solve:
    """One minimisation; holds what changes while it runs."""

    scip: Any
    record: Record
    seed: int
    form: StandardForm = field(init=False)
    design: Design = field(init=False)
    model: Any = None
    x: list[Any] = field(default_factory=list)
    proven: bool = False

    def run(self) -> Outcome:
        record, status = self.record, "optimal"
        tolerances = iter(TOLERANCES)
        tolerance = next(tolerances)
        while not record.closed:
            if record.clock.left <= 0:
                status = "time_limit"
                break
            allowed, before = record.allowed, record.bound
            self._load(tolerance)
            status = self._solve(allowed)
            if status == "infeasible" and record.best is None:
                record.exhaust()  # no graph is better than the cutoff
                status = "optimal"
            elif status == "infeasible":  # a graph is known: SCIP went wrong
                record.bound, status = before, "stalled"
                following = next(tolerances, None)
                if following is not None:
                    tolerance = following
                    continue
            if status != "optimal" or not record.allowed < allowed:
                break
        if status == "optimal" and not record.closed:
            status = "stalled"  # rounding is left
        return record.outcome(status)

    def _load(self, tolerance: float) -> None:
        """Pass the model to SCIP."""
        problem = self.record.problem
        with problem.linear() as linear:
            self.form = form = standard_form(linear)
        self.design = Design.of(problem, form)
        self.model = model = self.scip.Model(problem.model.name)
        model.hideOutput()
        model.setParams({**PARAMETERS, "numerics/feastol": tolerance})
        model.setParam("randomization/randomseedshift", self.seed)
        kinds = np.where(form.integer, "I", "C").tolist()
        columns = (form.lower.tolist(), form.upper.tolist(), form.cost.tolist(), kinds)
        self.x = [
            model.addVar(lb=low, ub=high, obj=cost, vtype=kind)
            for low, high, cost, kind in zip(*columns, strict=True)
        ]
        model.addObjoffset(form.offset)
        rows = linear_rows(self.scip, form, self.x)
        for curve in problem.belief.curves:
            ends = [form.end(variable, self.x) for variable in (curve.argument, curve.value)]
            if not any(end is None for end in ends):  # else one of them is free to meet the row
                rows += native_rows(curve, *ends)
        for row in rows:
            model.addCons(row)
        self.record.effort.update(variables=len(self.x), rows=len(rows))

    def _solve(self, allowed: float) -> str:
        """Branch and bound; update incumbent and bound."""
        record, model = self.record, self.model
        model.setParam("limits/time", min(max(record.clock.left, 0.0), 1e20))
        model.setParam("limits/absgap", SHARE * allowed)
        if record.limits.nodes is not None:
            model.setParam("limits/totalnodes", record.limits.nodes)
        self._suggest()
        watch = watch_of(self.scip, self._on_event)
        model.includeEventhdlr(watch, "nasgoat", "incumbents and bounds")
        self.proven = False
        stop = partial(interrupt, self.scip, model)
        interrupted = run_aside(model.optimizeNogil, stop, record.tell)
        failure = watch.close()
        status = _STATUS.get(model.getStatus(), "stalled")
        record.effort.update(rounds=1, nodes=int(model.getNTotalNodes()))
        if status != "infeasible":
            for solution in model.getSols()[:1]:
                self._visit(solution)
            record.raise_bound(model.getDualbound(), final=status == "optimal")
        model.freeTransform()  # here and now, not whenever the interpreter drops the model
        if failure is not None:
            raise failure
        record.tell()
        if interrupted:
            return "interrupted"
        return "optimal" if self.proven else status

    def _suggest(self) -> None:
        """Hand in the known graphs, which SCIP completes, and the value to beat."""
        if np.isfinite(self.record.value):
            self.model.setObjlimit(self.record.ceiling)
        for graph in self.record.seen:
            design = self.model.createPartialSol()
            for column, value in self.design.values_at(graph).items():
                self.model.setSolVal(design, self.x[column], value)
            self.model.addSol(design)

    def _visit(self, solution: Any) -> None:
        x = [self.model.getSolVal(solution, variable) for variable in self.x]
        self.record.visit(self.design.graph_at(x))

    def _on_event(self, *, found: bool) -> None:
        if found:
            self._visit(self.model.getBestSol())
        self.record.raise_bound(self.model.getDualbound())
        if self.record.closed and not self.proven:
            self.proven = interrupt(self.scip, self.model)


_STATUS = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "inforunbd": "infeasible",  # all variables have finite bounds
    "timelimit": "time_limit",
    "totalnodelimit": "node_limit",
    "userinterrupt": "interrupted",
}
