"""What is compared with what, on which benchmarks, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nasgoat.search import SearchMethod
from nasgoat.spaces import SearchSpace
from nasgoat.tabular import Evaluator

Build = Callable[[SearchSpace], SearchMethod[Any]]


@dataclass(frozen=True, slots=True)
class Contender:
    """A search method with its settings, under the name that tables and plots give it.

    Args:
        label: unique within a comparison.
        build: makes the method for a space; picklable where trials run in processes of their own.
        spec: how the method was asked for, for the record.
        batch: evaluations asked for at once where the method prescribes it; None for those of the
            protocol.
    """

    label: str
    build: Build = field(compare=False)
    spec: str = ""
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Arena:
    """A benchmark to compare on.

    Args:
        name: unique within a comparison.
        load: makes the evaluator; picklable where trials run in processes of their own.
    """

    name: str
    load: Callable[[], Evaluator] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Protocol:
    """What all trials have in common.

    Args:
        budget: evaluations of a trial, initial ones included.
        initial: size of the initial design that all methods of a trial share.
        batch: evaluations asked for at once, unless a method prescribes it.

    Raises:
        ValueError: a number is less than 1.
    """

    budget: int
    initial: int = 10
    batch: int = 1

    def __post_init__(self) -> None:
        for name in ("budget", "initial", "batch"):
            _at_least_one(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of one method on one benchmark."""

    arena: Arena
    contender: Contender
    seed: int
    protocol: Protocol

    @property
    def batch(self) -> int:
        """Evaluations asked for at once."""
        return self.contender.batch or self.protocol.batch


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison: every contender runs in every arena with every seed.

    Args:
        arenas: at least one.
        contenders: at least one.
        trials: how often; trial ``i`` of every contender has the seed ``seed + i``.
        protocol: of all trials.
        checkpoints: numbers of evaluations after which the methods are compared, ascending.
        seed: of the first trial.
        reference: label of the contender that differences are taken against; None for the first.

    Raises:
        ValueError: there is nothing to compare, a name appears twice, a number is out of its
            range, or the reference is no contender.
    """

    arenas: tuple[Arena, ...]
    contenders: tuple[Contender, ...]
    trials: int
    protocol: Protocol
    checkpoints: tuple[int, ...]
    seed: int = 0
    reference: str | None = None

    def __post_init__(self) -> None:
        _unique("benchmark", [arena.name for arena in self.arenas])
        _unique("method", self.labels)
        _at_least_one("trials", self.trials)
        if self.seed < 0:
            msg = f"a seed is an integer from 0, got {self.seed}"
            raise ValueError(msg)
        if self.reference is not None and self.reference not in self.labels:
            msg = f"the reference {self.reference!r} is none of the methods {list(self.labels)}"
            raise ValueError(msg)
        points = self.checkpoints
        if not points or list(points) != sorted(set(points)) or points[0] < 1:
            msg = f"checkpoints are ascending numbers of evaluations from 1, got {list(points)}"
            raise ValueError(msg)
        if points[-1] > self.protocol.budget:
            msg = (
                f"the checkpoint {points[-1]} lies beyond the budget of {self.protocol.budget} "
                "evaluations; leave it out or raise the budget"
            )
            raise ValueError(msg)

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the contenders, in their order."""
        return tuple(contender.label for contender in self.contenders)

    @property
    def seeds(self) -> range:
        """Of the trials, in their order."""
        return range(self.seed, self.seed + self.trials)

    def all_trials(self) -> Iterator[Trial]:
        """Benchmark after benchmark and seed after seed: what is cut short is paired all the same.

        Within a benchmark the methods take turns, so that a slow hour of the machine hits all.
        """
        for arena in self.arenas:
            for seed in self.seeds:
                for contender in self.contenders:
                    yield Trial(arena, contender, seed, self.protocol)


def usual_checkpoints(budget: int) -> tuple[int, ...]:
    """50, 100 and 150 as far as the budget reaches, and its end."""
    return tuple(sorted({point for point in (50, 100, 150) if point < budget} | {budget}))


def _unique(what: str, names: Sequence[str]) -> None:
    if not names:
        msg = f"a comparison has at least one {what}"
        raise ValueError(msg)
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        msg = f"each {what} has a name of its own, got {doubles} more than once; use labels"
        raise ValueError(msg)


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        msg = f"{name} is at least 1, got {value}"
        raise ValueError(msg)
