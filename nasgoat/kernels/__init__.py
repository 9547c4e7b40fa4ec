"""Graph kernels as numbers: feature maps, and linear and exponential kernels over them."""

from nasgoat.kernels.features import (
    EdgeLabels,
    FeatureMap,
    NodeLabels,
    ShortestPathLengths,
    ShortestPaths,
    counts_of,
    default_feature_maps,
    features,
    stacked_features,
)
from nasgoat.kernels.kernels import ExponentialKernel, GraphKernel, LinearKernel
from nasgoat.kernels.op_counts import OpCounts
from nasgoat.kernels.op_paths import OpPaths

__all__ = [
    "EdgeLabels",
    "ExponentialKernel",
    "FeatureMap",
    "GraphKernel",
    "LinearKernel",
    "NodeLabels",
    "OpCounts",
    "OpPaths",
    "ShortestPathLengths",
    "ShortestPaths",
    "counts_of",
    "default_feature_maps",
    "features",
    "stacked_features",
]
