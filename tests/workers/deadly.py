"""What the processes of these tests run; quick to import, for each of them does so."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation


class OddError(Exception):
    """An error that pickle cannot bring back."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def odd(graph: LabeledGraph | None = None) -> Observation:
    raise OddError(1, 2)


def very_long(graph: LabeledGraph) -> Observation:
    raise RuntimeError("x" * 5000)


def closure() -> Any:
    return lambda: 1


def dies_once(mark: Path) -> str:
    """Leave a mark and die; answer if there is one."""
    if mark.exists():
        return "the second time"
    mark.touch()
    os._exit(3)


def deadly(graph: LabeledGraph) -> bool:
    """Whether an architecture kills who evaluates it."""
    return graph.n == 4 and (graph.node_labels or ())[1:3] == (2, 2)


def lethal(graph: LabeledGraph, after: float = 0.0) -> Observation:
    """An objective that some architectures kill, after so many seconds."""
    if deadly(graph):
        time.sleep(after)
        os.kill(os.getpid(), signal.SIGKILL)
    return Observation(graph, float(len(graph.edges)))


def lethal_once(folder: Path, graph: LabeledGraph) -> Observation:
    """The same, but that each of them kills one process only."""
    if deadly(graph):
        dies_once(folder / str(len(graph.edges)))
    return Observation(graph, float(len(graph.edges)))
