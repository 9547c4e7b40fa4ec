"""Mean regrets with bands as PNG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nasgoat.compare.results import BenchmarkResult
from nasgoat.study.plots import folded, make_logarithmic, stroke


def comparison_plot(path: Path, result: BenchmarkResult, initial: int) -> None:
    """Draw the mean regret of every method after each evaluation, with its bootstrap interval.

    The vertical axis is logarithmic if some mean is positive; a mean of 0 lies on the lower edge.

    Args:
        path: PNG file; its directory exists.
        result: of one benchmark.
        initial: size of the shared initial design, shaded.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (0.5 s)
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7.5, 4.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    bands = {label: one.band() for label, one in result.methods.items() if one.trials}
    means = np.concatenate([mean for mean, _, _ in bands.values()])
    positive = means[means > 0]
    floor = float(positive.min()) / 2 if len(positive) else 0.0
    budget = len(next(iter(bands.values()))[0])
    evaluations = np.arange(1, budget + 1)
    for number, (label, band) in enumerate(bands.items()):
        colour, dash = stroke(number)
        mean, low, high = (np.maximum(line, floor) for line in band)
        name = f"{label} ({result.methods[label].trials} trials)"
        axes.step(evaluations, mean, where="post", color=colour, ls=dash, linewidth=1.6, label=name)
        axes.fill_between(
            evaluations, low, high, step="post", color=colour, alpha=0.15, linewidth=0
        )
    if floor > 0:
        make_logarithmic(axes, floor)
    axes.set_xlim(1, max(2, budget))
    axes.axvspan(1, min(initial, budget) + 0.5, color="0.93", zorder=0)
    axes.set_xlabel("evaluations")
    axes.set_ylabel(folded(f"mean regret in {result.objective}"))
    axes.set_title(_title(result), fontsize="medium")
    axes.grid(visible=True, which="both", color="0.88", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, dpi=150, format="png")


def _title(result: BenchmarkResult) -> str:
    yardstick = result.yardstick
    what = "optimum" if yardstick.is_optimum else "best found"
    return f"{result.benchmark}, {what} {yardstick.value:.4g}; bands: 95 % bootstrap"
