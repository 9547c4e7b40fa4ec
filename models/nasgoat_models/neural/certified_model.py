"""The surrogate of networks, and the search that minimises it with proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import FeatureMap, stacked_features
from nasgoat.posterior import NetworkPosterior
from nasgoat.records import Observation, Proposal
from nasgoat.search import (
    AcquisitionRule,
    BatchRule,
    Design,
    Fantasies,
    GoatSearch,
    Surroundings,
    TopKPool,
    UseMean,
    UseThompson,
    default_features,
)
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import TRANSFORMS, TargetTransform
from nasgoat.surrogate.feature_maps import feature_maps_of
from nasgoat_models.neural.certified import CertifiedNetworks
from nasgoat_models.neural.feature_nets import NetShape, trained


@dataclass(frozen=True, slots=True)
class NetworkSurrogate:
    """Networks on the features of graphs.

    Equal arguments of ``fit`` give an equal posterior: the weights that the training begins with
    are drawn from a hash of the targets.

    Args:
        maps: feature maps, whose features are the networks' input.
        transform: of the targets.
        shape: of the networks.
    """

    maps: tuple[FeatureMap, ...]
    transform: TargetTransform
    shape: NetShape

    def fit(self, graphs: Sequence[LabeledGraph], targets: Sequence[float]) -> NetworkPosterior:
        """See ``Surrogate``."""
        if len(graphs) != len(targets) or not graphs:
            msg = f"a fit needs as many targets as graphs, got {len(targets)} and {len(graphs)}"
            raise BadDataError(msg)
        observed = GraphBatch.of(graphs)
        transformed = self.transform.transform(targets)
        digest = hashlib.sha256(np.asarray(targets, dtype=np.float64).tobytes()).digest()
        seed = int.from_bytes(digest[:7], "little")
        nets = trained(stacked_features(self.maps, observed), transformed, self.shape, seed)
        return NetworkPosterior(self.maps, nets, observed, transformed)


@dataclass(frozen=True, slots=True)
class CertifiedSearch:
    """``GoatSearch`` with networks in the place of the Gaussian process.

    Args:
        name: of the method.
        search: does the work.
    """

    name: str
    search: GoatSearch

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return self.search.start(space, rng)

    def heed(self, state: Design, skipped: Sequence[LabeledGraph]) -> Design:
        """See ``HeedsFailures``."""
        return self.search.heed(state, skipped)

    def propose(
        self,
        state: Design,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[Design, list[Proposal]]:
        """See ``SearchMethod``."""
        return self.search.propose(state, observations, pending, k, rng)

    def recommend(
        self, observations: Sequence[Observation], candidates: Sequence[LabeledGraph]
    ) -> int:
        """See ``Recommends``: the candidate of least predicted value."""
        return self.search.recommend(observations, candidates)


def make(settings: CertifiedNetworks, surroundings: Surroundings) -> CertifiedSearch:
    """The method of settings, for a space.

    Raises:
        NoEncodingError: the space has no MIP form and the MIP is asked for.
        UnknownNameError: there are no such features.
        ValueError: the features do not fit the space.
    """
    space, on_check = surroundings.space, surroundings.on_check
    settings.optimization.require(space)
    # of one function, the best of a batch come from one model; each draw needs its own
    rules: dict[str, tuple[AcquisitionRule, BatchRule]] = {
        "thompson": (UseThompson(), Fantasies()),
        "mean": (UseMean(), TopKPool()),
    }
    rule, batch = rules[settings.acquisition]
    search = GoatSearch(
        surrogate_of(settings, space),
        settings.optimization.build(check=on_check is not None, on_check=on_check),
        rule,
        settings.optimization.limits,
        batch,
        initial=settings.initial,
        on_progress=surroundings.on_progress,
    )
    return CertifiedSearch("icnn-mip" if settings.convex else "relu-mip", search)


def surrogate_of(settings: CertifiedNetworks, space: SearchSpace) -> NetworkSurrogate:
    """What learns; errors as in ``make``."""
    shape = NetShape(
        settings.networks,
        settings.layers,
        settings.width,
        settings.convex,
        settings.epochs,
        settings.rate,
        settings.decay,
    )
    maps = feature_maps_of(space, settings.features or default_features(space))
    return NetworkSurrogate(maps, TRANSFORMS[settings.transform], shape)
