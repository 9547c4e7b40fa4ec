"""Gurobi: one branch and bound, cut by tangents of the curves wherever a graph is found.

The linear model bounds the acquisition from below. Each graph that Gurobi finds is valued exactly;
if the model values it too well it is refused with its tangents, lazy rows which do not count for
the size limit of the licence that comes with gurobipy (docs/math.md, 6.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem, Cut
from nasgoat.records import AUDIT_TOL, Limits, ProgressCallback
from nasgoat.solve.aside import run_aside
from nasgoat.solve.base import Outcome, Pool, Start
from nasgoat.solve.gurobi_model import (
    add_quadratic,
    add_rows,
    gurobipy,
    pool_of,
    status_of,
    translated,
)
from nasgoat.solve.record import Design, Record
from nasgoat.solve.standard_form import StandardForm, standard_form

PARAMETERS = {
    "MIPGap": 0.0,  # the absolute gap decides
    # as for HiGHS: where the root is steep, 1e-6 is coarse (docs/math.md, 6.3)
    "FeasibilityTol": 1e-9,
    "IntFeasTol": 1e-9,
    "OptimalityTol": 1e-9,
    "LazyConstraints": 1,
    "PreCrush": 1,  # cuts of the callback speak of the original variables
}
NATIVE = {"MIQCPMethod": 1, "NonConvex": 0}  # outer approximation: simplex accuracy
SHARE = 0.3  # of the gap is left to Gurobi's own gap, and as much to the tangents
COPIES = 4  # points in a pool per graph; where copies crowd it, the rest is solved for one by one
VIOLATED = 1e-9  # a lazy row that is broken by less refuses nothing


@dataclass(frozen=True, slots=True)
class GurobiSolver:
    """The Gurobi backend.

    Args:
        threads: for branch and bound; 1 is deterministic across machines of different sizes.
        seed: Gurobi's random seed.
        native: give Gurobi the quadratic rows instead of tangents. The licence that comes with
            gurobipy allows 200 variables then, otherwise 2,000 and as many rows.
    """

    threads: int = 1
    seed: int = 0
    native: bool = False

    @property
    def name(self) -> str:
        return "gurobi " + ".".join(map(str, gurobipy().gurobi.version()))

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """See ``Solver.minimize``.

        Raises:
            SolverUnavailableError: no gurobipy, or a licence that does not carry the model.
        """
        record = Record(problem, limits, start, progress)
        with self._licensed(record) as solve:
            return record.kept(solve.run)

    def pool(
        self,
        problem: AcquisitionProblem,
        k: int,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Pool:
        """See ``PoolSolver.pool`` and docs/math.md, 6.5; raises what ``minimize`` raises."""
        record = Record(problem, limits, start, progress)
        with self._licensed(record) as solve:
            try:
                return solve.pool(k)
            except KeyboardInterrupt:
                return Pool([*record.seen], -np.inf, "interrupted", record.effort)

    @contextmanager
    def _licensed(self, record: Record) -> Iterator[_Solve]:
        gp = gurobipy()
        parameters = {"OutputFlag": 0, "Threads": self.threads, "Seed": self.seed, **PARAMETERS}
        if self.native:
            parameters |= NATIVE
        try:
            with gp.Env(params=parameters) as env:
                yield _Solve(gp, env, record, native=self.native)
        except gp.GurobiError as error:
            raise translated(error, record.problem, native=self.native) from error


@dataclass(slots=True)
class _Solve:
    """One minimisation; holds what changes while it runs."""

    gp: Any
    env: Any
    record: Record
    native: bool
    form: StandardForm = field(init=False)
    design: Design = field(init=False)
    model: Any = None
    x: list[Any] = field(default_factory=list)
    injected: LabeledGraph | None = None
    several: bool = False  # whether more than the best graph is wanted
    proven: bool = False

    def run(self) -> Outcome:
        record, status = self.record, "optimal"
        record.problem.refine([*record.seen])
        self._load()
        while not record.closed:
            if record.clock.left <= 0:
                status = "time_limit"
                break
            known, before = set(record.seen), record.bound
            status = self._solve()
            if status != "optimal" or record.closed:
                break
            new = [graph for graph in record.seen if graph not in known]
            if new and record.problem.refine(new):
                self._load()
            elif new and not self.model.IsMIP:  # no callbacks
                self._add_tangents(new)
            elif not new and record.bound <= before:
                status = "stalled"  # rounding is left
                break
        with suppress(AttributeError):
            self.model.dispose()
        return record.outcome(status)

    def pool(self, k: int) -> Pool:
        """One branch and bound for the ``k`` best graphs."""
        record, cutoff = self.record, self.record.start.cutoff
        scale = max(1.0, abs(cutoff)) if np.isfinite(cutoff) else 1.0
        self.several, ceiling = True, cutoff + AUDIT_TOL * scale
        self._load()
        self.model.Params.PoolSearchMode, self.model.Params.PoolSolutions = 2, COPIES * k
        ended, interrupted = self._optimize(ceiling, record.limits.gap * min(scale, record.scale))
        kept, bound = pool_of(self.model, self.x, ended)
        found = {self.design.graph_at(x): record.visit(self.design.graph_at(x)) for x in kept}
        record.tell()
        bound = min(bound, ceiling)
        if not self.design.whole:  # unseen graphs may have the values of those seen
            bound = min([bound, *record.seen.values()])
        status = "optimal" if ended == "infeasible" else ended
        lost = [value for graph, value in record.seen.items() if graph not in found]
        if min(lost, default=np.inf) < bound - AUDIT_TOL * scale:
            status, bound = "stalled", -np.inf  # Gurobi lost a graph that it has seen
        self.model.dispose()
        return Pool([*record.seen], bound, "interrupted" if interrupted else status, record.effort)

    def _load(self) -> None:
        """Pass the linear model to Gurobi, exact at the best graph; other tangents come lazily."""
        problem, record = self.record.problem, self.record
        with problem.linear() as model:
            self.form = form = standard_form(model)
        self.design = Design.of(problem, form)
        kinds = np.where(form.integer, self.gp.GRB.INTEGER, self.gp.GRB.CONTINUOUS)
        self.model = self.gp.Model(env=self.env)
        x = self.model.addMVar(
            len(form.cost), lb=form.lower, ub=form.upper, obj=form.cost, vtype=kinds
        )
        self.x = x.tolist()
        self.model.ObjCon = form.offset
        add_rows(self.model, form, x)
        if self.native:
            add_quadratic(self.model, problem, form, self.x)
        else:
            self._add_tangents([] if record.best is None else [record.best])
        self.model.update()
        rows = self.model.NumConstrs + self.model.NumQConstrs
        record.effort.update(variables=self.model.NumVars, rows=rows)

    def _add_tangents(self, graphs: Sequence[LabeledGraph]) -> None:
        for graph in graphs:
            for cut in self.record.problem.cuts_at(graph):
                self.model.addConstr(self._row(cut))

    def _row(self, cut: Cut) -> Any:
        columns, values, fixed = self.form.row(cut.terms)
        total = self.gp.LinExpr(values, [self.x[column] for column in columns])
        return total >= cut.lower - fixed

    def _solve(self) -> str:
        """Branch and bound; update incumbent and bound."""
        record = self.record
        ended, interrupted = self._optimize(record.ceiling, record.allowed)
        status = self._conclude(ended)
        record.tell()
        if interrupted:
            return "interrupted"
        return "optimal" if self.proven else status

    def _optimize(self, ceiling: float, allowed: float) -> tuple[str, bool]:
        """Run Gurobi below a ceiling; how it ended, and whether by a Ctrl-C."""
        record, parameters = self.record, self.model.Params
        parameters.TimeLimit = min(max(record.clock.left, 0.0), 1e9)
        parameters.MIPGapAbs = SHARE * allowed
        if record.limits.nodes is not None:
            parameters.NodeLimit = record.limits.nodes
        if np.isfinite(ceiling):
            parameters.Cutoff = ceiling
        self._suggest()
        self.proven = False
        interrupted = run_aside(
            lambda: self.model.optimize(self._on_event), self.model.terminate, record.tell
        )
        record.effort.update(rounds=1, nodes=int(self.model.NodeCount))
        return status_of(self.gp.GRB, self.model.Status), interrupted

    def _conclude(self, status: str) -> str:
        """Take note of what the solve ended with."""
        record = self.record
        if status == "infeasible" and record.best is None:
            record.exhaust()  # no graph is better than the cutoff
            return "optimal"
        if status in ("infeasible", "error"):
            return "stalled"  # a graph is known: the solver went wrong
        if self.model.SolCount:
            record.visit(self.design.graph_at(self.model.getAttr("X", self.x)))
        record.raise_bound(self.model.ObjBound, final=status == "optimal")
        return status

    def _suggest(self) -> None:
        graphs = [*self.record.start.graphs]
        if self.record.best is not None and self.record.best not in graphs:
            graphs.append(self.record.best)
        self.model.NumStart = len(graphs)
        self.model.update()
        for i, graph in enumerate(graphs):
            self.model.Params.StartNumber = i
            for column, value in self.design.values_at(graph).items():
                self.x[column].Start = value
        self.injected = self.record.best

    def _on_event(self, model: Any, where: int) -> None:
        """Gurobi's callback."""
        codes = self.gp.GRB.Callback
        if where == codes.MIPSOL:
            self._on_graph(model.cbGetSolution(self.x), model.cbGet(codes.MIPSOL_OBJ))
            self._on_bound(model.cbGet(codes.MIPSOL_OBJBND))
        elif where == codes.MIPNODE:
            self._on_node()
            self._on_bound(model.cbGet(codes.MIPNODE_OBJBND))
        elif where == codes.MIP:
            self._on_bound(model.cbGet(codes.MIP_OBJBND))

    def _on_bound(self, bound: float) -> None:
        self.record.raise_bound(bound)
        if self.record.closed and not self.proven and not self.several:
            self.proven = True
            self.model.terminate()

    def _on_graph(self, x: Sequence[float], objective: float) -> None:
        """Refuse a solution that is valued too well, as far as tangents can."""
        graph = self.design.graph_at(x)
        missing = self.record.visit(graph) - objective
        if self.native or missing <= SHARE * self.record.allowed:
            return
        for cut in self.record.problem.cuts_at(graph):
            columns, values, fixed = self.form.row(cut.terms)
            total = sum(a * x[column] for column, a in zip(columns, values, strict=True))
            if total + fixed < cut.lower - VIOLATED:
                self.model.cbLazy(self._row(cut))

    def _on_node(self) -> None:
        """Cut a node's relaxation, and hand in the best graph if Gurobi has not seen it."""
        best, codes = self.record.best, self.gp.GRB.Callback
        if best is not None and best != self.injected:
            self.injected = best
            values = self.design.values_at(best)
            self.model.cbSetSolution([self.x[column] for column in values], list(values.values()))
        if self.native or self.model.cbGet(codes.MIPNODE_STATUS) != self.gp.GRB.OPTIMAL:
            return
        x = self.model.cbGetNodeRel(self.x)
        for cut in self.record.problem.cuts_at_point(partial(self.form.value, point=x)):
            self.model.cbCut(self._row(cut))
