"""How BONAS values graphs, and what it chooses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from nasgoat.graphs import LabeledGraph
from nasgoat.optimize.half_planes import improvement
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import repeatable
from nasgoat_models.neural.bayes_linear import BayesianLinear
from nasgoat_models.neural.bonas import Bonas
from nasgoat_models.neural.gcn_predictor_model import fitted
from nasgoat_models.neural.op_tensors import OpTensors
from nasgoat_models.neural.search import NeuralSearch, seed_of

Floats = NDArray[np.float64]


def make(settings: Bonas, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("bonas", settings, choose)


def choose(settings: Bonas, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Evolved graphs of greatest expected improvement."""
    space = known.space
    targets = TRANSFORMS[settings.transform].transform(known.values)
    observed = OpTensors.of(space, known.graphs)
    gcn = fitted(settings, observed, targets, weights_of(targets), seed_of(rng))

    def features(graphs: OpTensors) -> Floats:
        with torch.no_grad(), repeatable(1):
            phi = gcn.embedding(graphs).double().numpy()
        return np.column_stack([phi, np.ones(len(phi))])

    regression = BayesianLinear.fit(features(observed), targets)

    def worth(graphs: Sequence[LabeledGraph]) -> Floats:
        mean, std = regression.predict(features(OpTensors.of(space, graphs)))
        return improvement(float(targets.min()) - mean, std)

    return known.evolved(worth, k, rng)


def weights_of(targets: Floats) -> Floats:
    """``(exp(a) - 1) / (e - 1)``, the paper's, of the goodness ``a`` scaled to 0 .. 1.

    Ones where all targets are equal.
    """
    span = float(np.ptp(targets))
    if span == 0.0:
        return np.ones_like(targets)
    weights: Floats = np.expm1((targets.max() - targets) / span) / np.expm1(1.0)
    return weights
