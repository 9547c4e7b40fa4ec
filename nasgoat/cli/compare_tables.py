"""Comparisons as tables in the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from nasgoat.compare import (
    BenchmarkResult,
    Folder,
    Overall,
    Report,
    Row,
    overall_rows,
    plot_path,
    probability,
    rows,
)

WIDE = 150  # characters that a whole table takes
LEFT_OUT = ("trials", "test", "rank")  # of the columns, where there is less room


def show(console: Console, report: Report, folder: Folder) -> None:
    """Print the tables of a comparison and where its files are."""
    if not console.is_terminal:
        console.width = WIDE + 50
    for result in report.benchmarks:
        for checkpoint in report.plan.checkpoints:
            console.print(_table(result, checkpoint, report.reference, console.width >= WIDE))
            console.print(_friedman(result, checkpoint), soft_wrap=True)
    for checkpoint, overall in report.overall.items():
        if overall is not None:
            console.print(_overall(overall, checkpoint))
    _legend(console, report)
    plots = ", ".join(plot_path(folder.root, one).name for one in report.benchmarks)
    text = f"files in {folder.root}: results.json, table.csv, table.tex, {plots}, trials/"
    console.print(escape(text), soft_wrap=True)


def _table(result: BenchmarkResult, checkpoint: int, reference: str, wide: bool) -> Table:
    yardstick = result.yardstick
    what = "optimum" if yardstick.is_optimum else "best found by any method"
    title = f"{result.benchmark}: {result.objective}; {what} {yardstick.value:.4f}"
    failed = any(method.failures for method in result.methods.values())
    shown = [
        (place, name)
        for place, name in enumerate(Row.HEAD)
        if wide or name not in LEFT_OUT or (name == "trials" and failed)
    ]
    table = _empty(f"\n{title}; after {checkpoint} evaluations", *(name for _, name in shown))
    best = min(one.points[checkpoint].mean_regret for one in result.methods.values() if one.trials)
    for row in rows(result, checkpoint, reference):
        method = result.methods[row.method]
        least = bool(method.trials) and method.points[checkpoint].mean_regret == best
        cells = [row.cells[place] for place, _ in shown]
        cells = [cell if wide else cell.replace(" [", "\n[") for cell in cells]
        table.add_row(*map(escape, cells), style="bold" if least else None)
    return table


def _friedman(result: BenchmarkResult, checkpoint: int) -> str:
    test = result.rank_tests[checkpoint].friedman
    if test.p is None or test.statistic is None:
        return "Friedman's test needs three methods and a trial that all of them finished."
    return (
        f"Friedman's test over {test.blocks} trials: chi-squared {test.statistic:.2f}, "
        f"p {probability(test.p)}"
    )


def _overall(overall: Overall, checkpoint: int) -> Table:
    count = len(overall.benchmarks)
    title = f"\nmean rank over {count} benchmarks after {checkpoint} evaluations"
    table = _empty(title, "method", "mean rank", "not told apart")
    for cells in overall_rows(overall):
        table.add_row(*map(escape, cells))
    p = overall.friedman.p
    table.caption = f"critical difference {overall.critical_difference:.2f}" + (
        "" if p is None else f"; Friedman's test: p {probability(p)}"
    )
    return table


def _empty(title: str, *head: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=escape(title), title_justify="left", title_style="")
    for name in head:
        justify: JustifyMethod = "left" if name == head[0] else "right"
        table.add_column(name, justify=justify, overflow="fold")
    return table


def _legend(console: Console, report: Report) -> None:
    lines = [
        "[low, high]: 95 % intervals. rank: mean over trials, 1 is best. difference: of the mean",
        f"regret to {report.reference}, paired. p: Wilcoxon's test of it with Holm's correction.",
        "seconds: of searching, per trial. Further columns are in table.csv.",
    ]
    if report.missing:
        lines.append(f"{report.missing} trials are missing or failed.")
    console.print(escape("\n".join(lines)), style="dim")
