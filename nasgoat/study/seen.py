"""What a search method is told of the results of a study."""

from __future__ import annotations

from collections.abc import Sequence

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Failure, Observation


def seen(
    results: Sequence[Observation | Failure], keys: Sequence[str]
) -> tuple[list[Observation], list[LabeledGraph]]:
    """Observations, penalised failures among them, and the graphs that were skipped.

    A failure is forgotten once its architecture has a value after all.

    Args:
        results: in the order in which they were told.
        keys: which of them are of the same architecture.
    """
    observed = {key for key, one in zip(keys, results, strict=True) if isinstance(one, Observation)}
    worst = max((one.value for one in results if isinstance(one, Observation)), default=None)
    observations: list[Observation] = []
    skipped: list[LabeledGraph] = []
    for key, one in zip(keys, results, strict=True):
        if isinstance(one, Observation):
            observations.append(one)
        elif key not in observed:
            penalty = worst if one.penalty == "worst" else one.penalty
            if penalty is None:  # or nothing has a value yet that could be the worst
                skipped.append(one.graph)
            else:
                assert not isinstance(penalty, str)
                observations.append(Observation(one.graph, penalty, seconds=one.seconds))
    return observations, skipped
