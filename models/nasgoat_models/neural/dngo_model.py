"""The network of DNGO, and what is chosen by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasgoat.graphs import LabeledGraph
from nasgoat.optimize.half_planes import improvement
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import repeatable, seeded
from nasgoat_models.neural.bayes_linear import BayesianLinear
from nasgoat_models.neural.dngo import Dngo
from nasgoat_models.neural.encodings import ENCODINGS
from nasgoat_models.neural.search import NeuralSearch, seed_of
from nasgoat_models.training import Trainer, Training

Floats = NDArray[np.float64]

MINIBATCH = 32


class Basis(nn.Module):
    """Three tanh layers, whose last is the basis of a linear output.

    Args:
        inputs: length of a graph's vector.
        width: of each layer.
    """

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(
            *(nn.Linear(inputs, width), nn.Tanh()),
            *(nn.Linear(width, width), nn.Tanh()),
            *(nn.Linear(width, width), nn.Tanh()),
        )
        self.output = nn.Linear(width, 1)

    def features(self, x: Tensor) -> Tensor:
        """The last layer and a constant, ``(B, width + 1)``."""
        phi: Tensor = self.hidden(x)  # (B, width)
        return torch.cat([phi, torch.ones_like(phi[:, :1])], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the targets, ``(B, F)`` to ``(B,)``."""
        return self.output(self.hidden(x))[:, 0]


def make(settings: Dngo, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("dngo", settings, choose)


def choose(settings: Dngo, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Evolved graphs of greatest expected improvement."""
    targets = TRANSFORMS[settings.transform].transform(known.values)
    encode = ENCODINGS[settings.encoding](known.space)
    x = torch.from_numpy(encode(known.graphs))
    basis = fitted(settings, x, targets, seed_of(rng))

    def features(rows: Tensor) -> Floats:
        with torch.no_grad(), repeatable(1):
            phi: Floats = basis.features(rows).double().numpy()
        return phi

    regression = BayesianLinear.fit(features(x), targets)

    def worth(graphs: Sequence[LabeledGraph]) -> Floats:
        mean, std = regression.predict(features(torch.from_numpy(encode(graphs))))
        return improvement(float(targets.min()) - mean, std)

    return known.evolved(worth, k, rng)


def fitted(settings: Dngo, x: Tensor, targets: Floats, seed: int) -> Basis:
    """Train the network on ``(T, F)`` vectors and ``(T,)`` targets."""
    y = torch.tensor(targets, dtype=torch.float32)
    with seeded(seed):
        basis = Basis(x.shape[1], settings.width)

    def losses(rows: Tensor, chance: torch.Generator) -> dict[str, Tensor]:
        del chance
        return {"fit": (basis(x[rows]) - y[rows]).square().mean()}

    training = Training(
        settings.epochs, MINIBATCH, settings.rate, decay=settings.decay, seed=seed % 2**32
    )
    Trainer(basis, losses, len(x), training).run()
    return basis
