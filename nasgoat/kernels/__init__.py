"""Graph kernels as numbers: feature maps, and linear and exponential kernels over them."""

from nasgoat.kernels.distances import degree_distances, hamming_distances
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
from nasgoat.kernels.otmann import Layers, otmann_distances
from nasgoat.kernels.weisfeiler_lehman import WLKernel, subtree_counts, wl_grams, wl_norms

__all__ = [
    "EdgeLabels",
    "ExponentialKernel",
    "FeatureMap",
    "GraphKernel",
    "Layers",
    "LinearKernel",
    "NodeLabels",
    "OpCounts",
    "OpPaths",
    "ShortestPathLengths",
    "ShortestPaths",
    "WLKernel",
    "counts_of",
    "default_feature_maps",
    "degree_distances",
    "features",
    "hamming_distances",
    "otmann_distances",
    "stacked_features",
    "subtree_counts",
    "wl_grams",
    "wl_norms",
]
