"""Progress of a comparison on stderr, with the time that is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from nasgoat.cli.console import stderr
from nasgoat.compare import Failure, Folder, Outcome, Record, Trial

Kind = tuple[str, str]  # benchmark and label: trials that take about equally long
STEPS = 20  # lines in all where stderr is no terminal


@dataclass(slots=True)
class Estimate:
    """How long the trials that are left will take, by those of their kind that are done.

    Args:
        left: number of trials by kind.
        jobs: how many run at once.
    """

    left: Counter[Kind]
    jobs: int
    done: Counter[Kind] = field(default_factory=Counter)
    spent: Counter[Kind] = field(default_factory=Counter)

    def note(self, trial: Trial, outcome: Outcome, *, now: bool = True) -> None:
        """Learn from a trial; ``now`` if it is one of those that were left."""
        kind = kind_of(trial)
        if now:
            self.left[kind] -= 1
        if isinstance(outcome, Record):
            self.done[kind] += 1
            self.spent[kind] += outcome.search_seconds + outcome.evaluation_seconds  # type: ignore[assignment]

    @property
    def seconds(self) -> float | None:
        """Wall-clock seconds; None before the first trial is done."""
        if not self.done:
            return None
        usual = self.spent.total() / self.done.total()
        total = sum(
            count * (self.spent[kind] / self.done[kind] if self.done[kind] else usual)
            for kind, count in self.left.items()
        )
        return total / self.jobs


@dataclass(slots=True)
class Meter:
    """Shows how far a comparison is, and tells of failures as they happen.

    Args:
        folder: where the outcomes are.
        total: number of trials in all.
        estimate: of the time left.
    """

    folder: Folder
    total: int
    estimate: Estimate
    console: Console = field(default_factory=stderr)
    failed: int = 0
    began: float = field(default_factory=time.monotonic)
    bar: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.bar = Progress(
            TextColumn("trials"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.bar.add_task("starting", total=self.total, completed=self._done)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def on_trial(self, trial: Trial, outcome: Outcome) -> None:
        """Hear of a trial that is done."""
        self.estimate.note(trial, outcome)
        if isinstance(outcome, Failure):
            self.failed += 1
            told = f"{trial.contender.label} on {trial.arena.name}, seed {trial.seed}"
            text = f"failed: {told}: {outcome.error} (traceback in {self.folder.path(trial)})"
            self.console.print(escape(text), style="red", soft_wrap=True)
        self.bar.update(self.bar.task_ids[0], completed=self._done, description=self._times())
        if not self.console.is_terminal and self._done * STEPS % self.total < STEPS:
            self.console.print(f"trial {self._done}/{self.total}, {self._times()}", soft_wrap=True)

    @property
    def _done(self) -> int:
        return self.total - self.estimate.left.total()

    def _times(self) -> str:
        left = self.estimate.seconds
        passed = _clock(time.monotonic() - self.began)
        return f"{passed} passed" + ("" if left is None else f", about {_clock(left)} left")


def kind_of(trial: Trial) -> Kind:
    """Of a trial."""
    return trial.arena.name, trial.contender.label


def kinds(trials: Iterable[Trial]) -> Counter[Kind]:
    """Number of trials of each kind."""
    return Counter(map(kind_of, trials))


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
