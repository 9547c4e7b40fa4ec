"""NGAE as a search method (Li et al. 2020)."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design, Surroundings
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import fresh_proposals, known_keys
from nasgoat.search.kinds import OnStage
from nasgoat.spaces import SearchSpace, TableSpace
from nasgoat_models.devices import repeatable
from nasgoat_models.graphs import GraphShape, GraphTensors
from nasgoat_models.ngae.ascent import ascend
from nasgoat_models.ngae.fitting import Pretrained
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.ngae.settings import NgaeSettings
from nasgoat_models.quality import encoded
from nasgoat_models.training import told
from nasgoat_models.validity import checked

STOPS = 10  # points of every ascent that are decoded
DRAWS = 3  # decodings by chance where the likeliest ones are all known


@dataclass(frozen=True, slots=True)
class NgaeState:
    """What a search holds.

    Args:
        design: the initial design.
        seed: of all trainings.
        pretrained: computed from space and seed when it is first needed.
        fitted: computed from the first so many observations.
    """

    design: Design
    seed: int
    pretrained: Pretrained | None = None
    fitted: tuple[int, Ngae] | None = None


@dataclass(frozen=True, slots=True)
class NgaeSearch:
    """Proposes what ascent on predicted performance minus complexity decodes to (equation 7).

    An autoencoder is trained on graphs of the space without values. All of NGAE is trained on the
    first 10, 20, 30 ... observations by equation 6. Ascents start at random points and at the best
    observed graphs; points on the way are decoded, held against the rules of the space, and the
    new graphs are ranked by what the predictors say of their own latent points. Where only the rows
    of a table may be proposed, the rows with the nearest codes stand in for decoded graphs.

    Args:
        settings: the options.
        on_stage: is told of the autoencoder's epochs; not part of the settings.
    """

    settings: NgaeSettings
    on_stage: OnStage | None = field(default=None, compare=False, repr=False, metadata=UNJOURNALLED)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "ngae"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> NgaeState:
        """See ``SearchMethod``."""
        design = Design.draw(space, self.settings.initial, rng)
        return NgaeState(design, int(rng.integers(2**31)))

    def propose(
        self,
        state: NgaeState,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[NgaeState, list[Proposal]]:
        """See ``SearchMethod``."""
        space = state.design.space
        seen = known_keys(space, observations, pending)
        if left := state.design.unseen(seen):
            return state, left[:k]
        if not observations:  # more workers than initial graphs
            return state, fresh_proposals(space, seen, k, rng, "random")
        began = time.perf_counter()
        with repeatable(1):
            state = self._trained(state, observations)
            found = self._ascended(state, observations, seen, k, rng)
        if len(found) < k:
            keys = {*seen, *space.keys(GraphBatch.of([one.graph for one in found]))}
            if not found or not _exhausted(space, keys):
                found += fresh_proposals(space, keys, k - len(found), rng, "random")
        seconds = {"fit": time.perf_counter() - began}
        return state, [replace(found[0], seconds=seconds), *found[1:]]

    def _trained(self, state: NgaeState, observations: Sequence[Observation]) -> NgaeState:
        """The state with a model of the last full number of observations."""
        settings, count = self.settings, len(observations)
        first = min(settings.initial, count)
        used = first + (count - first) // settings.refit * settings.refit
        if state.fitted is not None and state.fitted[0] == used:
            return state
        on_epoch = told(self.on_stage, "training the autoencoder")
        pretrained = state.pretrained or Pretrained.of(
            state.design.space, settings, state.seed, on_epoch
        )
        model = pretrained.fitted(observations[:used], settings.fit_steps, state.seed + used)
        return replace(state, pretrained=pretrained, fitted=(used, model))

    def _ascended(
        self,
        state: NgaeState,
        observations: Sequence[Observation],
        seen: Collection[str],
        k: int,
        rng: np.random.Generator,
    ) -> list[Proposal]:
        """Up to ``k`` new graphs, those of greatest predicted worth first."""
        assert state.fitted is not None
        space, model = state.design.space, state.fitted[1].eval()
        points = self._points(space, model, observations, rng)
        chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
        new: dict[str, Proposal] = {}
        for attempt in range(1 + DRAWS):
            decoded = model.vae.generate(points, chance if attempt else None).batch(space)
            for proposal in _members(space, decoded):
                key = space.key(proposal.graph)
                if key not in seen:
                    new.setdefault(key, proposal)
            if len(new) >= k or isinstance(space, TableSpace):
                break
        if isinstance(space, TableSpace):
            new = self._nearest(state, points, seen) | new
        proposals = list(new.values())
        if not proposals:
            return []
        graphs = GraphTensors.of(space, [one.graph for one in proposals]).to(points.device)
        with torch.no_grad():
            worth = model.worth(model.vae.encode(graphs), self.settings.complexity)
        order = worth.argsort(descending=True, stable=True)[:k]
        return [proposals[i] for i in order.tolist()]

    def _nearest(
        self, state: NgaeState, points: Tensor, seen: Collection[str]
    ) -> dict[str, Proposal]:
        """By key, the new ones of the drawn graphs whose codes are nearest to points."""
        assert state.fitted is not None
        assert state.pretrained is not None
        space, graphs = state.design.space, state.pretrained.graphs
        batch = graphs.batch(space)
        keys = space.keys(batch)
        new = torch.tensor([i for i, key in enumerate(keys) if key not in seen], dtype=torch.int64)
        if not len(new):
            return {}
        codes = encoded(state.fitted[1].vae, graphs.take(new.to(points.device)))
        chosen = new[torch.cdist(points, codes).argmin(dim=1).unique().cpu()].tolist()
        return {keys[i]: Proposal(batch[i], "ascent, nearest") for i in chosen}

    def _points(
        self,
        space: SearchSpace,
        model: Ngae,
        observations: Sequence[Observation],
        rng: np.random.Generator,
    ) -> Tensor:
        """Points on the way of all ascents: ``(M, D)``."""
        settings = self.settings
        ranked = sorted(observations, key=lambda one: one.value)[: settings.starts]
        device = next(model.parameters()).device
        best = GraphTensors.of(space, [one.graph for one in ranked]).to(device)
        with torch.no_grad():
            near = model.vae.encode(best)
        prior = rng.standard_normal((settings.starts, model.vae.latent))
        far = torch.from_numpy(prior).to(near)

        def worth(z: Tensor) -> Tensor:
            return model.worth(z, settings.complexity)

        every = max(settings.steps // STOPS, 1)
        paths = [
            ascend(worth, starts, rate, settings.steps)[every::every]
            for starts, rate in ((near, settings.best_rate), (far, settings.rate))
        ]
        return torch.cat([path.flatten(0, 1) for path in paths])


def _members(space: SearchSpace, decoded: GraphBatch) -> list[Proposal]:
    """The decoded graphs that are members, or could be made members; repeats included."""
    distinct = GraphBatch.of(dict.fromkeys(decoded), decoded.n)
    kept = checked(space, distinct, repair=not isinstance(space, TableSpace))
    pairs = zip(distinct, kept.graphs, strict=True)
    return [
        Proposal(graph, "ascent" if graph == raw else "ascent, repaired")
        for raw, graph in pairs
        if graph is not None
    ]


def _exhausted(space: SearchSpace, keys: Collection[str]) -> bool:
    """Whether a space that can be listed holds no other graphs."""
    return space.is_listable() and space.size() <= len(keys)


def ngae_search(settings: NgaeSettings, surroundings: Surroundings) -> NgaeSearch:
    """The method for a space.

    Raises:
        ValueError: graphs of the space have cycles.
    """
    GraphShape.of(surroundings.space)
    return NgaeSearch(settings, surroundings.on_stage)
