"""One evaluation whose errors are values."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Failure, Observation, Penalty

Evaluate = Callable[[LabeledGraph], Observation]


@runtime_checkable
class Redrawing(Protocol):
    """An evaluator with chance in it that has another draw for each evaluation of a graph."""

    def repeated(self, times: int) -> Evaluate:
        """The evaluator of graphs that were evaluated ``times`` times before.

        What it draws depends on the graph, its own seed and this number alone, so that a resumed
        study sees what an uninterrupted one would have seen.
        """


OnFailure = Literal["raise", "skip", "penalise"] | float

LONGEST = 1000  # characters of an error that are kept; some carry the output of a whole compiler


def penalty_of(on_failure: OnFailure) -> Penalty:
    """What a failure is worth to the search method.

    Raises:
        ValueError: there is no such way to treat failures.
    """
    known: dict[OnFailure, Penalty] = {"skip": None, "raise": None, "penalise": "worst"}
    if on_failure in known:
        return known[on_failure]
    if isinstance(on_failure, str) or not math.isfinite(on_failure):
        msg = (
            "a failed evaluation is treated by 'raise', 'skip', 'penalise' or a finite number, "
            f"its penalty; got {on_failure!r}"
        )
        raise ValueError(msg)
    return float(on_failure)


def attempt(evaluator: Evaluate, graph: LabeledGraph, penalty: Penalty) -> Observation | Failure:
    """Evaluate a graph; what the evaluator raises, and a value that is not finite, is a failure."""
    began = time.perf_counter()
    try:
        observation = evaluator(graph)
        if math.isfinite(observation.value):
            return observation
        error = f"the value is {observation.value}"
    except Exception as raised:
        error = told(raised)
    return Failure(graph, error, penalty, time.perf_counter() - began)


def told(error: BaseException) -> str:
    """An error in words: its class, its message, and the line of the evaluator that raised it."""
    text = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return text[:LONGEST] + where
