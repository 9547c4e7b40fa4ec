"""Tables of comparisons as plain cells, CSV and LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nasgoat.compare.intervals import Interval
from nasgoat.compare.overall import Overall
from nasgoat.compare.results import BenchmarkResult, Pair

COLUMNS = (
    "benchmark",
    "method",
    "evaluations",
    "trials",
    "failed",
    "mean_regret",
    "mean_regret_low",
    "mean_regret_high",
    "median_regret",
    "median_regret_low",
    "median_regret_high",
    "found_optimum",
    "found_optimum_low",
    "found_optimum_high",
    "mean_test",
    "mean_test_low",
    "mean_test_high",
    "mean_rank",
    "difference",
    "difference_low",
    "difference_high",
    "p_holm",
    "seconds",
)

SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "&%$#_{}"},
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one benchmark after a number of evaluations, in words."""

    method: str
    trials: str
    regret: str
    median: str
    found: str
    test: str
    rank: str
    difference: str
    p: str
    seconds: str

    HEAD = (
        "method",
        "trials",
        "mean regret",
        "median",
        "optimum found",
        "test",
        "rank",
        "difference",
        "p (Holm)",
        "seconds",
    )

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of ``HEAD``."""
        return tuple(getattr(self, name) for name in self.__slots__)


def rows(result: BenchmarkResult, checkpoint: int, reference: str) -> list[Row]:
    """The table of a benchmark at a checkpoint, a row per method in the order of the plan.

    Differences are those of the mean regret to the reference; ``-`` stands for what there is not.
    """
    pairs = result.against(reference, checkpoint)
    ranks = result.rank_tests[checkpoint].mean_ranks
    table = []
    for label, method in result.methods.items():
        failed = f", {len(method.failures)} failed" if method.failures else ""
        point = method.points.get(checkpoint)
        if point is None:
            table.append(Row(label, f"0{failed}", *["-"] * 8))
            continue
        pair = pairs.get(label)
        own = label == reference
        table.append(
            Row(
                label,
                f"{method.trials}{failed}",
                _with_ends(point.mean_regret, point.interval),
                f"{point.median_regret:.3f}",
                _share(point.found, point.found_interval),
                _with_ends(point.mean_test, point.test_interval),
                f"{ranks[label]:.2f}" if label in ranks else "-",
                "reference" if own else _difference(pair),
                "-" if pair is None else probability(pair.p_holm),
                f"{method.search_seconds.mean():.1f}",
            )
        )
    return table


def overall_rows(overall: Overall) -> list[tuple[str, str, str]]:
    """Label, mean rank and groups, the best method first: equal letters are not told apart."""
    letters = {
        label: ""
        for label, _ in sorted(overall.mean_ranks.items(), key=lambda pair: (pair[1], pair[0]))
    }
    for number, group in enumerate(overall.indistinct):
        for label in group:
            letters[label] += chr(ord("a") + number % 26)
    return [(label, f"{overall.mean_ranks[label]:.2f}", letters[label] or "-") for label in letters]


def csv_text(results: Iterable[BenchmarkResult], checkpoints: Sequence[int], reference: str) -> str:
    """All numbers as CSV: a line per benchmark, checkpoint and method; empty for what is not."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in results:
        for checkpoint in checkpoints:
            for label in result.methods:
                writer.writerow(_numbers(result, checkpoint, reference, label))
    return text.getvalue()


def latex_text(
    results: Sequence[BenchmarkResult], checkpoints: Sequence[int], reference: str
) -> str:
    """A table per benchmark: mean regret with its interval at each checkpoint, the least in bold.

    The tables need the package ``booktabs``.
    """
    return "\n".join(_latex_table(result, checkpoints, reference) for result in results)


def probability(p: float) -> str:
    """A probability in a few characters."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _latex_table(result: BenchmarkResult, checkpoints: Sequence[int], reference: str) -> str:
    methods = {label: one for label, one in result.methods.items() if one.trials}
    best = {at: min(one.points[at].mean_regret for one in methods.values()) for at in checkpoints}
    last = checkpoints[-1]
    pairs = result.against(reference, last)
    head = [f"regret at {at}" for at in checkpoints]
    lines = [
        f"% {_latex(result.benchmark)}: {_latex(result.objective)}",
        rf"\begin{{tabular}}{{l{'l' * len(head)}lll}}",
        r"\toprule",
        _latex_row(["method", *head, f"found at {last}", f"$p$ at {last}", "seconds"]),
        r"\midrule",
    ]
    for label, method in methods.items():
        cells = []
        for at in checkpoints:
            point = method.points[at]
            value = f"{point.mean_regret:.3f}"
            value = rf"\textbf{{{value}}}" if point.mean_regret == best[at] else value
            cells.append(f"{value} [{point.interval.low:.3f}, {point.interval.high:.3f}]")
        found = method.points[last].found
        pair = pairs.get(label)
        cells += [
            "--" if found is None else rf"{100 * found:.0f}\,\%",
            "--" if pair is None else f"${probability(pair.p_holm)}$",
            f"{method.search_seconds.mean():.1f}",
        ]
        lines.append(_latex_row([_latex(label), *cells]))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _latex(text: str) -> str:
    return text.translate(SPECIAL)


def _numbers(
    result: BenchmarkResult, checkpoint: int, reference: str, label: str
) -> list[str | int | float | None]:
    method = result.methods[label]
    pair = result.against(reference, checkpoint).get(label)
    point = method.points.get(checkpoint)
    start: list[str | int | float | None] = [
        result.benchmark,
        label,
        checkpoint,
        method.trials,
        len(method.failures),
    ]
    if point is None:
        return [*start, *[None] * (len(COLUMNS) - len(start))]
    return [
        *start,
        point.mean_regret,
        *_ends(point.interval),
        point.median_regret,
        *_ends(point.median_interval),
        point.found,
        *_ends(point.found_interval),
        point.mean_test,
        *_ends(point.test_interval),
        result.rank_tests[checkpoint].mean_ranks.get(label),
        None if pair is None else pair.mean_difference,
        *_ends(None if pair is None else pair.interval),
        None if pair is None else pair.p_holm,
        float(method.search_seconds.mean()),
    ]


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _with_ends(value: float | None, interval: Interval | None) -> str:
    if value is None or interval is None:
        return "-"
    return f"{value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _difference(pair: Pair | None) -> str:
    if pair is None:
        return "-"
    return f"{pair.mean_difference:+.3f} [{pair.interval.low:+.3f}, {pair.interval.high:+.3f}]"


def _share(value: float | None, interval: Interval | None) -> str:
    if value is None or interval is None:
        return "-"
    return f"{100 * value:.0f} % [{100 * interval.low:.0f}, {100 * interval.high:.0f}]"
