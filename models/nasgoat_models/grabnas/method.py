"""GraB-NAS as a search method: Bayesian steps, and gradient steps that decode new graphs."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.half_planes import improvement
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design, Surroundings
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import fresh_proposals, known_keys
from nasgoat.search.guided import Known
from nasgoat.search.kinds import OnStage
from nasgoat.spaces import SearchSpace, TableSpace
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import find_device, repeatable
from nasgoat_models.grabnas.ascent import ascend
from nasgoat_models.grabnas.datasets import Target
from nasgoat_models.grabnas.deep_kernel import mean_and_std
from nasgoat_models.grabnas.meta import Meta, meta_train
from nasgoat_models.grabnas.settings import GrabNasSettings
from nasgoat_models.graphs import GraphShape
from nasgoat_models.training import told

Floats = NDArray[np.float64]

STARTS = 5  # best graphs that an ascent is tried from before a Bayesian step takes its place


@dataclass(frozen=True, slots=True)
class GrabNasState:
    """What a search knows.

    Args:
        design: the initial graphs.
        seed: of meta-training.
        meta: the trained networks, None before they are needed.
    """

    design: Design
    seed: int
    meta: Meta | None = None


@dataclass(frozen=True, slots=True)
class GrabNas:
    """Meta-trained Gaussian process; Bayesian and latent gradient steps in turn.

    Args:
        settings: all that can be chosen.
        candidates: graphs that Bayesian steps and the design are confined to, members of the space
            that is searched; None for all. Gradient steps may decode any graph of the space. Too
            many for journals, which do not hold them.
        on_stage: is told of meta-training's epochs; not part of the settings.
    """

    settings: GrabNasSettings = field(default_factory=GrabNasSettings)
    candidates: TableSpace | None = field(default=None, metadata=UNJOURNALLED)
    on_stage: OnStage | None = field(default=None, compare=False, repr=False, metadata=UNJOURNALLED)

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return "grab-nas"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> GrabNasState:
        """See ``SearchMethod``."""
        design = Design.draw(self.candidates or space, self.settings.initial, rng)
        return GrabNasState(replace(design, space=space), int(rng.integers(2**31)))

    def propose(
        self,
        state: GrabNasState,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[GrabNasState, list[Proposal]]:
        """See ``SearchMethod``."""
        space = state.design.space
        seen = known_keys(space, observations, pending)
        if left := state.design.unseen(seen):
            return state, left[:k]
        if not observations:
            return state, fresh_proposals(self.candidates or space, seen, k, rng, "random")
        began = time.perf_counter()
        with repeatable(self.settings.threads):
            meta = state.meta or self.meta_trained(space, state.seed)
            proposals = self._proposals(
                meta, Known(space, observations, seen), len(pending), k, rng
            )
        if not proposals:
            msg = f"every graph that {self.name} may propose is observed or pending"
            raise NothingLeftError(msg)
        spent = {"fit": time.perf_counter() - began}
        proposals[0] = replace(proposals[0], seconds=spent)
        return replace(state, meta=meta), proposals

    def _proposals(
        self, meta: Meta, known: Known, pending: int, k: int, rng: np.random.Generator
    ) -> list[Proposal]:
        """Up to ``k`` of them, fewer where nothing is left."""
        model = _Model.fit(meta, self.settings, known.observations)
        done = len(known.observations) + pending - self.settings.initial
        candidates = self._candidates(model, known, rng)
        taken, proposals = set(known.taken), list[Proposal]()
        for i in range(k):
            found = self._next(model, replace(known, taken=taken), done + i, candidates)
            if found is None:
                break
            taken.add(known.space.key(found.graph))
            proposals.append(found)
        return proposals

    def meta_trained(self, space: SearchSpace, seed: int) -> Meta:
        """The networks; the same for the same seed."""
        target = None if self.settings.target is None else Target.of(self.settings.target)
        rng, on_epoch = np.random.default_rng(seed), told(self.on_stage, "meta-training")
        return meta_train(space, target, self.settings, rng, on_epoch)

    def _next(
        self, model: _Model, known: Known, done: int, candidates: Iterator[LabeledGraph]
    ) -> Proposal | None:
        """One proposal, None where nothing is left."""
        mode, after = self.settings.mode, done - self.settings.warm_up
        if mode != "bo" and after >= 0 and (mode == "gradient" or after % 2 == 0):
            for graph in known.best[:STARTS]:
                if (found := model.ascended(graph, known.taken)) is not None:
                    return Proposal(*found)
        for graph in candidates:
            if known.space.key(graph) not in known.taken:
                return Proposal(graph, "expected improvement")
        return None

    def _candidates(
        self, model: _Model, known: Known, rng: np.random.Generator
    ) -> Iterator[LabeledGraph]:
        """Those of greatest expected improvement first; drawn and valued when one is asked for."""
        graphs = self._pool(known, rng)
        if len(graphs):
            mean, std = model.predict(graphs)
            worth = improvement(model.incumbent - mean, std)
            yield from (graphs[i] for i in np.argsort(-worth, kind="stable").tolist())

    def _pool(self, known: Known, rng: np.random.Generator) -> GraphBatch:
        """New candidates; of a space too large to be valued whole, half neighbors of the best."""
        space = self.candidates or known.space
        if space.is_listable() and space.size() <= self.settings.pool:
            listing = space.listing()
            fresh = [key not in known.taken for key in space.keys(listing)]
            return listing.take(np.array(fresh))
        try:
            if self.candidates is None:
                pool = known.pool(self.settings.pool, 0.5, rng)
            else:
                pool = Known(self.candidates, (), known.taken).pool(self.settings.pool, 0.0, rng)
        except NothingLeftError:
            return GraphBatch.of([])
        return GraphBatch.of(pool, max(space.sizes))


@dataclass(frozen=True, slots=True)
class _Model:
    """The Gaussian process, fine-tuned on the support set.

    Args:
        meta: encoder and decoder.
        settings: of the method.
        process: the posterior.
        incumbent: the least target.
    """

    meta: Meta
    settings: GrabNasSettings
    process: Any
    incumbent: float

    @classmethod
    def fit(
        cls, meta: Meta, settings: GrabNasSettings, observations: Sequence[Observation]
    ) -> _Model:
        """Fine-tune and condition on all observations."""
        values = TRANSFORMS[settings.transform].transform([one.value for one in observations])
        targets = torch.as_tensor(values, dtype=torch.float32).to(meta.elements.device)
        points = meta.encode([one.graph for one in observations])
        deep = meta.tuned(points, targets, settings.tuning, settings.threads)
        return cls(meta, settings, deep.posterior(meta.elements, points, targets), values.min())

    def at(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation at ``(B, latent)`` embeddings; differentiable."""
        deep = self.process.deep
        return mean_and_std(self.process, deep.features(self.meta.elements, points))

    def predict(self, graphs: GraphBatch) -> tuple[Floats, Floats]:
        """Mean and deviation of graphs; ``(B,)`` each."""
        with torch.no_grad():
            told = self.at(self.meta.encode(graphs))
        mean, std = (part.double().cpu().numpy() for part in told)
        return mean, std

    def ascended(
        self, graph: LabeledGraph, taken: Collection[str]
    ) -> tuple[LabeledGraph, str] | None:
        """A new graph on the way from a known one, and where it comes from; None if there is none.

        Of the new graphs that the ascent decodes to, the one of least posterior mean is taken.
        """
        start = self.meta.encode([graph])
        path = ascend(lambda z: self.at(z)[0], start, self.settings.step, self.settings.steps)
        space = self.meta.vae.genes.space
        found: dict[str, tuple[LabeledGraph, str]] = {}
        for logs in self.meta.vae.decoder.logs(path):
            checked = self.meta.vae.genes.decode([logs])
            for new in checked.members:
                origin = "latent, repaired" if checked.repaired else "latent"
                found.setdefault(space.key(new), (new, origin))
        fresh = [pair for key, pair in found.items() if key not in taken]
        if not fresh:
            return None
        mean, _ = self.predict(GraphBatch.of([new for new, _ in fresh], max(space.sizes)))
        return fresh[int(mean.argmin())]


def build(settings: GrabNasSettings, surroundings: Surroundings) -> GrabNas:
    """The method, for a space whose graphs it can read.

    Raises:
        ValueError: edges of the space may lead to a lower index, or there is no such device.
        UnknownNameError: the target's dataset is not described.
    """
    GraphShape.of(surroundings.space)
    find_device(settings.device)
    if settings.target is not None:
        Target.of(settings.target)
    return GrabNas(settings, on_stage=surroundings.on_stage)
