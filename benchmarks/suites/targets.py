"""``targets``: how long a proof may take, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.table import Table

from benchmarks.measure import Record
from benchmarks.observations import DESIGNS
from benchmarks.problem import Problem
from benchmarks.results import Figure, build_share, grouped, median_of, median_seconds
from benchmarks.suites.base import Plan, Run, closed, gap_text, table

BUILD_SHARE = 0.1  # of the total time, at most
TABLE = "nasbench201:cifar100"


@dataclass(frozen=True, slots=True)
class Target:
    """A problem and what is wanted of it.

    Args:
        problem: seed left out.
        seconds: until the gap is closed.
        gap: at which it counts as closed.
        optimizer: who is to meet it; None for the one that the command line names.
        features: seconds for the features of all graphs, of exhaustive search.
    """

    problem: Problem
    seconds: float
    gap: float = 1e-4
    optimizer: str | None = None
    features: float | None = None

    @property
    def wanted(self) -> str:
        """In words."""
        words = f"{self.seconds:g} s"
        if self.gap > 1e-4:
            words += f", gap {self.gap:g}"
        return words if self.features is None else f"{words}, features {self.features:g} s"

    @property
    def time_limit(self) -> float:
        """Enough to see by how much a target is missed."""
        return min(300.0, max(60.0, 5.0 * self.seconds))

    def met(self, records: Sequence[Record]) -> bool:
        """Whether the medians meet it, every bound being proved by the optimiser named."""
        seconds = median_seconds(records)
        proved = all(one["bound_source"] == one["driver"]["optimizer"] for one in records)
        if not proved or seconds.count < len(records) or seconds.value is None:
            return False
        quick = seconds.sign == "=" and seconds.value <= self.seconds
        features = median_seconds(records, "features").value
        return quick and (self.features is None or (features or 0.0) <= self.features)


def _labels_and_paths(observations: int, beta: float, design: str | None = None) -> Problem:
    """On synthetic targets, or on those of a table with fitted weights."""
    problem = Problem("nasbench201", observations=observations, beta=beta, features="el+op-paths")
    if design is None:
        return problem
    return replace(problem, targets="table", table=TABLE, design=design)


TARGETS = {
    "nb201-T160-b3": Target(Problem("nasbench201", observations=160, beta=3.0), 1.0),
    "nb201-paths-T60-b1": Target(_labels_and_paths(60, 1.0), 1.0),
    "nb201-paths-T160-b1": Target(_labels_and_paths(160, 1.0), 3.0),
    "nb201-paths-T160-b3": Target(_labels_and_paths(160, 3.0), 10.0),
    **{
        f"nb201-paths-{design}-T{T}-b{beta:g}": Target(_labels_and_paths(T, beta, design), seconds)
        for design in DESIGNS
        for T, beta, seconds in ((60, 1.0, 1.0), (160, 1.0, 3.0), (160, 3.0, 10.0))
    },
    "nb101-n6-T60-b1": Target(Problem("nasbench101", "6"), 2.0),
    "nb101-n7-T60-b1": Target(Problem("nasbench101", "7"), 5.0),
    "nb101-n7-T160-b3": Target(Problem("nasbench101", "7", observations=160, beta=3.0), 10.0),
    "nb101-n7-T60-exponential": Target(
        Problem("nasbench101", "7", kernel="exponential"), 60.0, gap=1e-3
    ),
    "nb201-T160-exponential": Target(
        Problem("nasbench201", observations=160, kernel="exponential"), 10.0
    ),
    "nb101-n10-E15-T60": Target(Problem("nasbench101", "10", edges=15), 300.0, gap=0.05),
    "nb101-exhaustive-T160": Target(
        Problem("nasbench101", "2-7", observations=160), 0.5, optimizer="exhaustive", features=20.0
    ),
}


@dataclass(frozen=True, slots=True)
class TargetsSuite:
    """One arm per optimiser asked for; exhaustive search has a target of its own."""

    name: str = "targets"

    def runs(self, plan: Plan) -> Iterator[Run]:
        """See ``Suite``."""
        for case, target in TARGETS.items():
            driver = replace(plan.limited(target.time_limit), gap=target.gap)
            if target.optimizer is not None:
                driver = replace(driver, optimizer=target.optimizer)
            mip = driver.optimizer == "mip"
            arm = f"mip, {driver.solver}" if mip else driver.optimizer
            for seed in plan.seeds:
                yield Run(case, arm, replace(target.problem, seed=seed), driver)

    def report(self, records: Sequence[Record]) -> Table:
        """See ``Suite``."""
        heads = ("target", "median s", "gap", "proved", "build share", "bound by", "met")
        made = table("Targets and medians (>= : stopped at the limit)", "case", *heads)
        for (case, _), runs in grouped(records, "case", "arm").items():
            target = TARGETS[case]
            share = build_share(runs)
            made.add_row(
                case,
                target.wanted,
                _seconds(runs, target),
                gap_text(median_of(runs, "gap")),
                closed(runs),
                str(share),
                ", ".join(sorted({_bound_by(run) for run in runs})),
                _verdict(met=target.met(runs), share=share),
            )
        return made


def _seconds(runs: Sequence[Record], target: Target) -> str:
    seconds = str(median_seconds(runs))
    if target.features is None:
        return seconds
    return f"{seconds}, features {median_seconds(runs, 'features')}"


def _bound_by(record: Record) -> str:
    source, solver = record["bound_source"], record["solver"]
    if source is None:
        return "nobody"
    return source if source == solver else f"{source}, {solver}"


def _verdict(*, met: bool, share: Figure) -> str:
    if share.value is not None and share.value > BUILD_SHARE:
        return f"{'yes' if met else 'no'}; building takes over {BUILD_SHARE:.0%}"
    return "[green]yes[/]" if met else "[yellow]no[/]"
