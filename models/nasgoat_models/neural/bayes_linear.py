"""Bayesian linear regression on features that a network has learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

SPAN = np.log([1e-4, 1e4])  # of both variances; targets have variance 1
FLOOR = np.log(1e-4)  # of the noise, in the same unit


@dataclass(frozen=True, slots=True, eq=False)
class BayesianLinear:
    """``y = w . phi + noise`` with ``w ~ N(0, prior I)``, variances of greatest evidence.

    Args:
        mean: ``(F,)``, posterior mean of the weights.
        basis: ``(F, r)``, orthonormal directions that the data inform.
        shrunk: ``(r,)``, posterior variances along them.
        prior: variance of a weight.
        noise: variance of the noise.
    """

    mean: Floats
    basis: Floats
    shrunk: Floats
    prior: float
    noise: float

    @classmethod
    def fit(cls, phi: Floats, targets: Floats) -> Self:
        """Condition on ``(T, F)`` features, among them a constant one, and ``(T,)`` targets."""
        U, s, V = np.linalg.svd(phi, full_matrices=False)
        along = U.T @ targets
        rest = max(float(targets @ targets - along @ along), 0.0)

        def cost(logs: Floats) -> float:
            """Minus the log evidence, without a constant."""
            prior, noise = np.exp(logs)
            total = prior * s**2 + noise  # variances of the targets along U
            others = len(targets) - len(s)
            fit = (along**2 / total).sum() + rest / noise
            return 0.5 * float(fit + np.log(total).sum() + others * np.log(noise))

        starts = [np.log([1.0 / max(len(s), 1), noise]) for noise in (0.01, 0.3)]
        bounds = [tuple(SPAN), (FLOOR, SPAN[1])]
        found = min((minimize(cost, x, bounds=bounds) for x in starts), key=lambda one: one.fun)
        prior, noise = np.exp(found.x).tolist()
        mean = V.T @ (prior * s * along / (prior * s**2 + noise))
        return cls(mean, V.T, prior * noise / (prior * s**2 + noise), prior, noise)

    def predict(self, phi: Floats) -> tuple[Floats, Floats]:
        """Mean and deviation of the noise-free target of ``(N, F)`` features."""
        informed = phi @ self.basis
        rest = np.maximum((phi**2).sum(axis=1) - (informed**2).sum(axis=1), 0.0)
        variance = self.prior * rest + informed**2 @ self.shrunk
        return phi @ self.mean, np.sqrt(variance)
