"""``solvers``: every backend on the same problems; they must agree on the optimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.table import Table

from benchmarks.measure import Record
from benchmarks.problem import Problem
from benchmarks.suites.base import Plan, Run, interleaved
from benchmarks.suites.paper import ratio_table

SOLVERS = ("highs", "gurobi", "scip")
CASES = {
    "nb201-T60": Problem("nasbench201", observations=60),
    "nb201-T160-b3": Problem("nasbench201", observations=160, beta=3.0),
    "nb101-n5-T30": Problem("nasbench101", "5", observations=30),
    "nb101-n6-T60": Problem("nasbench101", "6", observations=60),
    "nb101-n7-T60": Problem("nasbench101", "7", observations=60),
    "nb101-n2to5-T30": Problem("nasbench101", "2-5", observations=30),
    "graph-T30": Problem("nasbench-graph", observations=30),
    "digraphs-n4-T20": Problem("digraphs", "4", observations=20),
    "digraphs-n5-connected-T20": Problem(
        "digraphs", "5", ops=2, rules="undirected-connected", observations=20
    ),
    "nb101-n5-T30-thompson": Problem("nasbench101", "5", observations=30, acquisition="thompson"),
    "nb101-n5-T30-exponential": Problem("nasbench101", "5", observations=30, kernel="exponential"),
    "nb201-T40-exponential": Problem("nasbench201", observations=40, kernel="exponential"),
}


@dataclass(frozen=True, slots=True)
class SolversSuite:
    """One arm per backend."""

    name: str = "solvers"

    def runs(self, plan: Plan) -> Iterator[Run]:
        """See ``Suite``."""
        driver = plan.limited(120.0)
        arms = {name: replace(driver, solver=name) for name in SOLVERS}
        yield from interleaved(CASES, arms, plan)

    def report(self, records: Sequence[Record]) -> Table:
        """See ``Suite``."""
        return ratio_table("Median seconds, and ratio to HiGHS", records, "highs")
