"""Maximum marginal likelihood in numpy: the default trainer (docs/quality.md says why)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nasgoat.surrogate.descent import best_descent
from nasgoat.surrogate.evidence import Evidence
from nasgoat.surrogate.hyperparameters import Hyperparameters, Structure
from nasgoat.surrogate.ranges import Range

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnalyticTrainer:
    """L-BFGS on the logarithms of the hyperparameters, with the analytic gradient."""

    def train(
        self,
        structure: Structure,
        blocks: Sequence[Floats],
        targets: Floats,
        restarts: int,
        rng: np.random.Generator,
    ) -> Hyperparameters:
        """See ``Trainer``."""
        ranges = structure.ranges
        low, high = np.log([[r.low for r in ranges], [r.high for r in ranges]])
        # the starts of the GPflow trainer, whose coordinates are logits between the bounds
        shares = expit(rng.logistic(size=(restarts, len(ranges))))
        starts = [np.log([r.initial for r in ranges]), *(low + shares * (high - low))]
        evidence = Evidence.of(structure, blocks, targets)
        bounds = list(zip(low.tolist(), high.tolist(), strict=True))
        best = best_descent(evidence.loss, starts, bounds)
        found = [r.clip(float(x)) for r, x in zip(ranges, np.exp(best.point), strict=True)]
        noise = found.pop() if isinstance(structure.noise, Range) else structure.noise
        variance = found.pop() if structure.exponential else 1.0
        return Hyperparameters(tuple(found), variance, noise, -best.loss)


ANALYTIC = AnalyticTrainer()
