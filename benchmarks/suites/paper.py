"""``paper-vs-ours``: the paper's encoding and ours on the same problems and the same solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.table import Table

from benchmarks.measure import Record
from benchmarks.problem import Problem
from benchmarks.results import grouped, median_seconds
from benchmarks.suites.base import Plan, Run, closed, interleaved, table

CASES = {
    "nb201-T60": Problem("nasbench201", observations=60),
    "nb101-n4-T30": Problem("nasbench101", "4", observations=30),
    "nb101-n5-T30": Problem("nasbench101", "5", observations=30),
    "nb101-n5-T60": Problem("nasbench101", "5", observations=60),
    "nb101-n6-T30": Problem("nasbench101", "6", observations=30),
    "nb101-n6-T60": Problem("nasbench101", "6", observations=60),
    "nb101-n7-T60": Problem("nasbench101", "7", observations=60),
    "nb101-n8-T60": Problem("nasbench101", "8", edges=11, observations=60),
    "graph-T30": Problem("nasbench-graph", observations=30),
}
# Products as the paper writes them, its bound on the variance, k(x,x) - k' K^-1 k, whose first term
# the prior gives, and without what it does not have: symmetry rows, start graphs from a search,
# tangents before the first MIP and a ceiling of the objective.
PLAIN = {
    "options.products": "paper",
    "options.diagonal": "prior",
    "options.symmetry.labels": False,
    "options.symmetry.columns": False,
    "descents": 0,
    "solver.root_rounds": 0,
    "solver.ceiling": False,
}


@dataclass(frozen=True, slots=True)
class PaperSuite:
    """Three arms: ours; the paper's graph encoding, all else ours; the paper's without our help."""

    name: str = "paper-vs-ours"

    def runs(self, plan: Plan) -> Iterator[Run]:
        """See ``Suite``."""
        driver = plan.limited(300.0)
        arms = {
            "ours": driver,
            "paper-encoding": replace(driver, encoding="paper"),
            "paper": replace(driver, encoding="paper", settings={**driver.settings, **PLAIN}),
        }
        yield from interleaved(CASES, arms, plan)

    def report(self, records: Sequence[Record]) -> Table:
        """See ``Suite``."""
        return ratio_table(
            "Median seconds, and ratio to ours (>= : the other was stopped at its limit)",
            records,
            "ours",
        )


def ratio_table(title: str, records: Sequence[Record], reference: str) -> Table:
    """Medians of every case and arm over the median of the reference arm."""
    made = table(title, "case", "arm", "proved", "seconds", "ratio")
    for (case,), group in grouped(records, "case").items():
        arms = {arm: runs for (arm,), runs in grouped(group, "arm").items()}
        base = median_seconds(arms.get(reference, []))
        for arm, runs in arms.items():
            seconds = median_seconds(runs)
            made.add_row(str(case), str(arm), closed(runs), str(seconds), str(seconds.over(base)))
    return made
