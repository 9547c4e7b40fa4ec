"""The search method of this package: a graph Gaussian process and a proven acquisition optimum."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import AcquisitionOptimizer
from nasgoat.posterior import Posterior
from nasgoat.records import Limits, Observation, Prediction, ProgressCallback, Proposal
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.batches import BatchRule, Fantasies, Round, with_fantasy
from nasgoat.search.design import Design, check_initial, fresh_proposals, known_keys
from nasgoat.search.rules import AcquisitionRule, UseLCB, targets_of
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import Surrogate

STARTS = 5  # best observed graphs that an optimiser is told; more cost time and rarely help


@dataclass(frozen=True, slots=True)
class GoatSearch:
    """Fit a surrogate, minimise an acquisition function over the whole space, evaluate, repeat.

    Graphs under evaluation are told to the posterior as fantasies: with the mean it has there.

    Args:
        surrogate: learns from all observations, anew for every batch.
        optimizer: minimises the acquisition function.
        acquisition: makes the acquisition function of every pick.
        limits: of each solve.
        batch: how several graphs are picked at once.
        initial: size of the initial design.
        on_progress: hears of a solver's progress; not part of the settings.

    Raises:
        ValueError: ``initial`` is less than 1.
    """

    surrogate: Surrogate
    optimizer: AcquisitionOptimizer
    acquisition: AcquisitionRule = UseLCB()
    limits: Limits = Limits()
    batch: BatchRule = Fantasies()
    initial: int = 2
    on_progress: ProgressCallback | None = field(
        default=None, compare=False, repr=False, metadata=UNJOURNALLED
    )

    def __post_init__(self) -> None:
        check_initial(self.initial)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "goat"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return Design.draw(space, self.initial, rng)

    def heed(self, state: Design, skipped: Sequence[LabeledGraph]) -> Design:
        """See ``HeedsFailures``: no fantasies of graphs that failed."""
        return state.without(skipped)

    def propose(
        self,
        state: Design,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[Design, list[Proposal]]:
        """See ``SearchMethod``."""
        space = state.space
        seen = known_keys(space, observations, pending)
        if design := state.unseen(seen):
            return state, design[:k]
        if not observations:  # more workers than initial graphs
            return state, fresh_proposals(space, seen, k, rng, "random")
        began = time.perf_counter()
        observed = [observation.graph for observation in observations]
        fitted = posterior = self.surrogate.fit(observed, [one.value for one in observations])
        best = least_target(posterior)
        for graph in state.awaited(pending):
            posterior = with_fantasy(posterior, graph)
        fit = time.perf_counter() - began
        problem = Round(
            space,
            (*observed, *pending),
            _best_graphs(observations),
            best,
            self.acquisition,
            self.optimizer,
            self.limits,
            self.on_progress,
        )
        picks = self.batch.choose(problem, posterior, k, rng)
        first = replace(picks[0], seconds={"fit": fit, **picks[0].seconds})
        return state, predicted([first, *picks[1:]], fitted)

    def recommend(
        self, observations: Sequence[Observation], candidates: Sequence[LabeledGraph]
    ) -> int:
        """See ``Recommends``: the candidate of least posterior mean, the first of equals."""
        observed = [observation.graph for observation in observations]
        posterior = self.surrogate.fit(observed, [one.value for one in observations])
        mean, _ = posterior.mean_and_std(GraphBatch.of(candidates))
        return int(np.argmin(mean))


def least_target(posterior: Posterior) -> float:
    """The least target that a posterior was conditioned on, in its own unit.

    Raises:
        NoEncodingError: the posterior does not say what it was conditioned on.
    """
    return float(targets_of(posterior).min())


def predicted(proposals: Sequence[Proposal], posterior: Posterior) -> list[Proposal]:
    """Proposals with what a posterior expects of them, for the record."""
    mean, std = posterior.mean_and_std(GraphBatch.of([one.graph for one in proposals]))
    noise = float(getattr(posterior, "noise", 0.0))
    return [
        replace(one, prediction=Prediction(float(m), float(s), noise))
        for one, m, s in zip(proposals, mean, std, strict=True)
    ]


def _best_graphs(observations: Sequence[Observation]) -> list[LabeledGraph]:
    ranked = sorted(observations, key=lambda observation: observation.value)
    return [observation.graph for observation in ranked[:STARTS]]
