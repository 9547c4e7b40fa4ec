"""GPflow as a trainer: the reference that the default trainer is tested against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.surrogate.hyperparameters import Hyperparameters, Structure
from nasgoat.surrogate.quiet import load_gpflow

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GPflowTrainer:
    """GPflow's exact regression model, trained by L-BFGS; the first fit loads TensorFlow."""

    def train(
        self,
        structure: Structure,
        blocks: Sequence[Floats],
        targets: Floats,
        restarts: int,
        rng: np.random.Generator,
    ) -> Hyperparameters:
        """See ``Trainer``."""
        load_gpflow()
        from nasgoat.surrogate.gpflow_model import model_of  # noqa: PLC0415  (needs GPflow)

        return model_of(structure).train(blocks, targets, restarts, rng)
