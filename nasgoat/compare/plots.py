"""Mean regrets with bands as PNG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nasgoat.compare.results import BenchmarkResult
from nasgoat.study.plots import folded, make_logarithmic, stroke

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def comparison_plot(path: Path, result: BenchmarkResult, initial: int) -> None:
    """Draw the mean regret of every method after each evaluation, with its bootstrap interval.

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
    bands = {
        f"{label} ({one.trials} trials)": one.band()
        for label, one in result.methods.items()
        if one.trials
    }
    draw_bands(axes, bands, initial)
    axes.set_xlabel("evaluations")
    axes.set_ylabel(folded(f"mean regret in {result.objective}"))
    axes.set_title(_title(result), fontsize="medium")
    axes.grid(visible=True, which="both", color="0.88", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, dpi=150, format="png")


def draw_bands(axes: Axes, bands: Mapping[str, Sequence[ArrayLike]], initial: int) -> None:
    """Lines of mean regrets, shaded between the ends of their intervals.

    The vertical axis is logarithmic if some mean is positive; a mean of 0 lies on the lower edge.

    Args:
        axes: where to draw.
        bands: at least one; by the words of the legend the mean and both ends, ``(budget,)`` each.
        initial: size of the shared initial design, shaded.
    """
    means = np.concatenate([np.asarray(mean) for mean, _, _ in bands.values()])
    positive = means[means > 0]
    floor = float(positive.min()) / 2 if len(positive) else 0.0
    longest = 0
    for number, (label, band) in enumerate(bands.items()):
        colour, dash = stroke(number)
        mean, low, high = (np.maximum(line, floor) for line in band)
        evaluations = np.arange(1, len(mean) + 1)
        longest = max(longest, len(mean))
        axes.step(evaluations, mean, where="post", color=colour, ls=dash, lw=1.6, label=label)
        axes.fill_between(evaluations, low, high, step="post", color=colour, alpha=0.15, lw=0)
    if floor > 0:
        make_logarithmic(axes, floor)
    axes.set_xlim(1, max(2, longest))
    axes.axvspan(1, min(initial, longest) + 0.5, color="0.93", zorder=0)


def _title(result: BenchmarkResult) -> str:
    yardstick = result.yardstick
    what = "optimum" if yardstick.is_optimum else "best found"
    return f"{result.benchmark}, {what} {yardstick.value:.4g}; bands: 95 % bootstrap"
