"""Regret curves as PNG files."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nasgoat.records import Failure, Observation
from nasgoat.study.history import Floats, best_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

History = Sequence[Observation | Failure]

# Okabe and Ito's colours: they stay distinct for colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":", "-.")  # of the first seven lines, the second ...
LONG = 36  # characters that the vertical axis has room for


def regret_plot(
    path: Path,
    histories: Mapping[str, Sequence[History]],
    *,
    objective: str,
    optimum: float | None = None,
    initial: int = 0,
    title: str = "",
) -> None:
    """Write ``regret_figure`` into a PNG file.

    Args:
        path: of the file; directories are made as needed.
        histories: as of ``regret_figure``.
        objective: likewise.
        optimum: likewise.
        initial: likewise.
        title: likewise.

    Raises:
        ValueError: there is no observation.
    """
    figure = regret_figure(
        histories, objective=objective, optimum=optimum, initial=initial, title=title
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, format="png")


def regret_figure(
    histories: Mapping[str, Sequence[History]],
    *,
    objective: str,
    optimum: float | None = None,
    initial: int = 0,
    title: str = "",
) -> Figure:
    """Draw the best value found after each evaluation, for one or more methods.

    With a known optimum the vertical axis is the regret, logarithmic if some regret is positive; an
    optimum that was found lies on the lower edge. Several runs of a method are drawn as their mean
    with a band of one standard error.

    Args:
        histories: the runs of each method.
        objective: of the evaluator, e.g. ``"validation error on Cora, %"``.
        optimum: least value in the space, or None.
        initial: number of evaluations of the initial design, shaded; 0 for none.
        title: above the plot.

    Raises:
        ValueError: there is no observation.
    """
    curves = {name: _curves(runs, optimum) for name, runs in histories.items()}
    curves = {name: table for name, table in curves.items() if table.size}
    if not curves:
        msg = "there is nothing to plot: no run has an observation"
        raise ValueError(msg)
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (0.5 s)
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    floor = _floor(curves) if optimum is not None else None
    for number, (name, table) in enumerate(curves.items()):
        _draw(axes, name, table, stroke(number), floor)
    if floor is not None:
        make_logarithmic(axes, floor)
    longest = max(table.shape[1] for table in curves.values())
    axes.set_xlim(1, max(2, longest))
    if initial > 0:
        end = min(initial, longest) + 0.5
        axes.axvspan(1, end, color="0.93", zorder=0, label="initial design")
    axes.set_xlabel("evaluations")
    axes.set_ylabel(folded(f"best {objective}" if optimum is None else f"regret in {objective}"))
    axes.set_title(
        title or ("" if optimum is None else f"optimum {optimum:.4g}"), fontsize="medium"
    )
    axes.grid(visible=True, which="both", color="0.88", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def _curves(runs: Sequence[History], optimum: float | None) -> Floats:
    """``(runs, T)``, best values or regrets, cut to the shortest run; NaN where there are none."""
    values = [best_values(run) for run in runs if len(run)]
    if not values:
        return np.zeros((0, 0))
    length = min(len(run) for run in values)
    table = np.stack([run[:length] for run in values])
    table = np.where(np.isfinite(table), table, np.nan)
    return table if optimum is None else np.maximum(table - optimum, 0.0)


def _floor(curves: Mapping[str, Floats]) -> float | None:
    """Lower edge of a logarithmic axis: half the least positive mean; None if all are zero."""
    means = np.concatenate([table.mean(axis=0) for table in curves.values()])
    positive = means[means > 0]
    return float(positive.min()) / 2 if len(positive) else None


def folded(label: str) -> str:
    """A label in lines that the vertical axis has room for, none of them a lonely "%"."""
    return textwrap.fill(label.replace(" %", "\N{NO-BREAK SPACE}%"), LONG)


def stroke(number: int) -> tuple[str, str]:
    """Colour and dash of a line: no two of the first 28 are the same."""
    turn, place = divmod(number, len(COLOURS))
    return COLOURS[place], DASHES[turn % len(DASHES)]


def make_logarithmic(axes: Axes, floor: float) -> None:
    """A logarithmic vertical axis with plain numbers at 1, 2, 5, 10 ..."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: PLC0415

    axes.set_yscale("log")
    axes.set_ylim(bottom=floor)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _draw(axes: Axes, name: str, table: Floats, line: tuple[str, str], floor: float | None) -> None:
    """One method: mean and standard error, or a single run with a dot at every gain."""
    colour, dash = line
    evaluations = np.arange(1, table.shape[1] + 1)
    mean = table.mean(axis=0)
    shown = mean if floor is None else np.maximum(mean, floor)
    label = name if len(table) == 1 else f"{name} (mean of {len(table)} runs)"
    step: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 1.8}
    axes.step(evaluations, shown, where="post", label=label, **step)
    if len(table) == 1:
        before = np.concatenate([[np.inf], np.nan_to_num(mean[:-1], nan=np.inf)])
        gained = np.flatnonzero(mean < before)
        axes.plot(
            evaluations[gained], shown[gained], "o", color=colour, markersize=4, clip_on=False
        )
        return
    error = table.std(axis=0, ddof=1) / np.sqrt(len(table))
    low = mean - error if floor is None else np.maximum(mean - error, floor)
    axes.fill_between(
        evaluations, low, mean + error, step="post", color=colour, alpha=0.2, linewidth=0
    )
