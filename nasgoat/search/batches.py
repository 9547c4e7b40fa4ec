"""How the graphs of one batch are picked from a posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nasgoat.errors import NoIncumbentError, NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import AcquisitionOptimizer, Task
from nasgoat.posterior import Posterior
from nasgoat.records import Limits, ProgressCallback, Proposal
from nasgoat.search.rules import AcquisitionRule
from nasgoat.spaces import SearchSpace

INTERRUPTED = "interrupted"  # status of a certificate; the rest of the batch is then not picked


@dataclass(frozen=True, slots=True)
class Round:
    """One acquisition problem, but for the posterior.

    Args:
        space: where to search.
        exclude: graphs that are observed or pending.
        starts: the best observed graphs, best first.
        best: the least observed target, in the unit of the posterior.
        acquisition: makes the acquisition function.
        optimizer: minimises it.
        limits: of each solve.
        progress: hears of the solver's progress, or None.
    """

    space: SearchSpace
    exclude: Sequence[LabeledGraph]
    starts: Sequence[LabeledGraph]
    best: float
    acquisition: AcquisitionRule
    optimizer: AcquisitionOptimizer
    limits: Limits
    progress: ProgressCallback | None = None

    def optima(
        self,
        posterior: Posterior,
        picked: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> list[Proposal]:
        """Up to ``k`` best graphs, neither excluded nor picked already.

        Raises:
            NothingLeftError: there is none.
        """
        task = Task(
            self.acquisition(posterior, self.best, rng),
            posterior,
            self.space,
            (*self.exclude, *picked),
            self.starts,
        )
        return [
            Proposal(
                optimum.graph,
                "acquisition",
                optimum.certificate,
                {"build": optimum.build_seconds, "solve": optimum.certificate.seconds},
            )
            for optimum in self.optimizer.minimize(task, k, self.limits, self.progress)
        ]


class BatchRule(Protocol):
    """Picks several graphs at once."""

    def choose(
        self, problem: Round, posterior: Posterior, k: int, rng: np.random.Generator
    ) -> list[Proposal]:
        """Pick 1 to ``k`` graphs.

        Raises:
            NothingLeftError: no graph is left.
        """


@dataclass(frozen=True, slots=True)
class Fantasies:
    """One by one: each pick's mean is told to the posterior before the next (docs/math.md, 6.7)."""

    def choose(
        self, problem: Round, posterior: Posterior, k: int, rng: np.random.Generator
    ) -> list[Proposal]:
        """See ``BatchRule``."""
        picks: list[Proposal] = []
        while len(picks) < k:
            if picks:
                posterior = with_fantasy(posterior, picks[-1].graph)
            try:
                picks += problem.optima(posterior, [pick.graph for pick in picks], 1, rng)
            except (NoIncumbentError, NothingLeftError):
                if not picks:
                    raise
                break
            certificate = picks[-1].certificate
            if certificate is not None and certificate.status == INTERRUPTED:
                break
        return picks


@dataclass(frozen=True, slots=True)
class TopKPool:
    """The ``k`` best graphs of one acquisition function, as in the paper."""

    def choose(
        self, problem: Round, posterior: Posterior, k: int, rng: np.random.Generator
    ) -> list[Proposal]:
        """See ``BatchRule``."""
        return problem.optima(posterior, (), k, rng)


def with_fantasy(posterior: Posterior, graph: LabeledGraph) -> Posterior:
    """The belief after observing exactly its own mean at a graph: only the deviations shrink."""
    mean, _ = posterior.mean_and_std(GraphBatch.of([graph]))
    return posterior.condition_on(graph, float(mean[0]))
