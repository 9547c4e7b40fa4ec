"""The protocol of solver backends."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.records import Limits, ProgressCallback


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a solver found and proved on one problem.

    Args:
        graph: the best graph found that is strictly better than the cutoff, or None.
        value: its acquisition value from the number side; the cutoff if there is none.
        lower_bound: no graph of the problem has a smaller value.
        status: ``"optimal"``, ``"time_limit"``, ``"node_limit"``, ``"interrupted"``, ``"stalled"``.
        effort: what it took, by name: ``"rounds"`` (MIPs solved), ``"nodes"`` of branch and bound,
            ``"variables"`` and ``"rows"`` of the model.
    """

    graph: LabeledGraph | None
    value: float
    lower_bound: float
    status: str
    effort: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Start:
    """What is known before the solve.

    Args:
        graphs: feasible graphs, tried first.
        cutoff: only graphs of a smaller value are of interest.
        others: feasible graphs of good values, which a solver need not try.
        lower_bound: what ``BoundingSolver.bound`` proved of the same problem before.
    """

    graphs: Sequence[LabeledGraph] = ()
    cutoff: float = float("inf")
    others: Sequence[LabeledGraph] = ()
    lower_bound: float = -float("inf")


@dataclass(frozen=True, slots=True)
class Pool:
    """What one solve for several graphs found and proved.

    Args:
        graphs: all that were found, in any order; several copies of one architecture may be
            among them.
        lower_bound: no graph of the problem but these has a smaller value; ``-inf`` if unknown.
        status: as of an ``Outcome``; ``"optimal"`` where the search was complete.
        effort: as of an ``Outcome``.
    """

    graphs: Sequence[LabeledGraph]
    lower_bound: float
    status: str
    effort: Mapping[str, int] = field(default_factory=dict)


class Solver(Protocol):
    """Minimises an acquisition problem to proof."""

    @property
    def name(self) -> str:
        """With version: appears in certificates."""

    def minimize(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """Find the best graph of the problem and a lower bound on all of them.

        A Ctrl-C ends the solve early with the status ``"interrupted"`` and what was found.
        """


@runtime_checkable
class BoundingSolver(Solver, Protocol):
    """Bounds a problem in a small part of the time that its minimisation takes."""

    def bound(
        self,
        problem: AcquisitionProblem,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Outcome:
        """Bound all graphs of the problem from below, and value the starts.

        The status is ``"optimal"`` where that settles the problem, else ``"node_limit"``: no node
        was explored.
        """


@runtime_checkable
class PoolSolver(Solver, Protocol):
    """Finds several of the best graphs of a problem in one solve.

    ``KBest`` asks whoever has the method; others are asked for one graph after the other.
    """

    def pool(
        self,
        problem: AcquisitionProblem,
        k: int,
        limits: Limits,
        start: Start = Start(),
        progress: ProgressCallback | None = None,
    ) -> Pool:
        """Find the ``k`` best graphs of the problem, and what all others are bounded by.

        Too few graphs and too low a bound are allowed: what a pool leaves open is solved as by any
        other backend.

        Args:
            problem: exact at every graph that has its tangents.
            k: how many graphs are wanted, at least 1.
            limits: of the whole; the gap is that of each graph.
            start: of its cutoff, at most the value of the ``k``-th best graph known.
            progress: hears of the best graph and of the bound on all.
        """


@dataclass(slots=True)
class Clock:
    """Seconds since its birth, and until a limit."""

    limit: float | None
    born: float = field(default_factory=time.perf_counter)

    @property
    def elapsed(self) -> float:
        """Seconds since birth."""
        return time.perf_counter() - self.born

    @property
    def left(self) -> float:
        """Seconds until the limit, infinite without one."""
        return float("inf") if self.limit is None else self.limit - self.elapsed
