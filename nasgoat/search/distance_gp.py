"""Gaussian processes on distances between graphs: ``k = mean_i exp(-d_i / length_i)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.search.gram_gp import GramGP

Floats = NDArray[np.float64]
Distances = Callable[[Any, Any, int], Sequence[Floats]]

LENGTHS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)  # length scales tried, in units of the median distance


@dataclass(frozen=True, slots=True, eq=False)
class DistanceGP:
    """A Gaussian process whose kernel falls with one or several distances.

    Args:
        distances: ``(xs, ys, variant)`` to the ``(N, M)`` distances of a variant.
        observed: what ``distances`` takes for the observed graphs.
        variant: the likeliest.
        lengths: the likeliest length scale of each of its distances.
        gp: on the kernel with these.
    """

    distances: Distances
    observed: Any
    variant: int
    lengths: tuple[float, ...]
    gp: GramGP

    @classmethod
    def fit(cls, distances: Distances, variants: int, observed: Any, targets: Floats) -> DistanceGP:
        """Choose variant, length scale and noise by likelihood.

        Args:
            distances: see the class.
            variants: their number.
            observed: the ``T`` observed graphs.
            targets: ``(T,)``, of mean 0.
        """
        measured = [distances(observed, observed, variant) for variant in range(variants)]
        units = [tuple(_median(one) for one in several) for several in measured]
        tried = list(product(range(variants), LENGTHS))
        scales = [tuple(factor * unit for unit in units[v]) for v, factor in tried]
        grams = [
            kernel(measured[v], lengths) for (v, _), lengths in zip(tried, scales, strict=True)
        ]
        gp = GramGP.fit(grams, targets)
        return cls(distances, observed, tried[gp.choice][0], scales[gp.choice], gp)

    def predict(self, graphs: Any) -> tuple[Floats, Floats]:
        """Mean and standard deviation of new graphs; ``(N,)`` each."""
        cross = kernel(self.distances(graphs, self.observed, self.variant), self.lengths)
        return self.gp.predict(cross, np.ones(len(cross)))


def kernel(distances: Sequence[Floats], lengths: Sequence[float]) -> Floats:
    """``mean_i exp(-distances[i] / lengths[i])``."""
    terms = [np.exp(-one / length) for one, length in zip(distances, lengths, strict=True)]
    return np.mean(terms, axis=0)


def _median(distances: Floats) -> float:
    """Of the distances that are not 0; 1 if there are none."""
    positive = distances[distances > 0]
    return float(np.median(positive)) if len(positive) else 1.0
