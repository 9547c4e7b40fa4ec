"""What NGAE's search trains: the autoencoder before any value, then all of it on observations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from nasgoat.records import Observation
from nasgoat.spaces import SearchSpace
from nasgoat_models.autoencoders.build import VaeConfig
from nasgoat_models.complexity import complexity
from nasgoat_models.devices import find_device
from nasgoat_models.graphs import GraphShape, GraphTensors
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.ngae.settings import NgaeSettings
from nasgoat_models.training import OnEpoch, Trainer, Training

BATCH = 64  # graphs per step
RATE = 3e-3  # of the autoencoder's training at first; it falls to 0 along half a cosine


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """An autoencoder of a space, and the graphs that it has learnt.

    Args:
        space: of the graphs.
        model: its predictors have their first weights.
        graphs: on the model's device.
        costs: ``(N,)``, their complexities, scaled to [0, 1].
        span: the least and the greatest complexity before scaling.
    """

    space: SearchSpace
    model: Ngae
    graphs: GraphTensors
    costs: Tensor
    span: tuple[float, float]

    @classmethod
    def of(
        cls,
        space: SearchSpace,
        settings: NgaeSettings,
        seed: int,
        on_epoch: OnEpoch | None = None,
    ) -> Pretrained:
        """Train on graphs drawn from the space.

        Args:
            space: of the graphs.
            settings: what the autoencoder is like, and how long it is trained.
            seed: of graphs, weights and training.
            on_epoch: hears of every epoch.

        Raises:
            ValueError: the space has cycles, or there is no such device.
        """
        device = find_device(settings.device)
        drawn = space.samples(settings.graphs, np.random.default_rng(seed))
        graphs = GraphTensors.of(space, drawn).to(device)
        raw = complexity(space, drawn)
        span = (float(raw.min()), float(raw.max()))
        config = VaeConfig(
            "dag", settings.hidden, settings.latent, bidirectional=settings.bidirectional
        )
        vae = config.build(GraphShape.of(space), seed)
        model = Ngae(vae, seed, settings.hidden).to(device)

        def losses(rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
            return vae.losses(graphs.take(rows), generator)[0]

        training = Training(settings.epochs, BATCH, RATE, clip=10.0, cosine=True, seed=seed)
        Trainer(vae, losses, len(graphs), training).run(on_epoch)
        return cls(space, model, graphs, _scaled(raw, span).to(device), span)

    def fitted(self, observations: Sequence[Observation], steps: int, seed: int) -> Ngae:
        """Equation 6 on observations, from the pretrained weights on.

        Half of every batch has no values, lest the autoencoder forgets the space. Performance is
        the share of observations that are worse, since values may have any unit.
        """
        model = deepcopy(self.model)
        device = self.costs.device
        seen = [one.graph for one in observations]
        graphs = GraphTensors.of(self.space, seen).to(device)
        costs = _scaled(complexity(self.space, graphs.batch(self.space)), self.span).to(device)
        good = _shares([one.value for one in observations]).to(device)

        def losses(rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
            others = torch.randint(len(self.graphs), (len(rows),), generator=generator).to(device)
            batch = GraphTensors.cat([graphs.take(rows), self.graphs.take(others)])
            unknown = torch.full_like(good[rows], torch.nan)
            return model.losses(
                batch,
                torch.cat([good[rows], unknown]),
                torch.cat([costs[rows], self.costs[others]]),
                generator,
            )

        epochs = math.ceil(steps / math.ceil(len(seen) / BATCH))
        training = Training(epochs, batch=BATCH, seed=seed, clip=10.0)
        Trainer(model, losses, len(seen), training).run()
        return model


def _scaled(costs: NDArray[np.float64], span: tuple[float, float]) -> Tensor:
    low, high = span
    return torch.from_numpy((costs - low) / max(high - low, 1e-9)).clamp(0, 1).float()


def _shares(values: Sequence[float]) -> Tensor:
    """``(n,)``, in (0, 1): greater for lesser values."""
    return torch.from_numpy(1 - (rankdata(values) - 0.5) / len(values)).float()
