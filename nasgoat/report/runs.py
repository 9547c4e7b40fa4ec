"""Runs as a report needs them: what a journal and the files beside it tell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nasgoat.errors import JournalError, NasgoatError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Failure, Observation, Prediction, Proposal
from nasgoat.study import Ask, Entry, Tell, best_values, read_journal
from nasgoat.surrogate import TRANSFORMS
from nasgoat.tabular import benchmark

JOURNAL, SUMMARY = "journal.jsonl", "summary.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One evaluation: what was proposed, if it was, and what became of it.

    Args:
        proposal: None for what was told without being asked for.
        result: the observation, or the failure.
        before: values that had been told when it was proposed.
    """

    proposal: Proposal | None
    result: Observation | Failure
    before: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run on record.

    Args:
        name: unique in a report.
        header: of its journal.
        steps: its evaluations in their order.
        objective: what the values are, with their unit.
        optimum: the least value there is, None where it is not known or not comparable.
        summary: of the run, with versions; empty for one that was killed.
    """

    name: str
    header: Mapping[str, Any]
    steps: Sequence[Step]
    objective: str
    optimum: float | None
    summary: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path, name: str, data: Path | None = None) -> Run:
        """Read a run.

        Args:
            path: its directory, or its journal.
            name: how a report calls it.
            data: directory with tables, for the optimum of a run that did not come to its end.

        Raises:
            JournalError: there is no journal, or it cannot be read.
        """
        journal = path / JOURNAL if path.is_dir() else path
        if not journal.is_file():
            msg = f"{path} is no run: there is no {journal}"
            raise JournalError(msg)
        header, entries = read_journal(journal)
        summary = _summary(journal.with_name(SUMMARY))
        objective, optimum = _goal(header, summary, data)
        return cls(name, header, tuple(_steps(entries)), objective, optimum, summary)

    @property
    def method(self) -> str:
        """Name of the search method."""
        return str(self.header["method"]["name"])

    @property
    def benchmark(self) -> str:
        """Name of what was measured."""
        return str(self.header.get("benchmark") or "unnamed benchmark")

    @property
    def node_names(self) -> list[str]:
        """Names of the node labels."""
        return list(self.header["space"]["node_labels"])

    @property
    def edge_names(self) -> list[str]:
        """Names of the edge labels."""
        return list(self.header["space"]["edge_labels"])

    @property
    def results(self) -> list[Observation | Failure]:
        """In their order."""
        return [step.result for step in self.steps]

    @property
    def best_values(self) -> list[float]:
        """After each evaluation."""
        return [float(value) for value in best_values(self.results)]

    @property
    def initial(self) -> int:
        """Evaluations of the initial design."""
        return sum(
            step.proposal is not None and step.proposal.origin == "initial" for step in self.steps
        )

    def best(self, count: int) -> list[Step]:
        """The evaluations of least value, best first, each graph once."""
        found: dict[LabeledGraph, Step] = {}
        told = [step for step in self.steps if isinstance(step.result, Observation)]
        for step in sorted(told, key=_value):
            found.setdefault(step.result.graph, step)
        return list(found.values())[:count]

    def forecasts(self) -> list[Forecast]:
        """What the surrogate expected, beside what came, in the unit of the surrogate.

        The transform of the targets is fitted to all values that were known when the prediction was
        made, and to the one that it is compared with. Empty where the journal has no predictions.
        """
        transform = next(
            (one for one in TRANSFORMS.values() if type(one).__name__ == self._transform), None
        )
        if transform is None:
            return []
        found = []
        for number, step in enumerate(self.steps, start=1):
            told = None if step.proposal is None else step.proposal.prediction
            if told is not None and isinstance(step.result, Observation):
                target = transform.transform([*step.before, step.result.value])[-1]
                found.append(Forecast(number, told, float(target)))
        return found

    @property
    def _transform(self) -> str:
        """Class of the surrogate's transform of the targets; empty for methods without one."""
        try:
            return str(self.header["method"]["settings"]["surrogate"]["transform"]["kind"])
        except (KeyError, TypeError):
            return ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A prediction and what it was about.

    Args:
        number: of the evaluation, from 1.
        prediction: of the surrogate.
        target: what was observed, in the same unit.
    """

    number: int
    prediction: Prediction
    target: float

    @property
    def spread(self) -> float:
        """Standard deviation of an observation: of the target and of the noise."""
        return math.sqrt(self.prediction.std**2 + self.prediction.noise)

    @property
    def residual(self) -> float:
        """The error in units of the spread; standard normal if the surrogate is right."""
        error = self.target - self.prediction.mean
        return error / self.spread if self.spread > 0 else math.copysign(math.inf, error)


def _value(step: Step) -> float:
    assert isinstance(step.result, Observation)
    return step.result.value


def _steps(entries: Sequence[Entry]) -> Iterator[Step]:
    """Pair proposals with their results."""
    asked: list[tuple[Proposal, tuple[float, ...]]] = []
    values: list[float] = []
    for entry in entries:
        if isinstance(entry, Ask):
            asked += [(proposal, tuple(values)) for proposal in entry.proposals]
            continue
        result = entry.observation if isinstance(entry, Tell) else entry.failure
        place = next((i for i, (one, _) in enumerate(asked) if one.graph == result.graph), None)
        proposal, before = (None, tuple(values)) if place is None else asked.pop(place)
        yield Step(proposal, result, before)
        if isinstance(result, Observation):
            values.append(result.value)


def _summary(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # killed before it was written: the journal has all that counts
        return {}
    return value if isinstance(value, dict) else {}


def _goal(
    header: Mapping[str, Any], summary: Mapping[str, Any], data: Path | None
) -> tuple[str, float | None]:
    """Objective and optimum; lucky draws of a noisy run lie below the latter."""
    if "objective" in summary:
        noisy = summary.get("recommended") is not None
        return summary["objective"], None if noisy else summary.get("optimum")
    try:
        evaluator = benchmark(str(header.get("benchmark")), data)
    except NasgoatError:
        return "value", None
    return evaluator.objective, evaluator.optimum
