"""Local search (White et al. 2021)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial, fresh_proposals, known_keys
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True)
class LocalSearch:
    """Evaluate all neighbors of the best graph, move to the best of them, restart when stuck.

    The first centre is the best of the initial design. A centre that no neighbor beats is a local
    optimum; the search then restarts at a random graph. Random graphs are also proposed while the
    last neighbors are pending; they serve as the next restarts.

    Args:
        initial: size of the initial design.

    Raises:
        ValueError: ``initial`` is less than 1.
    """

    initial: int = 10

    def __post_init__(self) -> None:
        check_initial(self.initial)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "local-search"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return Design.draw(space, self.initial, rng)

    def heed(self, state: Design, skipped: Sequence[LabeledGraph]) -> Design:
        """See ``HeedsFailures``: the walk does not wait for neighbors that failed."""
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
        around = _open_neighbors(state, observations)
        unseen = [(key, graph) for key, graph in around.items() if key not in seen]
        chosen = [unseen[i] for i in rng.permutation(len(unseen))[:k]]
        proposals = [Proposal(graph, "neighbor") for _, graph in chosen]
        if not proposals:  # stuck, or waiting for the last neighbors
            proposals = fresh_proposals(space, seen, k, rng, "random")
        return state, proposals


def _open_neighbors(design: Design, observations: Sequence[Observation]) -> dict[str, LabeledGraph]:
    """The neighbors of the present centre by key; {} if the search is to restart.

    The walk so far is retraced from the observations: they alone decide where it stands. A graph
    that was observed several times has the mean of its values; one that was skipped is no neighbor.
    """
    space = design.space
    repeats: dict[str, list[float]] = {}
    graphs: dict[str, LabeledGraph] = {}
    observed_keys = space.keys(GraphBatch.of([one.graph for one in observations]))
    for key, one in zip(observed_keys, observations, strict=True):
        repeats.setdefault(key, []).append(one.value)
        graphs.setdefault(key, one.graph)
    values = {key: math.fsum(found) / len(found) for key, found in repeats.items()}
    started = [key for key in space.keys(GraphBatch.of(design.graphs)) if key in values]
    visited = set(started)
    centre = min(started, key=values.__getitem__, default=None)
    while True:
        if centre is None:  # restart at the first observation that no centre has led to
            centre = next((key for key in values if key not in visited), None)
            if centre is None:
                return {}
        around = _neighbors(space, graphs[centre])
        neighbors = {key: graph for key, graph in around.items() if key not in design.skipped}
        keys = list(neighbors)
        visited.update([centre, *keys])
        if not all(key in values for key in keys):
            return neighbors
        best = min(keys, key=values.__getitem__, default=centre)
        centre = best if values[best] < values[centre] else None


@lru_cache(maxsize=1024)  # centres are retraced at every step
def _neighbors(space: SearchSpace, graph: LabeledGraph) -> dict[str, LabeledGraph]:
    neighbors = space.neighbors(graph)
    return dict(zip(space.keys(GraphBatch.of(neighbors)), neighbors, strict=True))
