"""CR-LSO as a search method (Rao et al. 2024): Algorithm 3."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design, Surroundings
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import fresh_proposals, known_keys
from nasgoat.search.kinds import OnStage
from nasgoat.search.optuna_search import require_optuna
from nasgoat.spaces import SearchSpace
from nasgoat_models.crlso.rounds import Round, Rounds, recipe
from nasgoat_models.crlso.settings import CrLsoSettings
from nasgoat_models.devices import repeatable
from nasgoat_models.graphs import GraphShape
from nasgoat_models.training import told


@dataclass(frozen=True, slots=True)
class CrLsoState:
    """What a search knows.

    Args:
        design: the labelled set of Algorithm 1.
        seed: of all chance in the latent space.
        rounds: the trained space and what finds graphs in it, None until the design is measured.
        last: the last round and its graphs.
    """

    design: Design
    seed: int
    rounds: Rounds | None = None
    last: Round | None = None


@dataclass(frozen=True, slots=True)
class CrLso:
    """Learns a convex latent space of random graphs' values, then follows its gradient.

    Once the design is measured, Algorithm 1 trains the space. After that, every ``seeds``
    evaluations the network on the latent space is fine-tuned on all values and Algorithm 2 leads
    from the best measured graphs to new ones.

    Args:
        settings: all that can be chosen.
        on_stage: is told of the autoencoder's epochs; not part of the settings.
    """

    settings: CrLsoSettings = field(default_factory=CrLsoSettings)
    on_stage: OnStage | None = field(default=None, compare=False, repr=False, metadata=UNJOURNALLED)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "cr-lso"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> CrLsoState:
        """See ``SearchMethod``."""
        design = Design.draw(space, self.settings.initial, rng)
        return CrLsoState(design, int(rng.integers(2**31)))

    def heed(self, state: CrLsoState, skipped: Sequence[LabeledGraph]) -> CrLsoState:
        """See ``HeedsFailures``."""
        return replace(state, design=state.design.without(skipped))

    def propose(
        self,
        state: CrLsoState,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[CrLsoState, list[Proposal]]:
        """See ``SearchMethod``."""
        space, design = state.design.space, state.design
        seen = known_keys(space, observations, pending)
        if left := design.unseen(seen):
            return state, left[:k]
        inside = {space.key(graph) for graph in design.graphs}
        labelled = [one for one in observations if space.key(one.graph) in inside]
        waiting = {space.key(graph) for graph in design.awaited(pending)} & inside
        if waiting or not labelled:  # more workers than graphs: the space must not depend on that
            return state, fresh_proposals(space, seen, k, rng, "random")
        began = time.perf_counter()
        with repeatable(self.settings.threads):
            rounds = state.rounds or self._learnt(space, labelled, state.seed)
            last = rounds.upto(observations, state.last)
            proposals = last.unseen(seen, k)
            if not proposals:
                proposals = rounds.again(observations, seen, rng).unseen(seen, k)
        if not proposals:
            proposals = fresh_proposals(space, seen, k, rng, "random")
        spent = {"fit": time.perf_counter() - began}
        proposals[0] = replace(proposals[0], seconds=spent)
        return replace(state, rounds=rounds, last=last), proposals

    def _learnt(self, space: SearchSpace, labelled: Sequence[Observation], seed: int) -> Rounds:
        """Algorithm 1."""
        on_epoch = told(self.on_stage, "training the autoencoder")
        return Rounds.learn(space, self.settings, labelled, seed, on_epoch)


def build(settings: CrLsoSettings, surroundings: Surroundings) -> CrLso:
    """The method, for a space whose graphs it can read.

    Raises:
        ValueError: edges of the space may lead to a lower index, or there is no such device.
        SolverUnavailableError: the optimiser is one of Optuna's, and Optuna is not installed.
    """
    GraphShape.of(surroundings.space)
    recipe(settings)
    if settings.optimiser in ("tpe", "cmaes"):
        require_optuna()
    return CrLso(settings, surroundings.on_stage)
