"""What a run has found: as JSON and as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from nasgoat.records import Certificate
from nasgoat.study import Asked, Event, Study, Told, best_values, draw
from nasgoat.tabular import TableEvaluator


@dataclass(slots=True)
class Phases:
    """Wall-clock seconds by phase: load, fit, build, solve, other thinking, evaluate."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, phase: str, seconds: float) -> None:
        """Add seconds to a phase."""
        self.seconds[phase] += seconds

    def on_event(self, event: Event) -> None:
        """Learn from a study's events."""
        if isinstance(event, Asked):
            known = 0.0
            for proposal in event.proposals:
                for phase, seconds in proposal.seconds.items():
                    self.add(phase, seconds)
                    known += seconds
            self.add("other", max(0.0, event.seconds - known))
        elif isinstance(event, Told):
            self.add("evaluate", event.observation.seconds)


def run_summary(
    study: Study, evaluator: TableEvaluator, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The JSON object of a run."""
    best = study.best
    optimum = evaluator.optimum
    value = None if best is None else best.value
    return {
        "benchmark": evaluator.name,
        "objective": evaluator.objective,
        "method": study.method.name,
        "seed": study.seed,
        "evaluations": len(study.observations),
        "best_value": value,
        "best_graph": None if best is None else best.graph.to_json(),
        "test_value": None if best is None else best.test_value,
        "optimum": optimum,
        "regret": None if value is None or optimum is None else value - optimum,
        "history": best_values(study.observations).tolist(),
        "certificates": [certificate.to_json() for certificate in study.certificates],
        "seconds": {**seconds, "total": sum(seconds.values())},
    }


def describe(
    console: Console, study: Study, evaluator: TableEvaluator, summary: Mapping[str, Any]
) -> None:
    """Print the best architecture, its certificate and where the plot is."""
    best = study.best
    if best is None:
        console.print("nothing was evaluated")
        return
    console.print(f"\nbest of {len(study.observations)} evaluations of {evaluator.name}\n")
    console.print(draw(best.graph, evaluator.space), markup=False)
    console.print(f"\n{evaluator.objective}: {best.value:.4f}", end="")
    console.print("" if best.test_value is None else f"  (test: {best.test_value:.4f})", end="")
    regret = summary["regret"]
    console.print(
        "" if regret is None else f"  optimum: {evaluator.optimum:.4f}, regret {regret:.4f}"
    )
    console.print(_provenance(study))
    if (checked := summary.get("checked_by_exhaustive")) is not None:
        console.print(
            f"{checked['proposals']} certified optima compared with exhaustive search: "
            f"largest difference {checked['worst']:.1e}"
        )
    phases = ", ".join(f"{name} {value:.1f}" for name, value in summary["seconds"].items())
    console.print(f"seconds: {phases}")
    console.print(f"regret plot: {summary['plot']}", soft_wrap=True)
    console.print(f"journal: {summary['journal']}", soft_wrap=True)


def _provenance(study: Study) -> str:
    """Where the best architecture comes from, and the certificate it came with."""
    best = study.best
    origin = None if best is None else study.origin(best.graph)
    if origin is None:
        return "told from outside"
    if origin.certificate is not None:
        return f"proposed with the certificate: {certificate_text(origin.certificate)}"
    last = next(reversed(study.certificates), None)
    text = f"from: {origin.origin} (such proposals carry no certificate)"
    return text if last is None else f"{text}\nlast certificate: {certificate_text(last)}"


def certificate_text(certificate: Certificate) -> str:
    """A certificate in a line."""
    bound = "none" if certificate.lower_bound is None else f"{certificate.lower_bound:.6f}"
    gap = "no proof" if certificate.gap is None else f"{certificate.gap:.1e}"
    return (
        f"acquisition {certificate.value:.6f}, lower bound {bound}, gap {gap}, "
        f"{certificate.status}, {certificate.seconds:.2f} s, "
        f"{certificate.optimizer} ({certificate.solver})"
    )
