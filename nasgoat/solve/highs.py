"""HiGHS: MILPs, re-solved with tangents of the curves until the proof is complete.

HiGHS takes no lazy rows and no quadratic ones. The linear model bounds the acquisition from below;
each graph it returns is valued exactly and gets tangents that make the model exact there, so the
bound and the best value meet after finitely many solves (docs/math.md, 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve.base import Outcome, Start
from nasgoat.solve.highs_model import TOLERANCE, HighsModel, highspy
from nasgoat.solve.record import Design, Record
from nasgoat.solve.standard_form import StandardForm, standard_form

Floats = NDArray[np.float64]

SEEDS = 3  # HiGHS drops a proof whose last solution it finds over the tolerance by a hair
TIGHT = 2e-6  # tolerance where that of ``OPTIONS`` leaves a gap; tighter ones prove what is false
MIP_SHARE = 0.3  # of the gap is left to HiGHS, the rest to the tangents
LP_MARGIN = 1e-6  # relative; the LP optimum is a bound up to the simplex method's dual tolerance
MANY = 1000  # tangents slow the LPs of a branch and bound down
LOOSE = 1e-2  # distance of a tangent from the LP optimum, in units of its row
WORTH = 1e-3  # relative rise of the LP bound that is worth another round of tangents


@dataclass(frozen=True, slots=True)
class HighsSolver:
    """The HiGHS backend.

    Args:
        threads: for branch and bound; 1 is deterministic across machines of different sizes.
        seed: HiGHS's random seed.
        root_rounds: rounds of tangents at the LP relaxation before the first MIP, at most.
        ceiling: whether a row keeps the objective below the best value known.
    """

    threads: int = 1
    seed: int = 0
    root_rounds: int = 12
    ceiling: bool = True

    @property
    def name(self) -> str:
        return f"highs {highspy().Highs().version()}"

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """See ``Solver.minimize``."""
        highspy()
        record = Record(problem, limits, start, progress)
        return record.kept(_Solve(self, record).run)

    def bound(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """See ``BoundingSolver.bound``: the LP relaxation and its tangents."""
        highspy()
        record = Record(problem, limits, start, progress)
        return record.kept(_Solve(self, record).bound)


@dataclass(slots=True)
class _Solve:
    """One minimisation; holds what changes while it runs."""

    settings: HighsSolver
    record: Record
    form: StandardForm = field(init=False)
    design: Design = field(init=False)
    model: HighsModel = field(init=False)
    attempts: int = 0
    tight: bool = False

    def bound(self) -> Outcome:
        """The relaxation's bound alone."""
        self._begin()
        record = self.record
        record.tell()
        open_status = "interrupted" if self.model.interrupted else "node_limit"
        return record.outcome("optimal" if record.closed else open_status)

    def run(self) -> Outcome:
        """The whole minimisation."""
        record = self.record
        self._begin()
        status = "optimal"
        while not record.closed:
            known = set(record.seen)
            status = self._solve_mip()
            if status == "error" and self.attempts + 1 < SEEDS:
                self.attempts += 1
                continue
            if status == "infeasible" and record.best is None:
                record.raise_bound(record.value, final=True)  # no graph is better than the cutoff
                status = "optimal"
                break
            if status != "optimal":
                # "infeasible" beside a graph that was found is a solver gone wrong: no proof
                status = "stalled" if status in ("infeasible", "error") else status
                break
            new = [graph for graph in record.seen if graph not in known]
            if not new and not record.closed:
                if self.tight:
                    status = "stalled"  # every graph found has its tangents: rounding is left
                    break
                self.tight = True  # what HiGHS finds below the graphs' values is its tolerance,
                self._load()  # or the effect of coefficients that were left out
        record.tell()
        return record.outcome(status)

    def _begin(self) -> None:
        """Load the model and tighten its relaxation, unless that was done before."""
        record, known = self.record, self.record.start.lower_bound
        if known > -np.inf:
            self._take(known)
            if not record.closed:
                self._load()
            return
        if not record.problem.tangents:
            record.problem.tangents.extend(record.problem.first_cuts(record.start.graphs))
        record.problem.refine(record.start.others, lightly=True)
        self._learn(list(record.seen))
        self._load()
        self._tighten_root()

    def _load(self) -> None:
        """Pass the linear model and its tangents to HiGHS."""
        problem = self.record.problem
        with problem.linear() as model:
            # HiGHS takes what is an integer but for its tolerance for one, ratios in rows included.
            # The last MIP can do without: little is left that it could prove in error
            self.form = form = standard_form(model, 0.0 if self.tight else TOLERANCE)
        self.design = Design.of(problem, form)
        interrupted = hasattr(self, "model") and self.model.interrupted
        self.model = HighsModel.of(form, self.settings.threads)
        self.model.interrupted = interrupted
        self.model.add(problem.tangents)
        self.record.effort.update(variables=len(form.cost), rows=len(form.row_lower))

    def _learn(self, graphs: list[LabeledGraph]) -> None:
        """Make the linear model exact at graphs."""
        problem = self.record.problem
        rewritten = problem.refine(graphs) if graphs else False
        if not hasattr(self, "model"):
            if not (rewritten and len(graphs) * len(problem.belief.curves) > MANY):
                problem.learn(graphs)  # else their own rows make the model exact, and the root
            return  # finds what tangents are worth having
        cuts = problem.learn(graphs)
        if rewritten:
            self._load()
        else:
            self.model.add(cuts)

    def _tighten_root(self) -> None:
        """Add tangents at the LP relaxation's optimum, as long as its bound moves."""
        record = self.record
        before = -float("inf")
        for _ in range(self.settings.root_rounds if record.problem.belief.curves else 0):
            solved = self.model.solve_relaxation(record.clock.left, record.value)
            if solved is None:
                break
            bound, point = solved
            self._take(bound - LP_MARGIN * max(1.0, abs(bound)))
            record.tell()
            if record.closed or bound - before < WORTH * record.scale:
                break
            before = bound
            cuts = record.problem.cuts_at_point(partial(self.form.value, point=point))
            record.problem.tangents.extend(cuts)
            self.model.add(cuts)
        else:
            solved = None
        if solved is not None and not record.closed:
            self._drop_loose(solved[1])

    def _drop_loose(self, point: Floats) -> None:
        """Leave out tangents far from the optimum of the relaxation where there are very many.

        Those at graphs stay: without them the model would not be exact there.
        """
        tangents = self.record.problem.tangents
        if len(tangents) <= MANY:
            return
        value_of = partial(self.form.value, point=point)
        needed = {id(cut) for cuts in self.record.problem.learnt.values() for cut in cuts}
        tangents[:] = [
            cut
            for cut in tangents
            if id(cut) in needed or sum(a * value_of(v) for v, a in cut.terms) - cut.lower < LOOSE
        ]
        self._load()

    def _take(self, bound: float) -> None:
        """Take note of a bound of the relaxation; no graph is better where it meets the cutoff."""
        record = self.record
        if bound >= record.value and (record.best is None or bound <= record.ceiling):
            record.raise_bound(record.value, final=True)
        else:
            record.raise_bound(bound)

    def _solve_mip(self) -> str:
        """Solve the current MILP; update incumbent, bound and tangents."""
        record, model = self.record, self.model
        spared = MIP_SHARE * record.allowed
        model.set({"random_seed": self.settings.seed + self.attempts})
        if self.tight:
            model.set({"mip_feasibility_tolerance": TIGHT})
        if record.limits.nodes is not None:
            model.set({"mip_max_nodes": record.limits.nodes})
        if np.isfinite(record.value) and self.settings.ceiling:
            # the incumbent's tangents leave it below this row, so that "infeasible" means "proven"
            model.keep_below(record.ceiling)
        if record.best is not None:
            model.suggest(self.design.values_at(record.best))
        known = set(record.seen)
        status = model.solve(record.clock.left, spared, self._visit, record.tell)
        if status != "infeasible":
            # HiGHS drops nodes within the absolute gap and claims a bound that is too good by that
            record.raise_bound(model.bound - spared, final=status == "optimal")
        record.effort.update(rounds=1, nodes=model.nodes)
        self._learn([graph for graph in record.seen if graph not in known])
        return status

    def _visit(self, point: Floats) -> None:
        self.record.visit(self.design.graph_at(point))
