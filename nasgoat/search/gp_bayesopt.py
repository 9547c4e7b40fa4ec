"""GP-BO of White et al. 2021: a Gaussian process on Hamming distances, a confidence bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.graphs import LabeledGraph
from nasgoat.kernels import hamming_distances
from nasgoat.optimize import check_pool
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial
from nasgoat.search.distance_gp import DistanceGP
from nasgoat.search.guided import Known, greatest, guided, representatives
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import Standardise


@dataclass(frozen=True, slots=True)
class GPBayesOpt:
    """Proposes the random graphs of least ``mean - sqrt(beta) std``.

    The kernel is ``exp(-d / length)`` of the number ``d`` of places of adjacency matrix and labels
    that differ.

    Args:
        initial: size of the initial design.
        pool: number of random graphs that are valued.
        beta: weight of the deviation.

    Raises:
        ValueError: a size is less than 1, or ``beta`` is negative or not finite.
    """

    initial: int = 10
    pool: int = 1000
    beta: float = 1.0

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_pool(self.pool)
        LowerConfidenceBound(self.beta)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "gp-bayesopt"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return Design.draw(space, self.initial, rng)

    def propose(
        self,
        state: Design,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[Design, list[Proposal]]:
        """See ``SearchMethod``."""
        return guided(state, (observations, pending), k, rng, self._choose)

    def _choose(self, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
        targets = Standardise().transform(known.values)
        observed = representatives(known.space, known.graphs)
        model = DistanceGP.fit(lambda xs, ys, _: [hamming_distances(xs, ys)], 1, observed, targets)
        pool = known.pool(max(self.pool, k), 0.0, rng)
        mean, std = model.predict(representatives(known.space, pool))
        return greatest(pool, np.sqrt(self.beta) * std - mean, k)
