"""The protocol of evaluators: whatever can tell how good an architecture is."""

from __future__ import annotations

from typing import Protocol

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace


class Evaluator(Protocol):
    """Measures one architecture; can be pickled, so that processes can share the work."""

    @property
    def name(self) -> str:
        """A short name for journals and reports, e.g. ``"nasbench-graph:cora"``."""

    @property
    def space(self) -> CellSpace:
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
