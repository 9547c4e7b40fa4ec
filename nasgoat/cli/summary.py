"""What a run has found: as JSON and as text."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from nasgoat.records import Certificate
from nasgoat.study import Asked, Event, Failed, Study, Told, best_values, draw
from nasgoat.tabular import Evaluator


@dataclass(slots=True)
class Phases:
    """Wall-clock seconds by phase: load, fit, build, solve, the rest of thinking, evaluate.

    Args:
        rest: name of that rest.
        seconds: by phase.
    """

    rest: str = "other"
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    heard: float = field(default_factory=time.perf_counter)  # of the last event

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
            self.add(self.rest, max(0.0, event.seconds - known))
        elif isinstance(event, Told | Failed):
            self.add("evaluate", time.perf_counter() - self.heard)
        self.heard = time.perf_counter()


def run_summary(study: Study, evaluator: Evaluator, seconds: Mapping[str, float]) -> dict[str, Any]:
    """The JSON object of a run."""
    best = study.best
    optimum = evaluator.optimum
    value = None if best is None else best.value
    return {
        "benchmark": evaluator.name,
        "objective": evaluator.objective,
        "method": study.method.name,
        "seed": study.seed,
        "evaluations": len(study.results),
        "failures": len(study.failures),
        "evaluation_seconds": study.seconds,
        "best_value": value,
        "best_graph": None if best is None else best.graph.to_json(),
        "test_value": None if best is None else best.test_value,
        "optimum": optimum,
        "regret": None if value is None or optimum is None else value - optimum,
        "history": best_values(study.results, study.keys).tolist(),
        "certificates": [certificate.to_json() for certificate in study.certificates],
        "recommended": None,
        "seconds": {**seconds, "total": sum(seconds.values())},
    }


def recommendation(study: Study, exact: Evaluator) -> dict[str, Any]:
    """The fields of a noisy run that tell how good its choices are, chance left out.

    Args:
        study: at its end.
        exact: the benchmark without noise.
    """
    best, recommended = study.best, study.recommended()
    if best is None or recommended is None:
        return {}
    optimum = exact.optimum
    mean, mean_of_best = exact(recommended.graph).value, exact(best.graph).value
    return {
        "regret": None if optimum is None else mean_of_best - optimum,
        "recommended": {
            "graph": recommended.graph.to_json(),
            "value": recommended.value,
            "mean": mean,
            "regret": None if optimum is None else mean - optimum,
        },
    }


def describe(
    console: Console, study: Study, evaluator: Evaluator, summary: Mapping[str, Any]
) -> None:
    """Print the best architecture, its certificate and where the plot is."""
    best = study.best
    if best is None:
        failures = study.failures
        last = f": {len(failures)} evaluations failed, the last with {failures[-1].error}"
        console.print(f"nothing was evaluated{last if failures else ''}", markup=False)
        return
    failed = f" ({len(study.failures)} failed)" if study.failures else ""
    console.print(f"\nbest of {len(study.results)} evaluations{failed} of {evaluator.name}\n")
    console.print(draw(best.graph, evaluator.space), markup=False)
    console.print(f"\n{evaluator.objective}")
    rows = {
        "found": best.value,
        "optimum": summary["optimum"],
        "regret": summary["regret"],
        "on test data": best.test_value,
    }
    for name, value in rows.items():
        if value is not None:
            console.print(f"  {name:<12} {value:8.4f}")
    if (recommended := summary["recommended"]) is not None:
        same = "the same" if recommended["graph"] == summary["best_graph"] else "another"
        console.print(f"recommended is {same}, whose mean is {recommended['mean']:.4f}")
    for line in _provenance(study):
        console.print(line)
    if (checked := summary["checked_by_exhaustive"]) is not None:
        console.print(
            f"{checked['proposals']} optima compared with exhaustive search: "
            f"they differ by {checked['worst']:.1e} at most"
        )
    phases = ", ".join(f"{name} {value:.1f}" for name, value in summary["seconds"].items())
    console.print(f"seconds: {phases}", soft_wrap=True)
    console.print(f"regret plot: {summary['plot']}", soft_wrap=True)
    console.print(f"journal: {summary['journal']}", soft_wrap=True)
    folder = Path(summary["journal"]).parent
    console.print(f"a page about it: nasgoat report {folder}", soft_wrap=True)


def _provenance(study: Study) -> Iterator[str]:
    """Where the best architecture comes from, and the certificate it came with."""
    best = study.best
    origin = None if best is None else study.origin(best.graph)
    if origin is None or not study.certificates:
        return
    if origin.certificate is not None:
        yield f"proposed with the certificate\n{certificate_lines(origin.certificate)}"
        return
    yield f"it was a random graph of the initial design ({origin.origin}), without certificate"
    yield f"the last proposal's certificate\n{certificate_lines(study.certificates[-1])}"


def certificate_lines(certificate: Certificate) -> str:
    """A certificate in two short lines."""
    bound = "none" if certificate.lower_bound is None else f"{certificate.lower_bound:.6f}"
    gap = "no proof" if certificate.gap is None else f"gap {certificate.gap:.1e}"
    by = certificate.optimizer
    by += "" if certificate.solver == by else f", {certificate.solver}"
    return (
        f"  acquisition {certificate.value:.6f}, lower bound {bound}\n"
        f"  {certificate.status}, {gap}, {certificate.seconds:.2f} s, {by}"
    )
