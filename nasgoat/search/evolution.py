"""Regularised evolution (Real et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, fresh_sample, known_keys
from nasgoat.spaces import SearchSpace

Retire = Literal["oldest", "worst"]


@dataclass(frozen=True, slots=True)
class Evolution:
    """Mutate the winner of a tournament; the child takes the place of one member of the population.

    The winner's child is drawn from those of its neighbors that are not evaluated yet; if there are
    none, the second of the tournament is mutated, and so on.

    Args:
        population: its size; as many random graphs are evaluated first.
        tournament: number of members that compete, drawn without replacement.
        retire: who leaves the population: the ``"oldest"`` (Real et al. 2019) or the ``"worst"``.

    Raises:
        ValueError: a size is less than 1, the tournament is larger than the population, or
            ``retire`` is neither.
    """

    population: int = 30
    tournament: int = 10
    retire: Retire = "oldest"

    def __post_init__(self) -> None:
        if not 1 <= self.tournament <= self.population:
            msg = (
                "a tournament has 1 to all members of the population, got a tournament of "
                f"{self.tournament} in a population of {self.population}"
            )
            raise ValueError(msg)
        if self.retire not in get_args(Retire):
            msg = f"retire is one of {get_args(Retire)}, got {self.retire!r}"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "evolution"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return Design.draw(space, self.population, rng)

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
        members = self.members(observations)
        proposals: list[Proposal] = []
        for _ in range(k):
            try:
                proposal = self._child(state.space, members, seen, rng)
            except NothingLeftError:
                if not proposals:
                    raise
                break
            seen.add(state.space.key(proposal.graph))
            proposals.append(proposal)
        return state, proposals

    def members(self, observations: Sequence[Observation]) -> list[Observation]:
        """The population after the observations: the latest, or best, ``population`` of them."""
        if self.retire == "oldest":
            return list(observations[-self.population :])
        return sorted(observations, key=lambda member: member.value)[: self.population]

    def _child(
        self,
        space: SearchSpace,
        members: Sequence[Observation],
        seen: set[str],
        rng: np.random.Generator,
    ) -> Proposal:
        count = min(self.tournament, len(members))
        drawn = (
            [members[i] for i in rng.choice(len(members), count, replace=False)] if count else []
        )
        for parent in sorted(drawn, key=lambda member: member.value):
            neighbors = space.neighbors(parent.graph)
            keys = space.keys(GraphBatch.of(neighbors))
            unseen = [i for i, key in enumerate(keys) if key not in seen]
            if unseen:
                return Proposal(neighbors[unseen[rng.integers(len(unseen))]], "mutation")
        return Proposal(fresh_sample(space, seen, rng), "random")
