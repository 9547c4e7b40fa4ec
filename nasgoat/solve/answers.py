"""What ``KBest`` answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Certificate


@dataclass(frozen=True, slots=True)
class Best:
    """One of the k best graphs."""

    graph: LabeledGraph
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether there is a graph below a cutoff.

    Args:
        graph: the best one found below it, or None.
        lower_bound: no graph that is left has a smaller value; infinite where none is left and the
            cutoff is.
        status: ``"optimal"`` where the question is settled, else why it is not.
        effort: see ``Outcome``.
    """

    graph: LabeledGraph | None
    lower_bound: float
    status: str
    effort: Mapping[str, int]


def total_effort(efforts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of what several solves took, by name."""
    total: Counter[str] = Counter()
    for effort in efforts:
        total.update(effort)  # unlike +, this keeps what is zero
    return dict(total)
