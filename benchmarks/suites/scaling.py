"""``scaling``: how time and gap grow with the node count and with the number of observations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.measure import Record
from benchmarks.problem import Problem
from benchmarks.results import build_share, grouped, median_of, median_seconds
from benchmarks.suites.base import Plan, Run, closed, gap_text, interleaved, table

NODES = range(4, 11)
OBSERVATIONS = (10, 20, 50, 100, 200, 500)
CASES = {
    # edges: 9 as in NAS-Bench-101, two more for each node above its 7
    f"nb101-n{n}-T60": Problem("nasbench101", str(n), edges=9 + 2 * max(0, n - 7))
    for n in NODES
} | {
    f"nb101-n6-T{count}": Problem("nasbench101", "6", edges=9, observations=count)
    for count in OBSERVATIONS
}


@dataclass(frozen=True, slots=True)
class ScalingSuite:
    """One arm; n = 4 ... 10 at T = 60, and T = 10 ... 500 at n = 6."""

    name: str = "scaling"

    def runs(self, plan: Plan) -> Iterator[Run]:
        """See ``Suite``."""
        driver = plan.limited(300.0)
        yield from interleaved(CASES, {driver.solver: driver}, plan)

    def report(self, records: Sequence[Record]) -> Table:
        """See ``Suite``."""
        heads = ("proved", "seconds", "gap", "build share", "rounds", "tree nodes", "rows")
        made = table("Medians (>= : stopped at the limit)", "case", *heads)
        for (case,), runs in grouped(records, "case").items():
            made.add_row(
                str(case),
                closed(runs),
                str(median_seconds(runs)),
                gap_text(median_of(runs, "gap")),
                str(build_share(runs)),
                *(str(median_of(runs, name)) for name in ("rounds", "nodes", "rows")),
            )
        return made
