"""Gaussian processes of NAS-GOAT's Table 3 and their scores on held-out graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.papers.grams import Grams
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import (
    NOISE,
    PAPER_NOISE,
    VARIANCE,
    WEIGHT,
    AnalyticTrainer,
    GPSurrogate,
    Range,
    Standardise,
)
from nasgoat.surrogate.hyperparameters import Structure

Floats = NDArray[np.float64]
NOISES: dict[str, Range | float] = {"1e-6": PAPER_NOISE, "trained": NOISE}
RESTARTS = 2  # random starts of a training beside the usual one


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Means and variances of new targets, observation noise included; ``(M,)`` each."""

    mean: Floats
    variance: Floats

    def scores(self, truth: Floats) -> dict[str, float]:
        """Root mean squared error, mean negative log likelihood, Spearman's rank correlation."""
        wrong = (truth - self.mean) ** 2
        surprise = 0.5 * (np.log(2 * np.pi * self.variance) + wrong / self.variance)
        flat = np.ptp(self.mean) == 0  # all predictions equal: no ranks at all
        return {
            "rmse": float(np.sqrt(wrong.mean())),
            "mnll": float(surprise.mean()),
            "spearman": 0.0 if flat else float(spearmanr(self.mean, truth).statistic),
        }

    def scaled(self, targets: Floats) -> Predicted:
        """Predictions of standardised targets, in the unit of the targets."""
        unit = float(targets.std())
        return Predicted(targets.mean() + unit * self.mean, unit**2 * self.variance)


def by_features(
    space: SearchSpace,
    graphs: tuple[GraphBatch, GraphBatch],
    targets: Floats,
    noise: Range | float,
    *,
    exponential: bool,
) -> Predicted:
    """The paper's own kernels, as nasgoat fits them; training graphs, then test graphs."""
    surrogate = GPSurrogate.of_space(
        space, exponential=exponential, transform=Standardise(), noise=noise, restarts=RESTARTS
    )
    posterior = surrogate.fit(list(graphs[0]), targets.tolist())
    mean, std = posterior.mean_and_std(graphs[1])
    return Predicted(mean, std**2 + posterior.noise).scaled(targets)


def by_grams(choices: Sequence[Grams], targets: Floats, noise: Range | float) -> Predicted:
    """The likeliest of several normalised kernels, scale and noise by likelihood.

    Negative eigenvalues are set to 0: rounding, and kernels that are not positive semidefinite.
    """
    outputs = (targets - targets.mean()) / targets.std()
    structure = Structure(1, False, WEIGHT, VARIANCE, noise)
    fits = []
    for own, cross in choices:
        values, vectors = np.linalg.eigh(own)
        values = np.maximum(values, 0.0)
        rng = np.random.default_rng(0)
        block = vectors * np.sqrt(values)
        found = AnalyticTrainer().train(structure, [block], outputs, RESTARTS, rng)
        fits.append((found, values, vectors, cross))
    found, values, vectors, cross = max(fits, key=lambda fit: fit[0].log_likelihood or -np.inf)
    scale, eta = found.weights[0], found.noise
    turned, spread = scale * cross @ vectors, scale * values + eta
    mean = turned @ (vectors.T @ outputs / spread)
    known = (turned**2 / spread).sum(axis=1)
    return Predicted(mean, np.maximum(scale - known, 0.0) + eta).scaled(targets)
