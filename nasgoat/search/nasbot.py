"""NASBOT: a Gaussian process on distances between networks, candidates by mutation.

Two distances bear the name. Kandasamy et al. 2018 define OTMANN, by optimal transport between
layers. The comparisons of White et al. 2021 and of nasgoat's paper have a simpler one under it,
which compares sorted degrees and numbers of operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import UnknownNameError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import Layers, degree_distances, otmann_distances
from nasgoat.optimize.half_planes import improvement
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial
from nasgoat.search.distance_gp import DistanceGP
from nasgoat.search.guided import Known, guided
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import Standardise

Floats = NDArray[np.float64]
Distance = Literal["otmann", "degrees"]

STRUCTURE = (0.1, 0.5)  # weights of OTMANN's structural term that are tried
ALIKE, UNLIKE = 0.25, 1.0  # cost of taking one operation for another of the same kind, or not
KINDS = ("conv", "pool", "skip")  # operations whose names hold the same of these are of a kind


@dataclass(frozen=True, slots=True)
class Nasbot:
    """Proposes the mutants of greatest expected improvement.

    Args:
        initial: size of the initial design.
        distance: ``"otmann"``, or ``"degrees"``.

    Raises:
        ValueError: the design has no graph.
        UnknownNameError: there is no such distance.
    """

    initial: int = 10
    distance: Distance = "otmann"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        UnknownNameError.unless_among("distance", self.distance, get_args(Distance))

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "nasbot" if self.distance == "otmann" else "nasbot-degrees"

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
        networks = OpGraphs(known.space)
        mismatch = mismatches(networks.names)

        def seen(graphs: Sequence[LabeledGraph]) -> Any:
            batch = networks.of(GraphBatch.of(graphs))
            return Layers.of(batch) if self.distance == "otmann" else batch

        def otmann(xs: Layers, ys: Layers, variant: int) -> Sequence[Floats]:
            return otmann_distances(xs, ys, mismatch, STRUCTURE[variant])

        def degrees(xs: GraphBatch, ys: GraphBatch, variant: int) -> Sequence[Floats]:
            del variant
            return [degree_distances(xs, ys)]

        observed = seen(known.graphs)
        if self.distance == "otmann":
            model = DistanceGP.fit(otmann, len(STRUCTURE), observed, targets)
        else:
            model = DistanceGP.fit(degrees, 1, observed, targets)
        least = float(targets.min())

        def worth(graphs: Sequence[LabeledGraph]) -> Floats:
            mean, std = model.predict(seen(graphs))
            return improvement(least - mean, std)

        return known.evolved(worth, k, rng)


def mismatches(names: Sequence[str]) -> Floats:
    """``(L, L)``, what it costs to take one operation for another, by their names."""
    kinds = [next((kind for kind in KINDS if kind in name), name) for name in names]
    alike = np.array([[a == b for b in kinds] for a in kinds])
    same = np.array([[a == b for b in names] for a in names])
    return np.where(same, 0.0, np.where(alike, ALIKE, UNLIKE))
