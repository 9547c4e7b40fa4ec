"""The plots of a report, each with a sentence that says what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from nasgoat.compare.plots import draw_bands
from nasgoat.records import Certificate
from nasgoat.report.figures import SIZE, empty_axes, figure_svg, finished
from nasgoat.report.runs import Forecast, Run
from nasgoat.study import COLOURS, make_logarithmic, regret_figure

LEVELS = np.linspace(0.05, 0.95, 19)  # of central intervals
PROVEN, OPEN = COLOURS[0], COLOURS[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot on the page.

    Args:
        svg: the element.
        caption: what is to be seen, for everybody.
    """

    svg: str
    caption: str


def regret_picture(runs: Sequence[Run], name: str) -> Picture | None:
    """Regret curves of runs on one benchmark, several of a method as mean and standard error."""
    runs = [run for run in runs if np.isfinite(run.best_values[-1:]).any()]
    if not runs:
        return None
    methods = list(dict.fromkeys(run.method for run in runs))
    histories = {one: [run.results for run in runs if run.method == one] for one in methods}
    first = runs[0]
    figure = regret_figure(
        histories,
        objective=first.objective,
        optimum=first.optimum,
        initial=min(run.initial for run in runs),
        title=first.benchmark,
    )
    figure.set_size_inches(*SIZE)
    (axes,) = figure.axes
    finished(axes, axes.get_xlabel(), axes.get_ylabel())
    what = "regret" if first.optimum is not None else "best value"
    ends = []
    for run in runs:
        begin, end = (
            value - (first.optimum or 0.0) for value in (run.best_values[0], run.best_values[-1])
        )
        ends.append(f"{run.method} from {begin:.4g} to {end:.4g} in {len(run.steps)} evaluations")
    caption = f"Best {what} after each evaluation: {'; '.join(ends)}."
    return Picture(figure_svg(figure, name, caption), caption)


def gap_picture(run: Run, name: str) -> Picture | None:
    """Gaps of the certificates over a run; None where all are 0 or there are none."""
    bounded = [(number, one) for number, one in certificates(run) if one.gap is not None]
    positive = [one.gap for _, one in bounded if one.gap]
    if not positive:
        return None
    figure, axes = empty_axes()
    least = min(positive)
    for done, colour, label in ((True, PROVEN, "complete proof"), (False, OPEN, "stopped early")):
        chosen = [(number, one) for number, one in bounded if (one.status == "optimal") == done]
        if chosen:
            gaps = [max(one.gap or 0.0, least / 3) for _, one in chosen]
            axes.plot([number for number, _ in chosen], gaps, "o", color=colour, label=label, ms=5)
    axes.set_yscale("log")
    finished(axes, "evaluation", "gap of the certificate")
    proven = sum(one.status == "optimal" for _, one in bounded)
    exact = len(bounded) - len(positive)
    caption = (
        f"{proven} of {len(bounded)} certificates are complete proofs; the largest gap is "
        f"{max(positive):.1e}"
        + (f", and {exact} gaps of 0 lie on the lower edge." if exact else ".")
    )
    return Picture(figure_svg(figure, name, caption), caption)


def seconds_picture(run: Run, name: str) -> Picture | None:
    """How long each certificate took."""
    found = certificates(run)
    if not found:
        return None
    figure, axes = empty_axes()
    solvers = list(dict.fromkeys(one.solver for _, one in found))
    for solver, colour in zip(solvers, COLOURS, strict=False):
        mine = [(number, one.seconds) for number, one in found if one.solver == solver]
        axes.plot(*zip(*mine, strict=True), "o-", color=colour, label=solver, ms=4, lw=1.2)
    seconds = [one.seconds for _, one in found]
    if min(seconds) > 0:
        make_logarithmic(axes, min(seconds) / 1.5)
    finished(axes, "evaluation", "seconds of the solve")
    caption = (
        f"Solving took {np.median(seconds):.2g} s at the median and {max(seconds):.2g} s at most, "
        f"{sum(seconds):.3g} s in all."
    )
    return Picture(figure_svg(figure, name, caption), caption)


