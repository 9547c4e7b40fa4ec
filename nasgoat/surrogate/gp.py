"""Gaussian-process surrogate: trained by maximum likelihood, handed on as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.blas import one_thread
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    ExponentialKernel,
    FeatureMap,
    LinearKernel,
    features,
)
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate.analytic import ANALYTIC
from nasgoat.surrogate.feature_maps import feature_maps_of
from nasgoat.surrogate.fitting import check_settings, compressed, data_of, trained
from nasgoat.surrogate.hyperparameters import Hyperparameters, Structure, Trainer
from nasgoat.surrogate.ranges import NOISE, VARIANCE, WEIGHT, Range
from nasgoat.surrogate.transforms import RankGaussian, TargetTransform

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GPSurrogate:
    """Exact zero-mean Gaussian process with a linear or exponential kernel over feature maps.

    A fit depends on its arguments alone: it never starts from an earlier fit, and its random
    restarts are drawn anew from ``seed``. A resumed run therefore repeats the run it resumes.

    Args:
        maps: feature maps of the kernel.
        exponential: ``variance * exp(linear)``, else linear.
        transform: of the targets.
        noise: range of the noise variance, or its fixed value (the paper: ``PAPER_NOISE``), in the
            transformed unit.
        weights: range of the kernel weights alpha, beta, gamma.
        variance: range of sigma_k^2; ignored by linear kernels.
        restarts: number of random starts of the training after the one from the initial values.
        seed: of the random starts.
        trainer: finds the hyperparameters; ``GPflowTrainer()`` is the reference.

    Raises:
        ValueError: no maps, a fixed noise that is not positive, or fewer than 0 restarts.
    """

    maps: tuple[FeatureMap, ...]
    exponential: bool = False
    transform: TargetTransform = RankGaussian()
    noise: Range | float = NOISE
    weights: Range = WEIGHT
    variance: Range = VARIANCE
    restarts: int = 2
    seed: int = 0
    trainer: Trainer = ANALYTIC

    @classmethod
    def of_space(cls, space: SearchSpace, features: str | None = None, **settings: Any) -> Self:
        """A surrogate over feature maps of a space.

        Args:
            space: where the graphs come from.
            features: names of feature maps, None for the usual ones (see ``feature_maps_of``).
            **settings: further arguments of the class.

        Raises:
            UnknownNameError: there are no such features.
            ValueError: the features do not fit the space.
        """
        return cls(feature_maps_of(space, features), **settings)

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", tuple(self.maps))
        if not self.maps:
            msg = "a surrogate needs at least one feature map"
            raise ValueError(msg)
        check_settings(self.noise, self.restarts)

    @one_thread()
    def fit(
        self, graphs: Sequence[LabeledGraph], targets: Sequence[float]
    ) -> FeaturePosterior | KernelPosterior:
        """Train the hyperparameters and condition on the data.

        Args:
            graphs: ``T`` evaluated graphs, repeats allowed.
            targets: ``T`` objective values, smaller is better.

        Returns:
            A ``FeaturePosterior`` of a linear kernel, a ``KernelPosterior`` of an exponential one,
            in the unit of ``transform``.

        Raises:
            BadDataError: no data, unequal lengths, targets that are NaN, infinite or outside the
                transform's domain, or features too large for the kernel to be finite.
        """
        observed, outputs = data_of(graphs, targets, self.transform)
        fitted = self.train(observed, outputs)
        linear = LinearKernel(self.maps, fitted.weights)
        if not self.exponential:
            return FeaturePosterior.of(linear, observed, outputs, fitted.noise)
        kernel = ExponentialKernel(linear, fitted.variance)
        return KernelPosterior.of(kernel, observed, outputs, fitted.noise)

    @one_thread()
    def train(self, observed: GraphBatch, outputs: Floats) -> Hyperparameters:
        """The hyperparameters of largest marginal likelihood among those found.

        Equal outputs (a single observation, for one) say nothing about the hyperparameters, which
        then keep their initial values.

        Args:
            observed: ``T`` graphs.
            outputs: ``(T,)``, transformed targets.

        Raises:
            BadDataError: the likelihood is not finite at any point tried.
        """
        structure = Structure(
            len(self.maps), self.exponential, self.weights, self.variance, self.noise
        )
        blocks = [compressed(features(feature_map, observed)) for feature_map in self.maps]
        return trained(self.trainer, structure, blocks, outputs, self.restarts, self.seed)
