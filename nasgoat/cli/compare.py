"""``nasgoat compare``: methods against each other in paired trials."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from nasgoat.cli.compare_tables import show
from nasgoat.cli.config import write_config
from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.contenders import arenas, contenders, shared_initial
from nasgoat.cli.errors import FAILED, INTERRUPTED
from nasgoat.cli.meter import Estimate, Meter, kinds
from nasgoat.compare import (
    Facts,
    Failure,
    Folder,
    Lock,
    Outcome,
    Plan,
    Protocol,
    Record,
    Report,
    Trial,
    missing,
    outcomes,
    run_trials,
    survey,
    usual_checkpoints,
)

PLAIN = ("trials", "budget", "initial", "batch", "seed", "reference", "jobs")
CONFIG = "config.yaml"


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """The options of ``nasgoat compare``; see its help."""

    benchmarks: Sequence[str]
    methods: Sequence[str]
    trials: int
    budget: int
    checkpoints: str | None
    initial: int | None
    batch: int
    seed: int
    reference: str | None
    jobs: int
    data: Path | None
    out: Path | None
    json: bool

    def plan(self) -> Plan:
        """What is to be compared.

        Raises:
            UnknownNameError: a benchmark, method or option does not exist.
            ValueError: a number is out of its range, or a name appears twice.
        """
        return Plan(
            arenas(self.benchmarks, self.data),
            contenders(self.methods, self.initial),
            self.trials,
            Protocol(self.budget, self.initial or shared_initial(self.methods), self.batch),
            _numbers(self.checkpoints) if self.checkpoints else usual_checkpoints(self.budget),
            self.seed,
            self.reference,
        )

    def command(self) -> str:
        """What to type for the same comparison, without directories."""
        return shlex.join(["nasgoat", "compare", *self._arguments()])

    def config(self) -> dict[str, Any]:
        """All settings, resolved, as ``--config`` reads them; directories are left out."""
        points = self.checkpoints or ",".join(map(str, usual_checkpoints(self.budget)))
        return {
            "benchmark": list(self.benchmarks),
            "methods": list(self.methods),
            "checkpoints": points,
            **{name: getattr(self, name) for name in PLAIN},
        }

    def _arguments(self) -> Iterator[str]:
        for name in self.benchmarks:
            yield from ("--benchmark", name)
        for text in self.methods:
            yield from ("--methods", text)
        for option in ("trials", "budget", "checkpoints", "initial", "batch", "seed", "reference"):
            if getattr(self, option) is not None:
                yield from (f"--{option}", str(getattr(self, option)))
        yield from ("--jobs", str(self.jobs))


def execute(settings: CompareSettings) -> None:
    """Run the trials that are missing, and print what all of them come to."""
    plan = settings.plan()
    with stderr().status("loading benchmarks"):
        facts = survey(plan)
    folder = Folder(settings.out or _new_folder())
    with Lock(folder):
        found = outcomes(plan, facts, folder)  # refuses a folder of other trials
        write_config(folder.root / CONFIG, "compare", settings.config())
        interrupted = _run(plan, found, facts, folder, settings.jobs)
        found = outcomes(plan, facts, folder)
        if any(isinstance(one, Record) for one in found.values()):
            _report(settings, plan, facts, folder, found)
    if interrupted:
        text = "interrupted; the same command"
        text += "" if settings.out else f" with --out {folder.root}"
        stderr().print(f"{text} goes on", style="yellow", soft_wrap=True)
        raise typer.Exit(INTERRUPTED)
    failed = [trial for trial, one in found.items() if isinstance(one, Failure)]
    if failed:
        text = f"{len(failed)} of {len(found)} trials failed, the first: {folder.path(failed[0])}"
        stderr().print(f"[bold red]error:[/] {text}", soft_wrap=True)
        raise typer.Exit(FAILED)


def _run(
    plan: Plan,
    found: Mapping[Trial, Outcome],
    facts: Mapping[str, Facts],
    folder: Folder,
    jobs: int,
) -> bool:
    """Run what is missing; whether the user stopped it."""
    todo = missing(plan, found)
    estimate = Estimate(kinds(todo), jobs)
    for trial, outcome in found.items():
        estimate.note(trial, outcome, now=False)
    if found:
        text = f"{len(found)} trials were there already, {len(todo)} to do"
        stderr().print(text, soft_wrap=True)
    total = len(plan.arenas) * len(plan.contenders) * plan.trials
    try:
        with Meter(folder, total, estimate) as meter:
            run_trials(todo, facts, folder, jobs, meter.on_trial)
    except KeyboardInterrupt:
        return True
    return False


def _report(
    settings: CompareSettings,
    plan: Plan,
    facts: Mapping[str, Facts],
    folder: Folder,
    found: Mapping[Trial, Outcome],
) -> None:
    """Evaluate, write files and print."""
    with stderr().status("evaluating"):
        report = Report.of(plan, facts, found)
        value = report.write(folder, {"command": settings.command(), "jobs": settings.jobs})
    if settings.json:
        print_json({**value, "files": str(folder.root)})
    else:
        show(stdout(), report, folder)


def _new_folder() -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]
    return Path("runs") / f"{stamp}-compare"


def _numbers(text: str) -> tuple[int, ...]:
    """Numbers joined by commas, ascending.

    Raises:
        ValueError: something else.
    """
    try:
        return tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        msg = f"checkpoints are numbers joined by commas, such as 50,100,150; got {text!r}"
        raise ValueError(msg) from None
