"""``nasgoat run``: a whole Bayesian-optimisation run on a benchmark."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from nasgoat.cli import options
from nasgoat.cli.build import Optimization, Search
from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.errors import INTERRUPTED, friendly
from nasgoat.cli.summary import Phases, describe, run_summary
from nasgoat.cli.watch import Watch
from nasgoat.errors import JournalError
from nasgoat.search import SearchMethod
from nasgoat.study import Event, OnEvent, Study, regret_plot
from nasgoat.tabular import TableEvaluator, benchmark

JOURNAL = "journal.jsonl"
PLOT = "regret.png"


def run(
    benchmark: Annotated[
        str, typer.Option(help="What to search, e.g. nasbench-graph:cora or nasbench201:cifar10.")
    ] = "nasbench-graph:cora",
    method: Annotated[
        str, typer.Option(help="Search method: goat, random, evolution or local-search.")
    ] = "goat",
    budget: Annotated[
        int, typer.Option(min=1, help="Evaluations in all, initial ones included.")
    ] = 50,
    initial: Annotated[int, typer.Option(min=1, help="Random evaluations to begin with.")] = 10,
    batch: Annotated[int, typer.Option(min=1, help="Evaluations asked for at once.")] = 1,
    batch_rule: Annotated[str, typer.Option(help="How a batch is picked: fantasies or top-k.")] = (
        "fantasies"
    ),
    kernel: options.Kernel = "linear",
    transform: Annotated[
        str, typer.Option(help="Of the targets: rank-gaussian, log-clip, log or standardise.")
    ] = "rank-gaussian",
    acquisition: options.AcquisitionName = "lcb",
    beta: options.Beta = 1.0,
    optimizer: options.OptimizerName = None,
    solver: options.SolverName = None,
    threads: options.Threads = 1,
    time_limit: options.TimeLimit = 1800.0,
    gap: options.Gap = 1e-4,
    check_exhaustive: Annotated[
        bool, typer.Option(help="Compare every certified optimum with exhaustive search.")
    ] = False,
    seed: options.Seed = 0,
    data: options.Data = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Directory for journal and plot; default: a new one below runs/."),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the journal in --out.")] = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Search a benchmark for its best architecture.

    Example: nasgoat run --benchmark nasbench-graph:cora --budget 60 --solver highs
    """
    search = Search(method, initial, kernel, acquisition, beta, transform, batch_rule)
    optimization = Optimization(optimizer, solver, threads, time_limit, gap)
    with friendly(debug=debug), Watch(budget) as watch:
        phases = Phases()
        oracle = optimization.build(check=check_exhaustive, on_check=watch.on_check)
        watch.say(f"loading {benchmark}")
        evaluator = _load(benchmark, data, phases)
        chosen = search.build(evaluator.space, optimization, oracle, watch.on_progress)
        folder = _folder(out, benchmark, method, seed, resume=resume)
        with Study(
            evaluator.space, chosen, seed=seed, journal=folder / JOURNAL, benchmark=evaluator.name
        ) as study:
            reason = study.run(evaluator, budget, batch, on_event=_both(watch, phases))
            watch.say("drawing the regret plot")
            summary = run_summary(study, evaluator, phases.seconds)
            summary["stopped"] = reason
            summary["journal"] = str(folder / JOURNAL)
            summary["plot"] = _plot(folder, study, evaluator, chosen, initial)
        watch.status.stop()
        if watch.checks:
            worst = max(abs(value - truth) for value, truth in watch.checks)
            summary["checked_by_exhaustive"] = {"proposals": len(watch.checks), "worst": worst}
        if json:
            print_json(summary)
        else:
            describe(stdout(), study, evaluator, summary)
        if reason == "interrupted":
            stderr().print(f"interrupted; go on with --resume --out {folder}", style="yellow")
            raise typer.Exit(INTERRUPTED)


def _both(watch: Watch, phases: Phases) -> OnEvent:
    def on_event(event: Event) -> None:
        watch.on_event(event)
        phases.on_event(event)

    return on_event


def _load(name: str, data: Path | None, phases: Phases) -> TableEvaluator:
    began = time.perf_counter()
    evaluator = benchmark(name, data)
    phases.add("load", time.perf_counter() - began)
    return evaluator


def _folder(out: Path | None, name: str, method: str, seed: int, *, resume: bool) -> Path:
    """The directory of a run; it holds a journal iff the run is resumed."""
    if out is None:
        if resume:
            msg = "--resume needs --out, the directory of the run to go on with"
            raise JournalError(msg)
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]
        out = Path("runs") / f"{stamp}-{name.replace(':', '-')}-{method}-{seed}"
    journal = out / JOURNAL
    if resume and not journal.exists():
        msg = f"there is no journal {journal} to go on with; leave --resume out to begin one"
        raise JournalError(msg)
    if journal.exists() and not resume:
        msg = (
            f"{journal} holds a run already; say --resume to go on with it, or choose another --out"
        )
        raise JournalError(msg)
    out.mkdir(parents=True, exist_ok=True)
    return out


def _plot(
    folder: Path, study: Study, evaluator: TableEvaluator, method: SearchMethod[Any], initial: int
) -> str | None:
    if not study.observations:
        return None
    regret_plot(
        folder / PLOT,
        {method.name: [study.observations]},
        objective=evaluator.objective,
        optimum=evaluator.optimum,
        initial=initial,
        title=f"{evaluator.name}, seed {study.seed}",
    )
    return str(folder / PLOT)