def forecast_picture(forecasts: Sequence[Forecast], name: str) -> Picture:
    """Predictions against what was observed."""
    figure, axes = empty_axes()
    mean = np.array([one.prediction.mean for one in forecasts])
    spread = np.array([one.spread for one in forecasts])
    target = np.array([one.target for one in forecasts])
    axes.errorbar(
        mean,
        target,
        xerr=spread,
        fmt="o",
        ms=4,
        lw=0.8,
        color=COLOURS[0],
        label="mean ± 1 deviation",
    )
    ends = [min(mean.min(), target.min()) - 0.2, max(mean.max(), target.max()) + 0.2]
    axes.plot(ends, ends, color="#000000", lw=0.8, ls="--", label="observed as predicted")
    finished(axes, "predicted, transformed unit", "observed, transformed unit")
    bias = float((target - mean).mean())
    caption = (
        f"Predictions of {len(forecasts)} proposals against what came. Observed values are "
        f"{abs(bias):.2g} {'above' if bias > 0 else 'below'} the predicted ones on average: "
        f"{'the model promised more than it kept' if bias > 0 else 'the model was too cautious'}."
    )
    return Picture(figure_svg(figure, name, caption), caption)


def calibration_picture(forecasts: Sequence[Forecast], name: str) -> Picture:
    """How often central intervals held the observed value, by what they should."""
    shares = coverage(forecasts)
    figure, axes = empty_axes()
    levels, found = list(shares), list(shares.values())
    axes.plot([0, 1], [0, 1], color="#000000", lw=0.8, ls="--", label="calibrated")
    axes.plot(levels, found, "o-", color=COLOURS[2], ms=4, lw=1.4, label="this run")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    finished(axes, "interval's probability", "share of observed values in it")
    half, most = (min(shares, key=lambda level: abs(level - wanted)) for wanted in (0.5, 0.9))
    caption = (
        f"Of the observed values {100 * shares[half]:.0f} % lie in the intervals of 50 %, and "
        f"{100 * shares[most]:.0f} % in those of 90 %. Proposals are chosen where the model is "
        "hopeful: even a good model covers less than it says there."
    )
    return Picture(figure_svg(figure, name, caption), caption)


def residual_picture(forecasts: Sequence[Forecast], name: str) -> Picture:
    """Standardised residuals over a run."""
    figure, axes = empty_axes()
    numbers = [one.number for one in forecasts]
    residuals = [one.residual for one in forecasts]
    axes.axhspan(-2, 2, color="0.93", zorder=0, label="within 2 deviations")
    axes.axhline(0, color="#000000", lw=0.8)
    axes.plot(numbers, residuals, "o", color=COLOURS[3], ms=5)
    widest = max(2.5, *(abs(one) for one in residuals)) + 0.5
    axes.set_ylim(-widest, widest)
    finished(axes, "evaluation", "residual / deviation")
    beyond = sum(abs(one) > 2 for one in residuals)
    caption = f"{beyond} of {len(residuals)} residuals are larger than 2 standard deviations."
    return Picture(figure_svg(figure, name, caption), caption)


def band_picture(result: Mapping[str, object], initial: int, name: str) -> Picture | None:
    """Mean regrets of compared methods with their intervals; None where the file has no curves."""
    methods = result["methods"]
    assert isinstance(methods, Mapping)
    bands = {label: one["band"] for label, one in methods.items() if one.get("band")}
    if not bands:
        return None
    figure, axes = empty_axes()
    draw_bands(axes, bands, initial)
    finished(axes, "evaluations", f"mean regret in {result['objective']}")
    ends = ", ".join(f"{label} {band[0][-1]:.3g}" for label, band in bands.items())
    caption = f"Mean regret with 95 % bootstrap intervals. At the end: {ends}."
    return Picture(figure_svg(figure, name, caption), caption)


def certificates(run: Run) -> list[tuple[int, Certificate]]:
    """Those of a run, each with the number of its evaluation."""
    return [
        (number, step.proposal.certificate)
        for number, step in enumerate(run.steps, start=1)
        if step.proposal is not None and step.proposal.certificate is not None
    ]


def coverage(forecasts: Sequence[Forecast]) -> dict[float, float]:
    """The share of observed values in central intervals, by their probability."""
    sizes = np.abs([one.residual for one in forecasts])
    return {float(level): float((sizes <= norm.ppf((1 + level) / 2)).mean()) for level in LEVELS}


def finite(forecasts: Sequence[Forecast]) -> list[Forecast]:
    """Those whose residual is a number: the others expected no deviation at all."""
    return [one for one in forecasts if math.isfinite(one.residual)]
