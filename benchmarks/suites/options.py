"""``options``: what each option of the model is worth, by leaving it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.table import Table

from benchmarks.driver import switches
from benchmarks.measure import Record
from benchmarks.problem import Problem
from benchmarks.suites.base import Plan, Run, interleaved
from benchmarks.suites.paper import ratio_table

DEFAULT = "default"
CASES = {
    "nb201-T160-b3": Problem("nasbench201", observations=160, beta=3.0),
    "nb101-n6-T60": Problem("nasbench101", "6", observations=60),
    "nb101-n7-T60": Problem("nasbench101", "7", observations=60),
    "nb201-paths-search-T60-b1": Problem(
        "nasbench201", features="el+op-paths", targets="table", design="search"
    ),
    "graph-T30": Problem("nasbench-graph", observations=30),
}


@dataclass(frozen=True, slots=True)
class OptionsSuite:
    """One arm per option that can be switched, beside the default.

    The options are found in the fields of the optimiser, of its model options and of its solver.
    """

    name: str = "options"

    def runs(self, plan: Plan) -> Iterator[Run]:
        """See ``Suite``."""
        driver = plan.limited(120.0)
        arms = {DEFAULT: driver}
        for name, change in switches(driver.build()).items():
            arms[name] = replace(driver, settings={**driver.settings, **change})
        yield from interleaved(CASES, arms, plan)

    def report(self, records: Sequence[Record]) -> Table:
        """See ``Suite``."""
        title = "Median seconds, and ratio to the default: above 1 the option helps"
        return ratio_table(title, records, DEFAULT)
