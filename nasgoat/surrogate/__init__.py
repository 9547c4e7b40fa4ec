"""Surrogates: Gaussian processes trained by GPflow, target transforms.

TensorFlow is loaded by the first fit, not by importing this package. The GPflow kernels themselves
are in ``nasgoat.surrogate.gpflow_kernels``, whose import does load it.
"""

from nasgoat.surrogate.base import Surrogate
from nasgoat.surrogate.feature_maps import FEATURES, feature_maps_of
from nasgoat.surrogate.gp import GPSurrogate
from nasgoat.surrogate.hyperparameters import Hyperparameters
from nasgoat.surrogate.ranges import NOISE, PAPER_NOISE, VARIANCE, WEIGHT, Range
from nasgoat.surrogate.transforms import (
    TRANSFORMS,
    Log,
    LogClip,
    RankGaussian,
    Standardise,
    TargetTransform,
)

__all__ = [
    "FEATURES",
    "NOISE",
    "PAPER_NOISE",
    "TRANSFORMS",
    "VARIANCE",
    "WEIGHT",
    "GPSurrogate",
    "Hyperparameters",
    "Log",
    "LogClip",
    "Range",
    "RankGaussian",
    "Standardise",
    "Surrogate",
    "TargetTransform",
    "feature_maps_of",
]
