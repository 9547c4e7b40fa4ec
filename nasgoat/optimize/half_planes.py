"""How large the expected improvement can be where lower confidence bounds are known.

With ``b`` the best known value and ``z = (b - mean) / std`` the expected improvement is
``EI(mean, std) = std * h(z)``, ``h(z) = z Phi(z) + pdf(z)`` and ``h' = Phi`` (docs/math.md, 3). As
the perspective of a convex function it is jointly convex in ``(mean, std)``; it falls with the mean
and rises with the deviation. Two things follow.

*A bound from half-planes.* If ``mean - kappa_j std >= L_j`` holds for every graph, and so does
``0 <= std <= U``, all graphs lie in a polygon that is unbounded only towards larger means. A convex
function that falls with the mean is largest on it at a vertex: at ``std = 0``, at ``std = U`` or
where two lines cross, on the upper envelope ``m(std) = max_j L_j + kappa_j std`` of the lines.

*Which half-plane to ask for.* Convexity gives, for every ``z``, the tangent

    EI(mean, std) >= Phi(z) (b - mean) + pdf(z) std = Phi(z) (b - (mean - kappa std)),

with ``kappa = pdf(z) / Phi(z)``. So a graph with ``mean - kappa std < b - level / Phi(z)`` has an
improvement above ``level``. If there is none, the line through that value holds; at the deviation
``s`` with ``s h(z) = level`` it is the tangent of the level set, ``m(s)`` is at least the level
set's mean, and no point of the polygon at this deviation is above the level any more. Hence one
question, "is there a graph below the cutoff?", finds an improvement or settles a vertex. Near ``s``
the ceiling moves little, so finitely many questions leave nothing above the level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

Floats = NDArray[np.float64]

LEAST_KAPPA = 1e-6  # below, the deviation is left out: it moves the level by less than 1e-8 of it
LEAST_Z = -37.0  # ndtr is zero below


def improvement(gain: Floats, std: Floats) -> Floats:
    """``E[max(b - f, 0)]`` of normal ``f`` with ``b - mean = gain``; ``(N,)``."""
    gain, std = np.asarray(gain, dtype=float), np.asarray(std, dtype=float)
    z = np.divide(gain, std, out=np.zeros_like(gain), where=std > 0)
    spread = gain * ndtr(z) + std * _density(z)
    return np.where(std > 0, np.maximum(spread, 0.0), np.maximum(gain, 0.0))


@dataclass(frozen=True, slots=True)
class Question:
    """Is there a graph with ``mean - kappa * std < cutoff``? Its improvement is above the level.

    Args:
        kappa: how much of the deviation counts.
        cutoff: the largest bound that is of use.
        slope: ``Phi(z)``: what an error of the bound is worth in units of the improvement.
    """

    kappa: float
    cutoff: float
    slope: float

    @classmethod
    def at(cls, best: float, level: float, std: float) -> Question:
        """The question whose answer "no" leaves no improvement above a level at a deviation.

        Args:
            best: the best known value ``b``.
            level: positive.
            std: the deviation.
        """
        z = _inverse(level / std) if std > 0 else math.inf
        slope = float(ndtr(z))
        kappa = float(_density(np.array(z))) / slope
        if kappa < LEAST_KAPPA:
            return cls(0.0, best - level, 1.0)
        return cls(kappa, best - level / slope, slope)


@dataclass(frozen=True, slots=True)
class HalfPlanes:
    """What is proven of the mean and the deviation of every graph.

    Args:
        best: the best known value ``b``.
        largest: no graph has a larger deviation.
        lines: ``(kappa, L)`` with ``mean - kappa * std >= L``; ``L`` is infinite if there is no
            graph at all.
    """

    best: float
    largest: float
    lines: tuple[tuple[float, float], ...] = ()

    def with_line(self, kappa: float, lower_bound: float) -> HalfPlanes:
        """One more line."""
        return HalfPlanes(self.best, self.largest, (*self.lines, (kappa, lower_bound)))

    @property
    def empty(self) -> bool:
        """Whether it is proven that there is no graph at all."""
        return any(bound == math.inf for _, bound in self.lines)

    def ceiling(self, std: Floats) -> Floats:
        """No graph of these deviations has a larger improvement; ``(N,)``."""
        if not self.lines:
            return np.full(len(std), np.inf)
        if self.empty:
            return np.zeros(len(std))
        kappa, bound = np.array(self.lines).T
        mean = (bound[:, None] + kappa[:, None] * std).max(axis=0)
        return improvement(self.best - mean, std)

    def peak(self) -> tuple[float, float]:
        """The largest improvement that the lines allow, and its deviation."""
        crossings = [
            (bound - other) / (slope - kappa)
            for (kappa, bound), (slope, other) in combinations(self.lines, 2)
            if slope != kappa and math.isfinite(bound - other)
        ]
        stds = np.array([0.0, self.largest, *(s for s in crossings if 0 < s < self.largest)])
        ceiling = self.ceiling(stds)
        at = int(ceiling.argmax())
        return float(ceiling[at]), float(stds[at])

    def broken(self, mean: Floats, std: Floats, tolerance: float) -> bool:
        """Whether a graph lies outside by more than a tolerance, relative to bounds above 1."""
        return any(
            bool((mean - kappa * std < bound - tolerance * max(1.0, abs(bound))).any())
            for kappa, bound in self.lines
        ) or bool((std > self.largest + tolerance * max(1.0, self.largest)).any())


def _density(z: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    return density


def _inverse(value: float) -> float:
    """``z`` with ``h(z) = value > 0``, from below where rounding leaves a choice."""

    def excess(z: float) -> float:
        h = float(improvement(np.array([z]), np.array([1.0]))[0])
        return math.log(h / value) if h > 0 else -math.inf

    if excess(LEAST_Z) >= 0:
        return LEAST_Z
    return float(brentq(excess, LEAST_Z, max(value, 1.0), xtol=1e-14, rtol=1e-14))
