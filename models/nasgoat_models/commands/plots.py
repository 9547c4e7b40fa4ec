"""Scatter plots with the mean of every bin."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nasgoat_models.smoothness import Scatter

BINS = 12
DOTS = 3000  # that are drawn, lest they become one blot


def binned_plot(path: Path, scatter: Scatter, x: str, y: str) -> None:
    """Draw the pairs and the mean of ``y`` in bins of ``x`` with equally many pairs.

    Args:
        path: of the PNG file.
        scatter: the pairs.
        x: label of the horizontal axis.
        y: label of the vertical axis.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (0.5 s)
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    step = max(len(scatter.x) // DOTS, 1)
    axes.plot(scatter.x[::step], scatter.y[::step], ".", color="#56B4E9", alpha=0.4, markersize=4)
    bins = [
        part for part in np.array_split(np.argsort(scatter.x, kind="stable"), BINS) if len(part)
    ]
    centres = [scatter.x[part].mean() for part in bins]
    axes.plot(centres, [scatter.y[part].mean() for part in bins], "o-", color="#D55E00")
    axes.set(xlabel=x, ylabel=y, title=f"Spearman's correlation {scatter.correlation:.2f}")
    figure.savefig(path, dpi=120)
