"""The protocols of evaluators and of what finds them by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import SearchSpace


class Evaluator(Protocol):
    """Measures one architecture; can be pickled, so that processes can share the work."""

    @property
    def name(self) -> str:
        """A short name for journals and reports, e.g. ``"nasbench-graph:cora"``."""

    @property
    def space(self) -> SearchSpace:
        """The architectures that can be evaluated."""

    @property
    def objective(self) -> str:
        """What ``Observation.value`` is and its unit, e.g. ``"validation error on Cora, %"``."""

    @property
    def optimum(self) -> float | None:
        """The least value in the space, or None if it is not known."""

    def __call__(self, graph: LabeledGraph) -> Observation:
        """Measure a graph; ``value`` is to be minimised.

        Raises:
            OutsideSpaceError: the graph breaks a rule of the space.
            NotInTableError: the evaluator is a table without a row for the graph.
        """


@runtime_checkable
class NoisyEvaluator(Protocol):
    """An evaluator whose values can be drawn by chance instead of being means."""

    def noisy(self, seed: int) -> Evaluator:
        """The same benchmark with one draw per architecture, always the same for a seed.

        Raises:
            NoRepeatsError: there is nothing to draw from.
        """


class Family(Protocol):
    """Benchmarks that are loaded alike: what an entry point of ``nasgoat.benchmarks`` names.

    The entry point is named after the family; its benchmarks are called ``family`` or
    ``family:variant``.
    """

    def names(self) -> Sequence[str]:
        """The full names of its benchmarks; quick, without reading tables."""

    def load(self, name: str, data: Path | None) -> Evaluator:
        """Make one of them.

        Args:
            name: one of ``names()``.
            data: the data directory, None for the default one.

        Raises:
            MissingDataError: something is not on this machine; says how to get it.
            BadDataError: a file is not what it should be.
        """
