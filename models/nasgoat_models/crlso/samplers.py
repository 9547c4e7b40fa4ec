"""Optuna's samplers in the latent space, which CR-LSO compares its gradient with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import optuna
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.search.optuna_search import quiet

SamplerName = Literal["tpe", "cmaes"]
Floats = NDArray[np.float64]

MARGIN = 0.1  # of the range of the points on either side


@dataclass(frozen=True, slots=True)
class Box:
    """The part of the latent space where samplers draw.

    Args:
        low: ``(latent,)``.
        high: ``(latent,)``.
    """

    low: Floats
    high: Floats

    @classmethod
    def around(cls, points: Tensor) -> Box:
        """A little more than what points ``(P, latent)`` span."""
        values = points.double().cpu().numpy()
        low, high = values.min(axis=0), values.max(axis=0)
        margin = MARGIN * np.maximum(high - low, 1e-6)
        return cls(low - margin, high + margin)

    def suggested(self, trial: optuna.Trial) -> Floats:
        """The point of a trial; ``(latent,)``."""
        bounds = zip(self.low.tolist(), self.high.tolist(), strict=True)
        return np.array(
            [trial.suggest_float(f"z{i}", low, high) for i, (low, high) in enumerate(bounds)]
        )

    def written(self, point: Floats) -> dict[str, float]:
        """The parameters of a point, moved into the box."""
        inside = np.clip(point, self.low, self.high)
        return {f"z{i}": float(value) for i, value in enumerate(inside)}


def sample(
    name: SamplerName,
    box: Box,
    told: tuple[Tensor, Sequence[float]],
    look: Callable[[Tensor], bool],
    attempts: int,
    seed: int,
) -> None:
    """Draw points until enough of them were new.

    Args:
        name: of the sampler.
        box: where it draws.
        told: points ``(T, latent)`` of measured graphs, and their values, to be minimised; the
            sampler learns from them in their order.
        look: hears of each point ``(1, latent)`` and says whether to go on.
        attempts: greatest number of draws.
        seed: of the sampler.
    """
    points, values = told
    with quiet():
        study = optuna.create_study(sampler=_sampler(name, seed))
        for point, value in zip(points.double().cpu().numpy(), values, strict=True):
            study.enqueue_trial(box.written(point))
            trial = study.ask()
            if name == "cmaes":
                _ = trial.relative_params  # makes the trial one of its generation
            box.suggested(trial)
            study.tell(trial, value)
        for _ in range(attempts):
            drawn = box.suggested(study.ask())
            if not look(torch.as_tensor(drawn[None], dtype=points.dtype, device=points.device)):
                return


def _sampler(name: SamplerName, seed: int) -> optuna.samplers.BaseSampler:
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed)
    return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)
