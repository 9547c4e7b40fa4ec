"""Target transforms: what a Gaussian process sees of the objective values.

Every transform is monotone, so smaller stays better, and returns mean 0 and standard deviation 1.
Targets that are all equal carry no information and become zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from nasgoat.errors import BadDataError

Floats = NDArray[np.float64]


class TargetTransform(Protocol):
    """A monotone map of the training targets, fitted to them."""

    def transform(self, targets: ArrayLike) -> Floats:
        """``(T,)`` objective values to ``(T,)`` model targets.

        Raises:
            BadDataError: not a vector, a target is NaN or infinite, or outside the transform's
                domain.
        """


@dataclass(frozen=True, slots=True)
class Standardise:
    """``(y - mean) / std``."""

    def transform(self, targets: ArrayLike) -> Floats:
        """See ``TargetTransform``."""
        return _standardised(checked_targets(targets))


@dataclass(frozen=True, slots=True)
class Log:
    """``log y``, standardised; for positive targets."""

    def transform(self, targets: ArrayLike) -> Floats:
        """See ``TargetTransform``."""
        return _standardised(_logs(targets, self))


@dataclass(frozen=True, slots=True)
class LogClip:
    """``min(log y, 2 median(log y) - min(log y))``, standardised, for ``y > 0``; docs/math.md, 6.7.

    Failed trainings, far above all others, no longer stretch the scale. Where at least half of the
    targets equal the least one, clipping would leave nothing to tell apart and is left out.
    """

    def transform(self, targets: ArrayLike) -> Floats:
        """See ``TargetTransform``."""
        logs = _logs(targets, self)
        if len(logs) == 0:
            return logs
        lowest, median = logs.min(), np.median(logs)
        ceiling = median + (median - lowest) if median > lowest else np.inf
        return _standardised(np.minimum(logs, ceiling))


@dataclass(frozen=True, slots=True)
class RankGaussian:
    """Normal scores ``Phi^-1((rank - 1/2) / T)``, standardised.

    Equal targets share their mean rank.
    """

    def transform(self, targets: ArrayLike) -> Floats:
        """See ``TargetTransform``."""
        values = checked_targets(targets)
        if len(values) == 0:
            return values
        quantiles = (rankdata(values) - 0.5) / len(values)
        return _standardised(np.asarray(ndtri(quantiles), dtype=np.float64))


TRANSFORMS: Mapping[str, TargetTransform] = MappingProxyType(
    {
        "standardise": Standardise(),
        "log": Log(),
        "log-clip": LogClip(),
        "rank-gaussian": RankGaussian(),
    }
)


def checked_targets(targets: ArrayLike) -> Floats:
    """The targets as a vector of finite floats; ``(T,)``.

    Raises:
        BadDataError: not a vector of numbers, or a target is NaN or infinite.
    """
    values = np.array(targets, dtype=np.float64)
    if values.ndim != 1:
        msg = f"targets are a vector, one number per graph; got shape {values.shape}"
        raise BadDataError(msg)
    wrong = np.flatnonzero(~np.isfinite(values)).tolist()
    if wrong:
        msg = f"targets {wrong} are NaN or infinite; drop or penalise failed evaluations first"
        raise BadDataError(msg)
    return values


def _logs(targets: ArrayLike, transform: TargetTransform) -> Floats:
    values = checked_targets(targets)
    wrong = np.flatnonzero(values <= 0).tolist()
    if wrong:
        msg = (
            f"{type(transform).__name__} needs positive targets; targets {wrong} are "
            f"{values[wrong].tolist()}: use Standardise or RankGaussian"
        )
        raise BadDataError(msg)
    logs: Floats = np.log(values)
    return logs


def _standardised(values: Floats) -> Floats:
    """Mean 0 and standard deviation 1; zeros if all values are equal."""
    if len(values) == 0 or values.min() == values.max():
        return np.zeros_like(values)
    unit = values / np.abs(values).max()  # squares of huge values overflow, of tiny ones vanish
    unit = (unit - unit.min()) / (unit.max() - unit.min())
    standardised: Floats = (unit - unit.mean()) / unit.std()
    return standardised
