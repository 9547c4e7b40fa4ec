"""Gaussian processes from Gram matrices: one of several kernels, its scale and noise by likelihood.

For ``y ~ N(0, s (K + eta I))`` and ``K = Q diag(l) Q'``, the likeliest scale is
``s = mean_i (Q'y)_i^2 / (l_i + eta)``, so that kernel and ``eta`` are left, which are tried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# From none to a tenth of the signal: with a dozen observations the likelihood is often largest
# where all is noise (docs/methods.md).
NOISES = np.geomspace(1e-6, 0.1, 26)
TINY = 1e-12  # keeps a scale positive where all targets are 0


@dataclass(frozen=True, slots=True, eq=False)
class GramGP:
    """A zero-mean Gaussian process on ``T`` observations.

    Args:
        choice: which of the kernels it has.
        scale: variance ``s`` of the process.
        noise: ``eta``, variance of the observation noise in units of ``s``.
        log_likelihood: log marginal likelihood of the targets.
        vectors: ``(T, T)``, eigenvectors of the Gram matrix.
        values: ``(T,)``, its eigenvalues, negative ones set to 0.
        weights: ``(T,)``, ``(K + eta I)^-1 y``.
    """

    choice: int
    scale: float
    noise: float
    log_likelihood: float
    vectors: Floats
    values: Floats
    weights: Floats

    @classmethod
    def fit(cls, grams: Sequence[Floats], targets: Floats) -> GramGP:
        """The likeliest of several kernels with the likeliest scale and noise.

        Negative eigenvalues are set to 0: not every kernel made of a distance is positive
        semidefinite.

        Args:
            grams: ``(T, T)`` each.
            targets: ``(T,)``, of mean 0.
        """
        fits = [cls._of(i, gram, targets) for i, gram in enumerate(grams)]
        return max(fits, key=lambda one: one.log_likelihood)

    @classmethod
    def _of(cls, choice: int, gram: Floats, targets: Floats) -> GramGP:
        values, vectors = np.linalg.eigh(gram)
        values = np.maximum(values, 0.0)
        turned = vectors.T @ targets
        spread = values[:, None] + NOISES
        scales = np.maximum((turned[:, None] ** 2 / spread).mean(axis=0), TINY)
        count = len(targets)
        likelihoods = -0.5 * (
            count * (1.0 + np.log(2.0 * np.pi * scales)) + np.log(spread).sum(axis=0)
        )
        best = int(likelihoods.argmax())
        weights = vectors @ (turned / spread[:, best])
        return cls(
            choice,
            float(scales[best]),
            float(NOISES[best]),
            float(likelihoods[best]),
            vectors,
            values,
            weights,
        )

    def predict(self, cross: Floats, prior: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the noise-free target; ``(N,)`` each.

        Args:
            cross: ``(N, T)``, kernel of new and observed graphs.
            prior: ``(N,)``, kernel of each new graph with itself.
        """
        turned = cross @ self.vectors
        known = (turned**2 / (self.values + self.noise)).sum(axis=1)
        return cross @ self.weights, np.sqrt(self.scale * np.maximum(prior - known, 0.0))
