"""Random beliefs about the graphs of a space, and acquisition functions on them."""

from __future__ import annotations

import numpy as np

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import ExponentialKernel, FeatureMap, LinearKernel, OpPaths
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.spaces import CellSpace, FixedLabel, Indexed, UpToIsomorphism
from tests.mip.oracles_mip import kernel_maps

MOST_WORDS = 60  # features of op paths


def random_maps(space: CellSpace, rng: np.random.Generator) -> tuple[FeatureMap, ...]:
    """Those of ``kernel_maps``; op paths with them, or instead, in 0.4 of the cases that fit."""
    maps = kernel_maps(space, int(rng.integers(6)))
    words = op_paths(space, rng)
    if words is None or rng.random() > 0.4:
        return maps
    return (words,) if rng.random() < 0.5 else (*maps, words)


def op_paths(space: CellSpace, rng: np.random.Generator) -> OpPaths | None:
    """A map of words along the paths of a space; None where it would make no sense."""
    identity = space.identity
    named = isinstance(identity, Indexed) or (
        isinstance(identity, UpToIsomorphism) and {0, -1} <= set(identity.fixed)
    )
    if not (space.is_topological and named and space.label_names):
        return None
    ends = {r.label for r in space.rules if isinstance(r, FixedLabel) and r.only_there}
    labels = [a for a in range(len(space.label_names)) if a not in ends]
    skip = labels.pop(int(rng.integers(len(labels)))) if rng.random() < 0.5 else None
    n = max(space.sizes)
    longest = int(rng.integers(1, n))
    while len(labels) ** longest > MOST_WORDS:
        longest -= 1
    return OpPaths(n, tuple(labels), skip, longest, "nodes" if space.node_alphabet else "edges")


def random_posterior(
    space: CellSpace, rng: np.random.Generator, *, exponential: bool
) -> FeaturePosterior | KernelPosterior:
    """On members of a space; a fifth are ill-conditioned: tiny noise, each graph several times."""
    maps = random_maps(space, rng)
    count = int(rng.integers(1, 25 if exponential else 41))
    noise = float(10.0 ** rng.uniform(-4, 0))
    draws = [space.sample(rng) for _ in range(count)]
    if rng.random() < 0.2:
        noise = 1e-5 if exponential else 1e-6  # the model refuses a condition beyond 1e10
        draws = [draws[i] for i in rng.integers(count, size=2 * count)]
    targets = rng.standard_normal(len(draws)) * 10.0 ** rng.uniform(-1, 1)
    if rng.random() < 0.1:
        targets = np.full(len(draws), rng.choice([0.0, 1.0]))
    observed = GraphBatch.of(draws, max(space.sizes))
    weights = tuple(float(10.0 ** rng.uniform(-1, np.log10(30))) for _ in maps)
    linear = LinearKernel(maps, weights)
    if not exponential:
        return FeaturePosterior.of(linear, observed, targets, noise)
    kernel = ExponentialKernel(linear, float(10.0 ** rng.uniform(-1, 1)))
    return KernelPosterior.of(kernel, observed, targets, noise)


def acquisition_on(
    posterior: FeaturePosterior | KernelPosterior, rng: np.random.Generator
) -> Acquisition:
    """LCB with a beta of 0 to 9 in two thirds of the cases, else the mean or a Thompson sample."""
    choice = rng.integers(6)
    if choice < 4:
        beta = float(rng.choice([0.0, 0.01, 1.0, 9.0, rng.uniform(0, 9)]))
        return LowerConfidenceBound(beta)
    if choice == 4 or isinstance(posterior, KernelPosterior):
        return PosteriorMean()
    return ThompsonSample.draw(posterior, rng)


def improvement_on(
    posterior: FeaturePosterior | KernelPosterior, space: CellSpace, rng: np.random.Generator
) -> ExpectedImprovement:
    """The best known value is anywhere from far below the means to the least target."""
    if rng.random() < 0.4:
        return ExpectedImprovement(float(posterior.targets.min()))
    mean, std = posterior.mean_and_std(space.listing())
    return ExpectedImprovement(float((mean - rng.choice([0.0, 0.1, 1.0, 3.0, 10.0]) * std).min()))
