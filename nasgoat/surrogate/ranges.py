"""Where a hyperparameter may lie, and where its training starts."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A positive hyperparameter between bounds; training moves it on a logarithmic scale.

    Args:
        low: lower bound, positive.
        high: upper bound.
        initial: where the first start of the training begins.

    Raises:
        ValueError: not ``0 < low < high < inf``, or ``initial`` is not strictly between them.
    """

    low: float
    high: float
    initial: float

    def __post_init__(self) -> None:
        if not (0 < self.low < self.high < math.inf):
            msg = f"a range needs 0 < low < high < inf, got low={self.low}, high={self.high}"
            raise ValueError(msg)
        if not (self.low < self.initial < self.high):
            msg = f"the initial value {self.initial} is not between {self.low} and {self.high}"
            raise ValueError(msg)

    def clip(self, value: float) -> float:
        """The nearest number within the bounds."""
        return min(max(value, self.low), self.high)


WEIGHT = Range(
    0.01, 100.0, 1.0
)  # alpha, beta, gamma: the paper's bounds and start (docs/math.md, 2.2)
VARIANCE = Range(0.01, 100.0, 1.0)  # sigma_k^2
# From the paper's fixed value to half of the targets' variance: with a dozen observations the
# likelihood is often largest where all is noise, and a search learns nothing from such a model.
NOISE = Range(1e-6, 0.5, 1e-2)
PAPER_NOISE = 1e-6  # the paper fixes the noise variance
