"""How the GCN is trained, and what is chosen by it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.graphs import LabeledGraph
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known, greatest
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import repeatable, seeded
from nasgoat_models.neural.gcn import Gcn
from nasgoat_models.neural.gcn_predictor import GcnPredictor
from nasgoat_models.neural.op_tensors import OpTensors
from nasgoat_models.neural.search import NeuralSearch, seed_of
from nasgoat_models.training import Trainer, Training

Floats = NDArray[np.float64]

MINIBATCH = 32


class GcnSettings(Protocol):
    """What a GCN and its training are made of."""

    @property
    def layers(self) -> int:
        """How many."""

    @property
    def width(self) -> int:
        """Of each layer."""

    @property
    def epochs(self) -> int:
        """Passes over the observations."""

    @property
    def rate(self) -> float:
        """Learning rate of Adam."""

    @property
    def decay(self) -> float:
        """Of the weights."""


def make(settings: GcnPredictor, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("gcn-predictor", settings, choose)


def choose(
    settings: GcnPredictor, known: Known, k: int, rng: np.random.Generator
) -> list[LabeledGraph]:
    """Random graphs of least predicted value."""
    targets = TRANSFORMS[settings.transform].transform(known.values)
    pool = known.pool(max(settings.pool, k), 0.0, rng)
    graphs = OpTensors.of(known.space, known.graphs)
    gcn = fitted(settings, graphs, targets, np.ones(len(targets)), seed_of(rng))
    with torch.no_grad(), repeatable(1):
        predicted = gcn(OpTensors.of(known.space, pool)).double().numpy()
    return greatest(pool, -predicted, k)


def fitted(
    settings: GcnSettings, graphs: OpTensors, targets: Floats, weights: Floats, seed: int
) -> Gcn:
    """Train a GCN on ``(T,)`` targets by a weighted squared error."""
    y = torch.tensor(targets, dtype=torch.float32)
    w = torch.tensor(weights, dtype=torch.float32)
    with seeded(seed):
        gcn = Gcn(graphs.labels.shape[2], settings.width, settings.layers)

    def losses(rows: Tensor, chance: torch.Generator) -> dict[str, Tensor]:
        del chance
        return {"fit": (w[rows] * (gcn(graphs.take(rows)) - y[rows]).square()).mean()}

    training = Training(
        settings.epochs, MINIBATCH, settings.rate, decay=settings.decay, seed=seed % 2**32
    )
    Trainer(gcn, losses, len(y), training).run()
    return gcn
