"""``python -m benchmarks.plots FILE ... --output DIR``: pictures of the records in the files.

Per suite: the share of problems proved over time, the gap over time (of records with a log), the
ratios of medians; for the suite ``scaling`` time and gap on logarithmic axes. Stopped solves count
as unproved, and are drawn hollow or hatched where a time is drawn.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture

from benchmarks.measure import Record
from benchmarks.results import Figure, grouped, median_seconds, read_lines
from nasgoat.study.plots import COLOURS

REFERENCES = {"paper-vs-ours": "ours", "solvers": "highs", "options": "default"}
SMALLEST_GAP = 1e-5  # of the logarithmic axis; smaller ones lie on its edge
NODES = re.compile(r"-n(\d+)-T60$")
OBSERVATIONS = re.compile(r"-n6-T(\d+)$")

Draw = Callable[[Axes], bool]


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw whatever the files hold material for; return 1 if that is nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plots", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=Path("plots"), metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        records = read_lines(options.files)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    written = draw_all(records, options.output)
    for path in written:
        print(path)
    if not written:
        print("error: no record was solved; there is nothing to plot", file=sys.stderr)
    return 0 if written else 1


def draw_all(records: Sequence[Record], folder: Path) -> list[Path]:
    """Write every picture that the records have material for; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    done = [record for record in records if record["seconds"]["total"] is not None]
    pictures: dict[str, Draw] = {}
    for (suite,), some in grouped(done, "suite").items():
        name = suite or "single"
        pictures[f"time-to-gap-{name}"] = _bound(time_to_gap, some)
        pictures[f"gap-over-time-{name}"] = _bound(gap_over_time, some)
        if suite in REFERENCES:
            pictures[f"ratios-{name}"] = _bound(ratio_bars, some)
        if suite == "scaling":
            pictures["scaling-nodes"] = _scaling(some, NODES, "nodes, 60 observations")
            pictures["scaling-observations"] = _scaling(some, OBSERVATIONS, "observations, 6 nodes")
    paths = (folder / f"{name}.png" for name in pictures)
    return [p for p, draw in zip(paths, pictures.values(), strict=True) if _save(p, draw)]


def time_to_gap(axes: Axes, records: Sequence[Record]) -> bool:
    """Share of the problems proved to their gap after so many seconds, one line per arm."""
    every = [run["seconds"]["total"] for run in records]
    for (arm,), runs in grouped(records, "arm").items():
        times = sorted(run["seconds"]["total"] for run in runs if run["status"] == "optimal")
        shares = np.arange(len(times) + 1) / len(runs)
        axes.step(
            [0.8 * min(every), *times, 1.25 * max(every)],
            [*shares, shares[-1]],
            where="post",
            label=f"{arm or 'all'}, {len(runs)} problems",
        )
    axes.set(xscale="log", ylim=(0, 1.02), xlabel="seconds", ylabel="share of problems proved")
    axes.legend(frameon=False)
    return True


def gap_over_time(axes: Axes, records: Sequence[Record]) -> bool:
    """The gap of every solve with a log, a colour per case and a line style per arm."""
    styles = ("-", "--", ":", "-.")
    logged = [run for run in records if len(_gaps(run)[0]) > 0]
    arms = [arm for (arm,) in grouped(logged, "arm")]
    for i, ((case,), group) in enumerate(grouped(logged, "case").items()):
        for (arm,), runs in grouped(group, "arm").items():
            names = [name for name in (case, arm) if name]
            for k, run in enumerate(runs):
                seconds, gaps = _gaps(run)
                axes.step(
                    seconds,
                    np.maximum(gaps, SMALLEST_GAP),
                    where="post",
                    color=COLOURS[i % len(COLOURS)],
                    linestyle=styles[arms.index(arm) % len(styles)],
                    linewidth=1,
                    marker=".",
                    label=", ".join(names) if k == 0 else None,
                )
    axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="gap")
    if any(line.get_label() for line in axes.lines):
        axes.legend(frameon=False, fontsize="x-small", ncols=2)
    return bool(logged)


