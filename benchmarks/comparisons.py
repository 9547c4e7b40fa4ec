"""``python -m benchmarks.comparisons RESULTS.json ...``: keep comparisons, and print their tables.

Reads what ``nasgoat compare --json`` printed. Each benchmark becomes one line of JSON, by default
in ``benchmarks/results/compare.jsonl``, in place of an older one of the same benchmark and
settings, and a Markdown table on stdout, with one of mean ranks where there are several benchmarks:
docs/results.md is made of these.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nasgoat.compare.ranks import ranks

RESULTS = Path(__file__).parent / "results" / "compare.jsonl"
ABOUT = ("command", "date", "versions", "machine", "trials", "seed", "budget", "batch", "jobs")
PROTOCOL = ("trials", "seed", "budget", "batch", "checkpoints", "reference")
KEPT = (
    *("spec", "trials", "failed", "mean_regret", "interval", "median_regret", "found_optimum"),
    *("first_found", "mean_test", "seconds", "regrets"),
)

Json = Mapping[str, Any]


def lines_of(results: Json) -> Iterator[dict[str, Any]]:
    """One record per benchmark of a comparison."""
    about = {name: results[name] for name in (*ABOUT, "checkpoints", "reference")}
    for found in results["benchmarks"]:
        methods = {
            label: {name: method[name] for name in KEPT}
            for label, method in found["methods"].items()
        }
        kept = {name: found[name] for name in ("benchmark", "objective", "optimum", "rank_test")}
        yield {**kept, **about, "methods": methods, "differences": found["differences"]}


def same(one: Json, other: Json) -> bool:
    """Whether two records answer the same question."""
    keys = ("benchmark", *PROTOCOL)
    return all(one[key] == other[key] for key in keys) and set(one["methods"]) == set(
        other["methods"]
    )


def table_of(record: Json) -> str:
    """Markdown: one row per method, best mean regret at the last checkpoint first."""
    points = [str(point) for point in record["checkpoints"]]
    heads = [f"regret at {point}" for point in points]
    reference = record["reference"]
    heads += [f"{point} minus {reference}" for point in points]
    lines = [
        "| method | " + " | ".join(heads) + " | optimum found | test | seconds |",
        "|---" * (len(heads) + 4) + "|",
    ]
    methods = sorted(record["methods"].items(), key=lambda pair: pair[1]["mean_regret"][points[-1]])
    lines += [_row(record, label, method, points) for label, method in methods]
    return "\n".join(lines)


def ranking_of(results: Json) -> str:
    """Markdown: mean ranks over several benchmarks, and the mean regret on each; best first.

    Where all have test data, so does the best architecture by validation at the end: its mean rank.
    """
    points = [str(point) for point in results["checkpoints"]]
    ranked = results["overall"][points[-1]]["benchmarks"]
    benchmarks = [found for found in results["benchmarks"] if found["benchmark"] in ranked]
    means = {point: results["overall"][point]["mean_ranks"] for point in points}
    heads = [f"rank at {point}" for point in points]
    methods = [method for found in benchmarks for method in found["methods"].values()]
    if all(method["mean_test"][points[-1]] is not None for method in methods):
        means["test"] = _test_ranks(benchmarks, points[-1])
        heads.append("rank on test data")
    heads += [f"{found['benchmark'].rpartition(':')[2]}, {points[-1]}" for found in benchmarks]
    lines = ["| method | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for label in sorted(means[points[-1]], key=means[points[-1]].__getitem__):
        cells = [f"{one[label]:.2f}" for one in means.values()]
        regrets = (found["methods"][label]["mean_regret"][points[-1]] for found in benchmarks)
        lines.append("| " + " | ".join([label, *cells, *(f"{one:.3f}" for one in regrets)]) + " |")
    return "\n".join(lines)


def _test_ranks(benchmarks: Sequence[Json], point: str) -> dict[str, float]:
    """Mean ranks by the mean test value."""
    labels = list(benchmarks[0]["methods"])
    table = [[found["methods"][one]["mean_test"][point] for one in labels] for found in benchmarks]
    return dict(zip(labels, ranks(np.array(table)).mean(axis=0).tolist(), strict=True))


def _row(record: Json, label: str, method: Json, points: Sequence[str]) -> str:
    cells = [label]
    cells += [f"{method['mean_regret'][p]:.3f} {_span(method['interval'][p])}" for p in points]
    for point in points:
        pair = record["differences"][point].get(label)
        cells.append("-" if pair is None else _span(pair["interval"], sign=True))
    found = method["found_optimum"]
    cells.append("-" if found is None else " / ".join(f"{found[p]:.2f}" for p in points))
    test = method["mean_test"][points[-1]]
    cells.append("-" if test is None else f"{test:.3f}")
    return "| " + " | ".join([*cells, f"{method['seconds']:.1f}"]) + " |"


def _span(ends: Sequence[float], *, sign: bool = False) -> str:
    rounded = [round(end, 3) + 0.0 for end in ends]  # -0.0 + 0.0 is 0.0
    low, high = (f"{end:+.3f}" if sign else f"{end:.3f}" for end in rounded)
    return f"[{low}, {high}]"


def main(arguments: Sequence[str] | None = None) -> None:
    """Keep the comparisons of the files named, and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparisons", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="FILE")
    options = parser.parse_args(arguments)
    known: list[dict[str, Any]] = []
    if options.output.exists():
        known = [json.loads(line) for line in options.output.read_text().splitlines()]
    for file in options.files:
        results = json.loads(file.read_text())
        for record in lines_of(results):
            known = [*(one for one in known if not same(one, record)), record]
            print(f"### {record['benchmark']}\n\n`{record['command']}`\n\n{table_of(record)}\n")
        if all(results["overall"].values()):
            print(f"### mean ranks\n\n{ranking_of(results)}\n")
    text = "".join(json.dumps(record) + "\n" for record in known)
    options.output.write_text(text)


if __name__ == "__main__":
    main()
