"""One initial design for all methods of a trial."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design, SearchMethod
from nasgoat.search.design import known_keys
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True)
class Begun:
    """The shared design, and the state of the method that goes on from there."""

    design: Design
    inner: Any


@dataclass(frozen=True, slots=True)
class SharedDesign:
    """A method that evaluates the shared initial design first, and only then what it would itself.

    The design is the one that methods with an initial design of this size draw from the same seed:
    for them nothing changes. A method whose own design is larger, such as evolution with its
    population of 30, begins with the shared graphs and adds the rest of its own; one without a
    design, or with a smaller one, starts from observations that are there already.

    Args:
        method: what proposes after the design.
        initial: number of shared graphs.
    """

    method: SearchMethod[Any]
    initial: int

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return self.method.name

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Begun:
        """See ``SearchMethod``."""
        design = Design.draw(space, self.initial, deepcopy(rng))
        return Begun(design, self.method.start(space, rng))

    def propose(
        self,
        state: Begun,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[Begun, list[Proposal]]:
        """See ``SearchMethod``."""
        if len(observations) + len(pending) < len(state.design.graphs):
            seen = known_keys(state.design.space, observations, pending)
            if design := state.design.unseen(seen):
                return state, design[:k]
        inner, proposals = self.method.propose(state.inner, observations, pending, k, rng)
        return Begun(state.design, inner), proposals
