"""What a running study tells those who watch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nasgoat.records import Failure, Observation, Proposal

StopReason = Literal["budget", "seconds", "exhausted", "interrupted"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The search method begins to think.

    Args:
        k: number of graphs asked for.
        evaluations: number of evaluations so far, failed ones included.
    """

    k: int
    evaluations: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The search method proposed graphs.

    Args:
        proposals: the graphs with their certificates.
        seconds: wall-clock seconds it took.
    """

    proposals: tuple[Proposal, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """A graph was evaluated and is on record.

    Args:
        observation: the result.
        proposal: what led to it.
        number: of the evaluation, from 1; failed ones count.
        best: the best observation so far, this one included (see ``Study.best``).
    """

    observation: Observation
    proposal: Proposal
    number: int
    best: Observation


@dataclass(frozen=True, slots=True)
class Failed:
    """An evaluation failed and is on record.

    Args:
        failure: what went wrong.
        proposal: what led to it.
        number: of the evaluation, from 1.
        best: the best observation so far, None before the first.
    """

    failure: Failure
    proposal: Proposal
    number: int
    best: Observation | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run is over.

    Args:
        reason: the budget of evaluations (``"budget"``) or of seconds is spent, the space is
            exhausted, or the user (or a solver's interrupt) stopped it.
    """

    reason: StopReason


Event = Asking | Asked | Told | Failed | Stopped
OnEvent = Callable[[Event], None]
