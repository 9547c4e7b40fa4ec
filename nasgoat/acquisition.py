"""Acquisition functions, all to be minimised; their MIP objectives are in ``nasgoat.mip``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import stacked_features
from nasgoat.posterior import FeaturePosterior, NetworkPosterior, Posterior

Floats = NDArray[np.float64]


class Acquisition(Protocol):
    """How much we would like to evaluate a graph next; smaller is better."""

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        """``(N,)``, in the unit of the posterior."""


@dataclass(frozen=True, slots=True)
class LowerConfidenceBound:
    """``mean - sqrt(beta) * std``, with the paper's ``beta_t``.

    Raises:
        ValueError: ``beta`` is negative or not finite.
    """

    beta: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.beta) and self.beta >= 0):
            msg = f"beta is a number >= 0, got {self.beta}"
            raise ValueError(msg)

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        mean, std = posterior.mean_and_std(batch)
        return mean - np.sqrt(self.beta) * std


@dataclass(frozen=True, slots=True)
class PosteriorMean:
    """``mean``: pure exploitation."""

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        return posterior.mean_and_std(batch)[0]


@dataclass(frozen=True, slots=True)
class ExpectedImprovement:
    """``-E[max(best - f, 0)] = -std * (z Phi(z) + pdf(z))`` with ``z = (best - mean) / std``.

    Args:
        best: the least target so far, in the unit of the posterior.
    """

    best: float

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        mean, std = posterior.mean_and_std(batch)
        gain = self.best - mean
        z = np.divide(gain, std, out=np.zeros_like(gain), where=std > 0)
        density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        improvement = np.where(std > 0, gain * ndtr(z) + std * density, np.maximum(gain, 0.0))
        return -improvement


@dataclass(frozen=True, slots=True)
class ThompsonSample:
    """``coefficients . phi``: a draw from a linear kernel's posterior (docs/math.md, 8.4)."""

    coefficients: Floats = field(repr=False)  # (F,)

    @classmethod
    def draw(cls, posterior: Posterior, rng: np.random.Generator) -> Self:
        """Draw a function.

        Raises:
            NoEncodingError: the posterior has no finite feature vector to draw coefficients for.
        """
        if not isinstance(posterior, FeaturePosterior):
            msg = (
                f"a Thompson sample needs a linear kernel; {type(posterior).__name__} has no "
                "finite feature vector: use --kernel linear, or another acquisition function"
            )
            raise NoEncodingError(msg)
        return cls(posterior.draw(rng))

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        if not isinstance(posterior, FeaturePosterior):
            msg = (
                f"a Thompson sample is valued on a FeaturePosterior, not {type(posterior).__name__}"
            )
            raise NoEncodingError(msg)
        return stacked_features(posterior.kernel.maps, batch) @ self.coefficients


@dataclass(frozen=True, slots=True)
class NetworkSample:
    """What one network of several predicts: a Thompson sample from an ensemble.

    Args:
        member: its place among them.
    """

    member: int

    @classmethod
    def draw(cls, posterior: NetworkPosterior, rng: np.random.Generator) -> Self:
        """Draw one of the networks."""
        return cls(int(rng.integers(len(posterior.networks))))

    def values(self, posterior: Posterior, batch: GraphBatch) -> Floats:
        if not isinstance(posterior, NetworkPosterior):
            msg = f"a network is drawn from a NetworkPosterior, not a {type(posterior).__name__}"
            raise NoEncodingError(msg)
        one = replace(posterior, networks=(posterior.networks[self.member],))
        return one.predictions(batch)[0]
