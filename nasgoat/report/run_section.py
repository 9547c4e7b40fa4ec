"""What a report says of one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nasgoat.records import Certificate, Observation
from nasgoat.report import html
from nasgoat.report.architecture import architecture_svg
from nasgoat.report.plots import (
    Picture,
    calibration_picture,
    certificates,
    finite,
    forecast_picture,
    gap_picture,
    residual_picture,
    seconds_picture,
)
from nasgoat.report.runs import Run, Step

BEST = 3  # architectures drawn
ENOUGH = 3  # predictions that say something about calibration
ORIGINS = {"initial": "from the initial design", "acquisition": "least acquisition value"}
HEAD = ("no.", "value", "best", "from", "acquisition", "lower bound", "gap", "seconds", "proof by")


def run_section(run: Run, anchor: str) -> str:
    """All about a run."""
    return "".join(_parts(run, anchor))


def _parts(run: Run, anchor: str) -> Iterator[str]:
    yield html.heading(f"{run.name}: {run.method} on {run.benchmark}", anchor)
    yield html.facts(dict(_facts(run)))
    if not any(isinstance(step.result, Observation) for step in run.steps):
        yield html.paragraph("Nothing was evaluated.")
        return
    yield html.heading("Best architectures", f"{anchor}-best", 3)
    yield html.figures(
        [_drawn(run, step, rank) for rank, step in enumerate(run.best(BEST), 1)], "small"
    )
    yield from _proofs(run, anchor)
    yield from _surrogate(run, anchor)
    yield html.heading("Settings and versions", f"{anchor}-settings", 3)
    yield html.folded(f"All {len(run.steps)} evaluations", _evaluations(run))
    yield html.folded("Settings", html.settings(dict(run.header)))
    versions = {
        key: run.summary[key] for key in ("date", "versions", "machine") if key in run.summary
    }
    if versions:
        yield html.folded("Versions and machine", html.settings(versions))


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    values = [step.result.value for step in run.steps if isinstance(step.result, Observation)]
    if values:
        yield "best value", f"{run.best_values[-1]:.4f}"
    if values and run.optimum is not None:
        yield "regret", f"{run.best_values[-1] - run.optimum:.4f}"
    yield "evaluations", f"{len(run.steps)}"
    if failed := len(run.steps) - len(values):
        yield "failed", f"{failed}"
    found = [one for _, one in certificates(run)]
    if found:
        yield "proven optima", f"{sum(one.status == 'optimal' for one in found)} of {len(found)}"
    yield "seed", f"{run.header['seed']}"
    yield "nasgoat", str(run.header["nasgoat"])


def _proofs(run: Run, anchor: str) -> Iterator[str]:
    yield html.heading("Certificates", f"{anchor}-certificates", 3)
    found = [one for _, one in certificates(run)]
    if not found:
        yield html.paragraph(f"{run.method} proposes without a certificate: no optimum was proven.")
        return
    yield html.paragraph(
        "A certificate is about the acquisition function, that is, about what the model believes: "
        "no architecture of the space has an acquisition value below the lower bound."
    )
    if all(one.gap == 0 for one in found):
        yield html.paragraph(f"All {len(found)} certificates are complete proofs with a gap of 0.")
    yield html.figures(
        [gap_picture(run, f"{anchor}-gap"), seconds_picture(run, f"{anchor}-seconds")]
    )


def _surrogate(run: Run, anchor: str) -> Iterator[str]:
    yield html.heading("The surrogate, put to the test", f"{anchor}-surrogate", 3)
    forecasts = finite(run.forecasts())
    if len(forecasts) < ENOUGH:
        yield html.paragraph(
            f"The journal has {len(forecasts) or 'no'} predictions of {run.method} that could be "
            "compared with what came."
        )
        return
    yield html.paragraph(
        "Before each evaluation the model said what it expected. The figures compare that with "
        "what came, in the unit of the transformed targets; the transform is fitted to all values "
        "known by then and to the new one."
    )
    yield html.figures(
        [
            forecast_picture(forecasts, f"{anchor}-forecast"),
            calibration_picture(forecasts, f"{anchor}-calibration"),
            residual_picture(forecasts, f"{anchor}-residuals"),
        ]
    )


def _drawn(run: Run, step: Step, rank: int) -> Picture:
    result, proposal = step.result, step.proposal
    assert isinstance(result, Observation)
    title = f"Number {rank} of {run.name}"
    caption = f"{rank}. value {result.value:.4f}"
    caption += "" if result.test_value is None else f", on test data {result.test_value:.4f}"
    if proposal is not None:
        caption += f"; {ORIGINS.get(proposal.origin, proposal.origin)}"
        if proposal.certificate is not None:
            caption += f", {_proof(proposal.certificate)}"
    drawing = architecture_svg(result.graph, run.node_names, run.edge_names, title)
    return Picture(drawing, caption)


def _proof(one: Certificate) -> str:
    if one.gap is None:
        return "no proof"
    by = "exhaustive search" if one.solver == "exhaustive" else one.solver
    return f"proven by {by}, gap {_gap(one.gap)}"


def _gap(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def _evaluations(run: Run) -> str:
    rows = [
        _row(number, step, best)
        for number, (step, best) in enumerate(zip(run.steps, run.best_values, strict=True), 1)
    ]
    return html.table(HEAD, rows, run.objective)


def _row(number: int, step: Step, best: float) -> Sequence[str]:
    result, proposal = step.result, step.proposal
    value = f"{result.value:.4f}" if isinstance(result, Observation) else "failed"
    origin = "told" if proposal is None else proposal.origin
    row = [str(number), value, f"{best:.4f}", origin]
    one = None if proposal is None else proposal.certificate
    if one is None:
        return [*row, "", "", "", "", ""]
    bound = "none" if one.lower_bound is None else f"{one.lower_bound:.5f}"
    gap = "no proof" if one.gap is None else _gap(one.gap)
    return [*row, f"{one.value:.5f}", bound, gap, f"{one.seconds:.2f}", one.solver]
