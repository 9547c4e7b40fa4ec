"""``nasgoat run``: a whole Bayesian-optimisation run on a benchmark."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from nasgoat.cli.config import write_config
from nasgoat.cli.console import print_json, stderr, stdout, write_json
from nasgoat.cli.errors import INTERRUPTED
from nasgoat.cli.summary import Phases, describe, recommendation, run_summary
from nasgoat.cli.watch import Watch
from nasgoat.cli.workers import Workers
from nasgoat.compare import surroundings
from nasgoat.errors import JournalError, NoRepeatsError
from nasgoat.optimize import CheckedOptimizer
from nasgoat.search import MethodSpec
from nasgoat.study import Budget, Event, OnEvent, OnFailure, Study, regret_plot
from nasgoat.tabular import Evaluator, NoisyEvaluator, benchmark

JOURNAL = "journal.jsonl"
PLOT = "regret.png"
CONFIG = "config.yaml"
SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The options of ``nasgoat run``; see its help."""

    benchmark: str
    budget: Budget
    batch: int
    workers: Workers
    seed: int
    data: Path | None
    out: Path | None
    method: MethodSpec
    resume: bool
    check: bool
    json: bool
    noisy: bool = False
    on_failure: OnFailure = "raise"

    def config(self) -> dict[str, Any]:
        """All settings, resolved, as ``--config`` reads them; directories are left out."""
        workers = self.workers
        return {
            "benchmark": self.benchmark,
            "method": self.method.name,
            "set": self.method.resolved() or None,
            "budget": self.budget.evaluations,
            "budget-seconds": self.budget.seconds,
            "batch": self.batch,
            "workers": workers.count,
            "executor": workers.executor,
            "scheduler": workers.scheduler,
            "on-failure": self.on_failure,
            "check-exhaustive": self.check,
            "noisy": self.noisy,
            "seed": self.seed,
        }


def execute(settings: RunSettings) -> None:
    """Run, and print what was found."""
    with Watch(settings.budget.evaluations) as watch:
        phases = Phases("check" if settings.check else "other")
        watch.say(f"loading {settings.benchmark}")
        exact, evaluator = _load(settings, phases)
        method = settings.method.build(
            evaluator.space,
            on_progress=watch.on_progress,
            on_check=watch.on_check if settings.check else None,
            on_stage=watch.on_stage,
        )
        if settings.check and not isinstance(getattr(method, "optimizer", None), CheckedOptimizer):
            msg = (
                "--check-exhaustive compares optima of acquisition functions with exhaustive "
                f"search, and {settings.method} has none to compare; leave it out"
            )
            raise ValueError(msg)
        folder = _folder(settings)
        with Study(
            evaluator.space,
            method,
            seed=settings.seed,
            journal=folder / JOURNAL,
            benchmark=evaluator.name,
        ) as study:
            write_config(folder / CONFIG, "run", settings.config())
            on_event = _both(watch, phases)
            with settings.workers.open() as (executor, slots):
                reason = study.run(
                    evaluator,
                    settings.budget,
                    max(settings.batch, slots),
                    executor=executor,
                    on_failure=settings.on_failure,
                    on_event=on_event,
                )
            watch.say("drawing the regret plot")
            summary = run_summary(study, evaluator, phases.seconds)
            if settings.noisy:
                summary |= recommendation(study, exact)
            summary |= {
                "stopped": reason,
                "checked_by_exhaustive": _checked(watch),
                "journal": str(folder / JOURNAL),
                "plot": _plot(folder, study, evaluator, settings),
            }
            write_json(folder / SUMMARY, {**summary, **surroundings()})
    if settings.json:
        print_json(summary)
    else:
        describe(stdout(), study, evaluator, summary)
    if reason == "interrupted":
        stderr().print(
            f"interrupted; go on with --resume --out {folder}", style="yellow", soft_wrap=True
        )
        raise typer.Exit(INTERRUPTED)


def _both(watch: Watch, phases: Phases) -> OnEvent:
    def on_event(event: Event) -> None:
        watch.on_event(event)
        phases.on_event(event)

    return on_event


def _checked(watch: Watch) -> dict[str, Any] | None:
    """How many optima were compared with exhaustive search, and the largest difference."""
    if not watch.checks:
        return None
    worst = max(abs(value - truth) for value, truth in watch.checks)
    return {"proposals": len(watch.checks), "worst": worst}


def _load(settings: RunSettings, phases: Phases) -> tuple[Evaluator, Evaluator]:
    """The benchmark, and what is searched: the same, unless noise is asked for.

    Raises:
        NoRepeatsError: noise is asked for, and it has none.
    """
    began = time.perf_counter()
    evaluator = benchmark(settings.benchmark, settings.data)
    phases.add("load", time.perf_counter() - began)
    if not settings.noisy:
        return evaluator, evaluator
    if not isinstance(evaluator, NoisyEvaluator):
        msg = f"--noisy draws one of several trainings; {evaluator.name} knows of no such chance"
        raise NoRepeatsError(msg)
    return evaluator, evaluator.noisy(settings.seed)


def _folder(settings: RunSettings) -> Path:
    """The directory of a run; it holds a journal iff the run is resumed."""
    out = settings.out
    if out is None:
        if settings.resume:
            msg = "--resume needs --out, the directory of the run to go on with"
            raise JournalError(msg)
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]
        what = settings.benchmark.replace(":", "-")
        out = Path("runs") / f"{stamp}-{what}-{settings.method.name}-{settings.seed}"
    journal = out / JOURNAL
    if settings.resume and not journal.exists():
        msg = f"there is no journal {journal} to go on with; leave --resume out to begin one"
        raise JournalError(msg)
    if journal.exists() and not settings.resume:
        msg = f"{journal} holds a run already; go on with it by --resume, or choose another --out"
        raise JournalError(msg)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"cannot make the directory {out} ({error.strerror}); choose another --out"
        raise JournalError(msg) from error
    return out


def _plot(folder: Path, study: Study, evaluator: Evaluator, settings: RunSettings) -> str | None:
    if not study.observations:
        return None
    initial = sum(proposal.origin == "initial" for proposal in study.proposals)
    regret_plot(
        folder / PLOT,
        {study.method.name: [study.results]},
        objective=evaluator.objective,
        optimum=None if settings.noisy else evaluator.optimum,  # lucky draws lie below it
        initial=min(initial, len(study.results)),
        title=f"{evaluator.name}, seed {study.seed}",
    )
    return str(folder / PLOT)
