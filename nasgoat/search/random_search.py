"""Random search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial, fresh_proposals, known_keys
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """Uniform samples of the space without repeats.

    Args:
        initial: size of the initial design that it shares with other methods of the same seed.

    Raises:
        ValueError: ``initial`` is less than 1.
    """

    initial: int = 10

    def __post_init__(self) -> None:
        check_initial(self.initial)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "random"

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
        seen = known_keys(state.space, observations, pending)
        if design := state.unseen(seen):
            return state, design[:k]
        return state, fresh_proposals(state.space, seen, k, rng, "random")
