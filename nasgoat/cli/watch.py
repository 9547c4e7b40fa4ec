"""Live progress of runs and solves, on stderr."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from nasgoat.cli.console import stderr
from nasgoat.records import Certificate, Progress
from nasgoat.study import Asked, Asking, Event, Failed, Told

HEADER = "  eval     value      best  acquisition        gap  seconds  by"


@dataclass(slots=True)
class Watch:
    """Prints a line per evaluation, and keeps a status line alive while something works.

    Args:
        budget: total number of evaluations; None for no limit, 0 where there are none.
        checks: values and oracle's values of ``CheckedOptimizer``, filled by ``on_check``.
        evaluations: number of the last one.
        best: value of the best architecture after it.
    """

    budget: int | None = 0
    checks: list[tuple[float, float]] = field(default_factory=list)
    console: Console = field(default_factory=stderr)
    status: Status = field(init=False)
    evaluations: int = 0
    asked: float = 0.0
    head: bool = False
    best: float | None = None

    def __post_init__(self) -> None:
        self.status = self.console.status("starting")

    def __enter__(self) -> Self:
        self.status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.status.stop()

    def say(self, text: str) -> None:
        """Show what is going on."""
        self.status.update(text)

    def on_check(self, value: float, truth: float) -> None:
        """Note a comparison with the oracle."""
        self.checks.append((value, truth))

    def on_progress(self, progress: Progress) -> None:
        """Show a solver's progress."""
        self.say(
            f"{self._place()}solving: incumbent {_number(progress.incumbent)}, "
            f"bound {_number(progress.lower_bound)}, {progress.seconds:.1f} s"
        )

    def on_stage(self, stage: str) -> None:
        """Show what a method works at."""
        self.say(f"{self._place()}{stage}")

    def on_event(self, event: Event) -> None:
        """Show what a study does."""
        if isinstance(event, Asking):
            self.evaluations, self.asked = event.evaluations, time.perf_counter()
            self.say(f"{self._place()}fitting the surrogate and optimising the acquisition")
        elif isinstance(event, Asked):
            self.say(f"{self._place()}evaluating")
        elif isinstance(event, Told):
            self._told(event)
        elif isinstance(event, Failed):
            self._failed(event)

    def _told(self, event: Told) -> None:
        self._begin()
        mine = event.best.graph == event.observation.graph
        gained = mine and (self.best is None or event.best.value < self.best)
        line = f"{event.number:6d} {event.observation.value:9.3f} {event.best.value:9.3f}"
        line += certificate_columns(event.proposal.certificate, event.proposal.origin)
        self.console.print(line, style="bold green" if gained else None, soft_wrap=True)
        self.best = event.best.value
        self._next(event.number)

    def _failed(self, event: Failed) -> None:
        self._begin()
        best = "" if event.best is None else f"{event.best.value:.3f}"
        line = f"{event.number:6d} {'failed':>9} {best:>9}  {event.failure.error}"
        self.console.print(line, style="red", soft_wrap=True, markup=False)
        self._next(event.number)

    def _begin(self) -> None:
        if not self.head:
            self.console.print(HEADER, style="dim")
            self.head = True

    def _next(self, number: int) -> None:
        self.evaluations = number
        self.say("finishing" if number == self.budget else self._place())

    def _place(self) -> str:
        if self.budget == 0:
            return ""
        most = "" if self.budget is None else f"/{self.budget}"
        return f"evaluation {self.evaluations + 1}{most} · "


def certificate_columns(certificate: Certificate | None, origin: str) -> str:
    """Acquisition value, gap, seconds and who proved it; the origin where nobody did."""
    if certificate is None:
        return f"  {'':11} {'':>10} {'':>8}  {origin}"
    gap = "no proof" if certificate.gap is None else f"{certificate.gap:.1e}"
    by = f"{certificate.optimizer}, {certificate.solver}"
    by = certificate.optimizer if certificate.solver == certificate.optimizer else by
    suffix = "" if certificate.status == "optimal" else f" ({certificate.status})"
    return f"  {certificate.value:11.4f} {gap:>10} {certificate.seconds:8.2f}  {by}{suffix}"


def _number(value: float | None) -> str:
    return "none yet" if value is None else f"{value:.5g}"
