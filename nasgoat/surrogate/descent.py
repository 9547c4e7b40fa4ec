"""Descent from one start of the training, by L-BFGS-B; common to both trainers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nasgoat.errors import BadDataError

Floats = NDArray[np.float64]
LossAndGradient = Callable[[Floats], tuple[float, Floats]]

MAX_ITERATIONS = 200  # a fit of 3 hyperparameters takes 10 to 40


@dataclass(slots=True)
class Descent:
    """The best point so far, and a stand-in value for failures."""

    point: Floats
    loss: float = np.inf
    worst: float = field(default=-np.inf)

    def record(self, point: Floats, loss: float, gradient: Floats) -> tuple[float, Floats]:
        """What L-BFGS is told of an evaluation."""
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            # a wall just above all that was seen: the line search steps back; inf would break it
            return (self.worst + 1.0 if self.worst > -np.inf else np.inf), np.zeros_like(point)
        self.worst = max(self.worst, loss)
        if loss < self.loss:
            self.point, self.loss = point.copy(), loss
        return loss, gradient


def best_descent(
    evaluate: LossAndGradient, starts: Sequence[Floats], bounds: Sequence[tuple[float, float]]
) -> Descent:
    """Descend from every start; the best of all points that were looked at.

    Args:
        evaluate: loss and gradient of a point. Points where one of them is not finite are passed
            over.
        starts: points within the bounds.
        bounds: of each coordinate.

    Raises:
        BadDataError: the loss is finite at no start.
    """
    descents = [_descend(evaluate, start, bounds) for start in starts]
    best = min(descents, key=lambda descent: descent.loss)
    if not np.isfinite(best.loss):
        msg = (
            "the marginal likelihood is not finite at any hyperparameters tried; features "
            "may be too large (scale the maps so that <phi, phi> is about 1)"
        )
        raise BadDataError(msg)
    return best


def _descend(
    evaluate: LossAndGradient, start: Floats, bounds: Sequence[tuple[float, float]]
) -> Descent:
    descent = Descent(start)

    def objective(point: Floats) -> tuple[float, Floats]:
        return descent.record(point, *evaluate(point))

    if np.isfinite(objective(start)[0]):
        minimize(
            objective,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": MAX_ITERATIONS},
        )
    return descent
