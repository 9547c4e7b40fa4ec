"""One trial, and what is kept of it."""

from __future__ import annotations

import json
import math
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from nasgoat import __version__
from nasgoat.compare.paired import SharedDesign
from nasgoat.compare.plan import Trial
from nasgoat.search import SearchMethod
from nasgoat.search.base import described
from nasgoat.study import Asked, Event, Study, Told
from nasgoat.study.journal import spelled
from nasgoat.surrogate import GPflowTrainer
from nasgoat.surrogate.quiet import load_gpflow
from nasgoat.tabular import Evaluator

FORMAT = 1
TOLD = (UserWarning, RuntimeWarning)  # the libraries' deprecations are not the user's


@dataclass(frozen=True, slots=True)
class Record:
    """The history of a trial.

    Args:
        values: objective of each evaluation, in their order.
        test_values: the same on test data, None where there is none.
        search_seconds: wall-clock seconds in which the method thought.
        evaluation_seconds: wall-clock seconds of the evaluations.
        stopped: ``"budget"``, or ``"exhausted"``: every graph of the space was evaluated.
        warnings: texts of the warnings given, with their numbers.
        version: of nasgoat.
    """

    values: tuple[float, ...]
    test_values: tuple[float | None, ...]
    search_seconds: float
    evaluation_seconds: float
    stopped: str
    warnings: Mapping[str, int]
    version: str = __version__

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        return {
            "nasgoat": self.version,
            "stopped": self.stopped,
            "search_seconds": self.search_seconds,
            "evaluation_seconds": self.evaluation_seconds,
            "warnings": dict(self.warnings),
            "values": list(self.values),
            "test_values": list(self.test_values),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it did not write this.
        """
        return cls(
            tuple(float(one) for one in value["values"]),
            tuple(None if one is None else float(one) for one in value["test_values"]),
            float(value["search_seconds"]),
            float(value["evaluation_seconds"]),
            str(value["stopped"]),
            {str(text): int(count) for text, count in value["warnings"].items()},
            str(value["nasgoat"]),
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A trial that ended in an error, and its traceback."""

    traceback: str

    @property
    def error(self) -> str:
        """The last line of the traceback."""
        return self.traceback.strip().rpartition("\n")[2]


Outcome = Record | Failure


@dataclass(slots=True)
class Clock:
    """Wall-clock seconds of a study by what it does."""

    search: float = 0.0
    evaluation: float = 0.0
    since: float = 0.0

    def on_event(self, event: Event) -> None:
        """Hear of what the study does."""
        now = time.perf_counter()
        if isinstance(event, Asked):
            self.search += event.seconds
        elif isinstance(event, Told):
            self.evaluation += now - self.since
        self.since = time.perf_counter()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A trial with its evaluator and method."""

    trial: Trial
    evaluator: Evaluator
    method: SearchMethod[Any] = field(init=False)

    def __post_init__(self) -> None:
        method = self.trial.contender.build(self.evaluator.space)
        object.__setattr__(self, "method", method)

    def header(self) -> dict[str, Any]:
        """All that the outcome depends on, as ``json`` reads it back."""
        protocol = self.trial.protocol
        header = {
            "benchmark": self.trial.arena.name,
            "method": {"name": self.method.name, "settings": described(self.method)},
            "seed": self.trial.seed,
            "budget": protocol.budget,
            "initial": protocol.initial,
            "batch": self.trial.batch,
        }
        read: dict[str, Any] = json.loads(json.dumps(spelled(header)))
        return read

    def run(self) -> Record:
        """Run the trial to its end.

        Raises:
            KeyboardInterrupt: the user stopped it; nothing is kept.
            Exception: whatever the method or the evaluator raise.
        """
        protocol = self.trial.protocol
        if GPflowTrainer.__name__ in _kinds(described(self.method)):
            load_gpflow()  # once per process: no method pays for it
        clock = Clock()
        method = SharedDesign(self.method, protocol.initial)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            study = Study(self.evaluator.space, method, seed=self.trial.seed)
            stopped = study.run(
                self.evaluator, protocol.budget, self.trial.batch, on_event=clock.on_event
            )
        if stopped == "interrupted":
            raise KeyboardInterrupt
        said = Counter(str(one.message) for one in caught if issubclass(one.category, TOLD))
        return Record(
            tuple(one.value for one in study.observations),
            tuple(_finite(one.test_value) for one in study.observations),
            clock.search,
            clock.evaluation,
            stopped,
            said,
        )


def perform(trial: Trial, evaluator: Evaluator) -> Outcome:
    """Run a trial; an error becomes a ``Failure``."""
    try:
        return Prepared(trial, evaluator).run()
    except Exception:  # whatever it is, the other trials go on
        return Failure(traceback.format_exc())


def _kinds(value: Any) -> set[str]:
    """Names of all classes in described settings."""
    if isinstance(value, dict):
        own = {value["kind"]} if isinstance(value.get("kind"), str) else set()
        return own.union(*map(_kinds, value.values()))
    if isinstance(value, list):
        return set().union(*map(_kinds, value))
    return set()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