def ratio_bars(axes: Axes, records: Sequence[Record]) -> bool:
    """Ratio of medians to the reference arm; hatched where it is a limit only."""
    reference = REFERENCES[records[0]["suite"]]
    bars: dict[str, Figure] = {}
    for (case,), group in grouped(records, "case").items():
        arms = {arm: runs for (arm,), runs in grouped(group, "arm").items()}
        base = median_seconds(arms.pop(reference, []))
        for arm, runs in arms.items():
            ratio = median_seconds(runs).over(base)
            if ratio.value is not None:
                bars[f"{case}, {arm}"] = ratio
    widths = [ratio.value or 1.0 for ratio in bars.values()]
    drawn = axes.barh(list(bars), [width - 1.0 for width in widths], left=1.0, color=COLOURS[0])
    for bar, ratio in zip(drawn, bars.values(), strict=True):
        bar.set_hatch("" if ratio.sign == "=" else "///")
        bar.set_facecolor(COLOURS[0] if ratio.sign == "=" else "white")
        bar.set_edgecolor(COLOURS[0])
    axes.bar_label(drawn, [f" {ratio}" for ratio in bars.values()], fontsize="x-small")
    axes.axvline(1.0, color="0.4", linewidth=0.8)
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize="x-small")
    axes.set(xscale="log", xlabel=f"median seconds over those of {reference}")
    axes.margins(x=0.15)
    return bool(bars)


def _scaling(records: Sequence[Record], pattern: re.Pattern[str], label: str) -> Draw:
    """Seconds against a size that the cases' names hold, on logarithmic axes."""

    def draw(axes: Axes) -> bool:
        sized = [(int(m[1]), run) for run in records if (m := pattern.search(run["case"]))]
        for i, arm in enumerate(dict.fromkeys(run["arm"] for _, run in sized)):
            runs: Mapping[int, list[Record]] = {
                size: [run for other, run in sized if other == size and run["arm"] == arm]
                for size in sorted({size for size, run in sized if run["arm"] == arm})
            }
            medians = {size: median_seconds(group) for size, group in runs.items()}
            colour = COLOURS[i % len(COLOURS)]
            heights = [one.value or np.nan for one in medians.values()]
            axes.plot(list(medians), heights, color=colour, label=f"{arm}, median")
            for size, group in runs.items():
                for run in group:
                    axes.plot(
                        size,
                        run["seconds"]["total"],
                        "o",
                        color=colour,
                        markersize=4,
                        fillstyle="full" if run["status"] == "optimal" else "none",
                    )
        sizes = sorted({size for size, _ in sized})
        axes.set(xscale="log", yscale="log", xlabel=label, ylabel="seconds (hollow: stopped)")
        axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
        axes.set_xticks([], minor=True)
        if sized:
            axes.legend(frameon=False)
        return bool(sized)

    return draw


def _gaps(record: Record) -> tuple[list[float], list[float]]:
    """Seconds and gaps of the log's events that know both an incumbent and a bound."""
    known = [
        (seconds, (incumbent - bound) / max(1.0, abs(incumbent)))
        for seconds, incumbent, bound in record.get("log") or ()
        if incumbent is not None and bound is not None
    ]
    return [seconds for seconds, _ in known], [gap for _, gap in known]


def _bound(draw: Callable[[Axes, Sequence[Record]], bool], records: Sequence[Record]) -> Draw:
    return lambda axes: draw(axes, records)


def _save(path: Path, draw: Draw) -> bool:
    """Draw and write one picture, unless there is nothing to draw."""
    picture = Picture(figsize=(8, 5), layout="constrained")
    FigureCanvasAgg(picture)
    axes = picture.add_subplot()
    axes.set_prop_cycle(color=COLOURS)
    drawn = draw(axes)
    axes.grid(visible=True, which="major", color="0.9", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if drawn:
        picture.savefig(path, dpi=150, format="png")
    return drawn


if __name__ == "__main__":
    sys.exit(main())
