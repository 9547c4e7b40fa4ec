"""Known graphs by value, one per architecture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nasgoat.errors import EncodingMismatchError, NoIncumbentError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.records import AUDIT_TOL, Certificate
from nasgoat.solve.answers import Best
from nasgoat.solve.base import Pool
from nasgoat.spaces import SearchSpace


@dataclass(slots=True)
class Ranking:
    """Graphs that may be among the k best, with their values from the number side.

    Args:
        space: what tells architectures apart.
        taken: keys of those that are not to be named.
        solver: name of the solver that names graphs.
    """

    space: SearchSpace
    taken: set[str]
    solver: str
    _known: dict[str, tuple[float, LabeledGraph]] = field(default_factory=dict)

    @property
    def best_first(self) -> list[tuple[float, LabeledGraph]]:
        """Values and graphs."""
        return sorted(self._known.values(), key=lambda pair: pair[0])

    def cutoff(self, k: int) -> float:
        """What the ``k``-th best graph is at most; infinite while fewer are known."""
        ranked = self.best_first
        return ranked[k - 1][0] if len(ranked) >= k else float("inf")

    def add(self, problem: AcquisitionProblem, graphs: Sequence[LabeledGraph]) -> None:
        """Value graphs of a problem's model."""
        for key, value, graph in self._valued(problem, graphs):
            self._known.setdefault(key, (value, graph))

    def audit(self, problem: AcquisitionProblem, pool: Pool) -> None:
        """Compare what a solver says of a problem with what is known of it.

        Raises:
            EncodingMismatchError: a graph of the pool does not belong there, or a known one that
                is not in it has a value below its bound.
        """
        named = set()
        for key, _, graph in self._valued(problem, pool.graphs):
            named.add(key)
            if key in self.taken or not self.space.contains(graph):
                why = "that was excluded" if key in self.taken else f"outside {self.space.name}"
                msg = f"{self.solver} returned a graph {why}: {graph}"
                raise EncodingMismatchError(msg)
        least = pool.lower_bound
        if math.isfinite(least):
            least -= AUDIT_TOL * max(1.0, abs(least))
        for key, (value, graph) in self._known.items():
            # a graph of another node count, or of another part, is none of this problem's
            if value < least and key not in named and problem.cell.copy(graph) is not None:
                msg = (
                    f"{self.solver} claims that no other graph is below {pool.lower_bound:.9g}, "
                    f"but one has the value {value:.9g}: the certificate is refused"
                )
                raise EncodingMismatchError(msg)

    def certified(
        self,
        k: int,
        bound: float,
        gap: float,
        *,
        interrupted: bool,
        seconds: float,
        effort: Mapping[str, int],
    ) -> list[Best]:
        """The best graphs, until one is not proven to be the next.

        Args:
            k: how many at most.
            bound: no graph that is not known has a smaller value.
            gap: what is left of a proven certificate's.
            interrupted: whether only the best graph is wanted, proven or not.
            seconds: of all solves; told with the first graph, like their effort.
            effort: of all solves.

        Raises:
            NoIncumbentError: interrupted, and no graph is known.
        """
        ranked = self.best_first[: 1 if interrupted else k]
        if interrupted and not ranked:
            msg = "no graph was found before the solver stopped (interrupted)"
            raise NoIncumbentError(msg)
        found: list[Best] = []
        for value, graph in ranked:
            certificate = Certificate.audited(
                value,
                min(bound, value),  # the known graphs before it are taken, those after not less
                status="interrupted" if interrupted else "optimal",
                seconds=0.0 if found else seconds,
                solver=self.solver,
                optimizer="mip",
            )
            open_gap = certificate.gap is None or certificate.gap > gap
            if open_gap and not interrupted:
                break
            share = dict.fromkeys(effort, 0) if found else dict(effort)
            found.append(Best(graph, replace(certificate, effort=share)))
        return found

    def _valued(
        self, problem: AcquisitionProblem, graphs: Sequence[LabeledGraph]
    ) -> list[tuple[str, float, LabeledGraph]]:
        if not graphs:
            return []
        batch = GraphBatch.of(graphs)
        values = problem.acquisition.values(problem.posterior, batch).tolist()
        return list(zip(self.space.keys(batch), values, graphs, strict=True))
