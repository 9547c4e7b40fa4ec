"""All that a comparison found, as values and as files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nasgoat.compare.folder import Folder, slug, write_whole
from nasgoat.compare.machine import surroundings
from nasgoat.compare.overall import Overall, overall
from nasgoat.compare.plan import Plan, Trial
from nasgoat.compare.plots import comparison_plot
from nasgoat.compare.results import BenchmarkResult, benchmark_result
from nasgoat.compare.runner import Facts
from nasgoat.compare.tables import csv_text, latex_text
from nasgoat.compare.trial import Outcome, Record

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Report:
    """The evaluated trials of a plan.

    Args:
        plan: what was to be compared.
        benchmarks: the benchmarks that have a finished trial, in the order of the plan.
        overall: by checkpoint; None where there are too few benchmarks or methods.
        missing: number of trials that are yet to be run, or failed.
    """

    plan: Plan
    benchmarks: Sequence[BenchmarkResult]
    overall: Mapping[int, Overall | None]
    missing: int

    @classmethod
    def of(
        cls, plan: Plan, facts: Mapping[str, Facts], outcomes: Mapping[Trial, Outcome]
    ) -> Report:
        """Evaluate what there is.

        Raises:
            ValueError: no trial was finished.
        """
        finished = {trial for trial, one in outcomes.items() if isinstance(one, Record)}
        begun = [arena for arena in plan.arenas if any(trial.arena == arena for trial in finished)]
        if not begun:
            msg = "no trial was finished: there is nothing to compare"
            raise ValueError(msg)
        results = [benchmark_result(plan, facts[arena.name], outcomes) for arena in begun]
        together = {at: overall(results, at) for at in plan.checkpoints}
        expected = len(plan.arenas) * len(plan.contenders) * plan.trials
        return cls(plan, results, together, expected - len(finished))

    @property
    def reference(self) -> str:
        """Label of the contender that differences are taken against."""
        return self.plan.reference or self.plan.labels[0]

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write; numbers that there are not become None."""
        plan, protocol = self.plan, self.plan.protocol
        value = {
            "format": FORMAT,
            **surroundings(),
            "trials": plan.trials,
            "missing": self.missing,
            "seed": plan.seed,
            "budget": protocol.budget,
            "initial": protocol.initial,
            "batch": protocol.batch,
            "checkpoints": list(plan.checkpoints),
            "reference": self.reference,
            "benchmarks": [one.to_json(self.reference) for one in self.benchmarks],
            "overall": {
                str(at): None if one is None else one.to_json() for at, one in self.overall.items()
            },
        }
        finite: dict[str, Any] = _finite(value)
        return finite

    def write(self, folder: Folder, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Write JSON, CSV, LaTeX and a plot per benchmark into the folder.

        Args:
            folder: of the comparison.
            extra: further entries of the JSON object, such as the command.

        Returns:
            What the JSON file holds.

        Raises:
            OSError: a file cannot be written.
        """
        root = folder.root
        points = self.plan.checkpoints
        value = {**self.to_json(), **extra}
        write_whole(root / "results.json", json.dumps(value, allow_nan=False) + "\n")
        write_whole(root / "table.csv", csv_text(self.benchmarks, points, self.reference))
        write_whole(root / "table.tex", latex_text(self.benchmarks, points, self.reference))
        for result in self.benchmarks:
            comparison_plot(plot_path(root, result), result, self.plan.protocol.initial)
        return value


def plot_path(root: Path, result: BenchmarkResult) -> Path:
    """The plot of a benchmark in the folder of a comparison."""
    return root / f"regret-{slug(result.benchmark)}.png"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
