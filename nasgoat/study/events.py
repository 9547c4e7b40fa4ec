"""What a running study tells those who watch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nasgoat.records import Observation, Proposal

StopReason = Literal["budget", "exhausted", "interrupted"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The search method begins to think.

    Args:
        k: number of graphs asked for.
        evaluations: number of observations so far.
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
        number: of the observation, from 1.
        best: the best observation so far, this one included.
    """

    observation: Observation
    proposal: Proposal
    number: int
    best: Observation


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run is over.

    Args:
        reason: the budget is spent, the space is exhausted, or the user (or a solver's interrupt)
            stopped it.
    """

    reason: StopReason


Event = Asking | Asked | Told | Stopped
OnEvent = Callable[[Event], None]
