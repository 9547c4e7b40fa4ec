"""Surrogates: Gaussian processes, their trainers, target transforms.

TensorFlow is loaded by the first fit of a ``GPflowTrainer``, not by importing this package. The
GPflow kernels are in ``nasgoat.surrogate.gpflow_kernels``, whose import does load it.
"""

from nasgoat.surrogate.analytic import AnalyticTrainer
from nasgoat.surrogate.base import Surrogate
from nasgoat.surrogate.feature_maps import FEATURES, feature_maps_of
from nasgoat.surrogate.gp import GPSurrogate
from nasgoat.surrogate.gpflow_trainer import GPflowTrainer
from nasgoat.surrogate.hyperparameters import Hyperparameters, Trainer
from nasgoat.surrogate.ranges import NOISE, PAPER_NOISE, VARIANCE, WEIGHT, Range
from nasgoat.surrogate.transforms import (
    TRANSFORMS,
    Log,
    LogClip,
    RankGaussian,
    Standardise,
    TargetTransform,
)
from nasgoat.surrogate.wl import WLSurrogate

__all__ = [
    "FEATURES",
    "NOISE",
    "PAPER_NOISE",
    "TRANSFORMS",
    "VARIANCE",
    "WEIGHT",
    "AnalyticTrainer",
    "GPSurrogate",
    "GPflowTrainer",
    "Hyperparameters",
    "Log",
    "LogClip",
    "Range",
    "RankGaussian",
    "Standardise",
    "Surrogate",
    "TargetTransform",
    "Trainer",
    "WLSurrogate",
    "feature_maps_of",
]
