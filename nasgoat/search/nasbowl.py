"""NAS-BOWL: a Gaussian process with a Weisfeiler-Lehman kernel (Ru et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import UnknownNameError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import wl_grams, wl_norms
from nasgoat.optimize import check_pool
from nasgoat.optimize.half_planes import improvement
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial
from nasgoat.search.gram_gp import GramGP
from nasgoat.search.guided import Known, greatest, guided
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import TRANSFORMS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nasbowl:
    """Proposes the graphs of greatest expected improvement in a pool, half of it mutants.

    The kernel is normalised, ``k(x, y) / sqrt(k(x, x) k(y, y))``; its depth is the likeliest.

    Args:
        initial: size of the initial design.
        pool: number of graphs that are valued, half of them neighbors of the 10 best observed.
        depth: the greatest depth of subtrees that is tried.
        transform: of the targets; the paper's is the logarithm, which needs positive ones.

    Raises:
        ValueError: a size is less than 1, or the depth is less than 0.
        UnknownNameError: there is no such transform.
    """

    initial: int = 10
    pool: int = 200
    depth: int = 3
    transform: Literal["log", "standardise", "rank-gaussian"] = "log"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_pool(self.pool)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        if self.depth < 0:
            msg = f"the depth of subtrees is at least 0, got {self.depth}"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "nasbowl"

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
        targets = TRANSFORMS[self.transform].transform(known.values)
        networks = OpGraphs(known.space)
        pool = known.pool(max(self.pool, k), 0.5, rng)
        observed, candidates = (
            networks.of(GraphBatch.of(graphs)) for graphs in (known.graphs, pool)
        )
        gp = GramGP.fit(list(normalised(observed, observed, self.depth)), targets)
        cross = normalised(candidates, observed, gp.choice)[-1]
        mean, std = gp.predict(cross, np.ones(len(pool)))
        return greatest(pool, improvement(float(targets.min()) - mean, std), k)


def normalised(xs: GraphBatch, ys: GraphBatch, depth: int) -> Floats:
    """``(depth + 1, N, M)``: Weisfeiler-Lehman kernels with ``k(x, x) = 1``."""
    left, right = wl_norms(xs, depth), wl_norms(ys, depth)
    return wl_grams(xs, ys, depth) / np.sqrt(left[:, :, None] * right[:, None, :])
