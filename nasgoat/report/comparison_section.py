"""What a report says of a comparison: its tables and curves, from ``results.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nasgoat.compare import probability
from nasgoat.errors import JournalError
from nasgoat.report import html
from nasgoat.report.plots import band_picture

RESULTS = "results.json"
HEAD = (
    "method",
    "trials",
    "mean regret [95 %]",
    "median",
    "optimum found",
    "test",
    "rank",
    "difference",
    "p (Holm)",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The results of ``nasgoat compare``.

    Args:
        name: unique in a report.
        results: what its file holds.
    """

    name: str
    results: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, name: str) -> Comparison:
        """Read the results in the folder of a comparison.

        Raises:
            JournalError: they cannot be read.
        """
        path = folder / RESULTS
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            benchmarks = [one["benchmark"] for one in value["benchmarks"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = (
                f"{path} cannot be read ({type(error).__name__}); run `nasgoat compare` there again"
            )
            raise JournalError(msg) from error
        assert benchmarks
        return cls(name, value)


def comparison_section(one: Comparison, anchor: str) -> str:
    """All about a comparison."""
    return "".join(_parts(one, anchor))


def _parts(one: Comparison, anchor: str) -> Iterator[str]:
    results = one.results
    yield html.heading(f"{one.name}: comparison", anchor)
    yield html.paragraph(
        f"{results['trials']} paired trials of {results['budget']} evaluations per method, the "
        f"first {results['initial']} the same for all. Brackets are 95 % intervals; differences "
        f"are those of the mean regret to {results['reference']}; p is Wilcoxon's signed-rank "
        "test with Holm's correction."
    )
    if results["missing"]:
        yield html.paragraph(f"{results['missing']} trials are missing or failed.", "note")
    for number, result in enumerate(results["benchmarks"]):
        yield html.heading(str(result["benchmark"]), f"{anchor}-{number}", 3)
        name = f"{anchor}-{number}-curves"
        picture = band_picture(result, results["initial"], name)
        if picture is None:
            again = "These results have no curves: run the same `nasgoat compare` there once more."
            yield html.paragraph(again, "note")
        yield html.figures([picture])
        for checkpoint in results["checkpoints"]:
            yield _table(result, str(checkpoint), results["reference"])
    told = ("command", "date", "versions", "machine", "seed", "batch", "jobs")
    yield html.folded(
        "Settings and versions", html.settings({key: results.get(key) for key in told})
    )


def _table(result: Mapping[str, Any], at: str, reference: str) -> str:
    methods: Mapping[str, Any] = result["methods"]
    regrets = {label: one["mean_regret"].get(at) for label, one in methods.items()}
    least = min((value for value in regrets.values() if value is not None), default=None)
    labels = list(methods)
    best = next((i for i, label in enumerate(labels) if regrets[label] == least), None)
    differences, ranks = result["differences"][at], result["rank_test"][at]["mean_ranks"]
    rows = [
        _row(
            label,
            methods[label],
            at,
            ranks,
            "reference" if label == reference else differences.get(label),
        )
        for label in labels
    ]
    known = result["optimum"] is not None
    what = "optimum" if known else "best found by any method"
    caption = f"After {at} evaluations; {result['objective']}, {what} {result['regret_from']:.4f}"
    return html.table(HEAD, rows, caption, best)


def _row(
    label: str, one: Mapping[str, Any], at: str, ranks: Mapping[str, float], difference: Any
) -> Sequence[str]:
    failed = f", {len(one['failed'])} failed" if one["failed"] else ""
    if at not in one["mean_regret"]:
        return [label, f"0{failed}", *["-"] * (len(HEAD) - 2)]
    pair = difference if isinstance(difference, Mapping) else None
    found, ends = one["found_optimum"][at], one["found_optimum_interval"][at]
    return [
        label,
        f"{one['trials']}{failed}",
        _with_ends(one["mean_regret"][at], one["interval"][at]),
        f"{one['median_regret'][at]:.3f}",
        "-" if found is None else f"{100 * found:.0f} % [{100 * ends[0]:.0f}, {100 * ends[1]:.0f}]",
        _with_ends(one["mean_test"][at], one["test_interval"][at]),
        f"{ranks[label]:.2f}" if label in ranks else "-",
        str(difference) if isinstance(difference, str) else "-" if pair is None else _signed(pair),
        "-" if pair is None else probability(pair["p_holm"]),
        "-" if one["seconds"] is None else f"{one['seconds']:.1f}",
    ]


def _signed(pair: Mapping[str, Any]) -> str:
    low, high = pair["interval"]
    return f"{pair['mean_difference']:+.3f} [{low:+.3f}, {high:+.3f}]"


def _with_ends(value: float | None, ends: Sequence[float] | None) -> str:
    if value is None or ends is None:
        return "-"
    return f"{value:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]"
