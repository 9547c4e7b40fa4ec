"""Which feature maps count what a few edges say, each term by itself (docs/math.md, 6.11)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

import numpy as np

from nasgoat.kernels import EdgeLabels, FeatureMap
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.joint import LocalTerm


@singledispatch
def local_terms(feature_map: FeatureMap, h: PathHandles) -> list[LocalTerm] | None:
    """The terms whose sum the counts of a feature map are; None if it is not known to be local."""
    del feature_map, h
    return None


@local_terms.register
def _(feature_map: EdgeLabels, h: PathHandles) -> list[LocalTerm] | None:
    """F[u,v,a]: every edge is a term."""
    labels = np.arange(feature_map.n_labels)
    pairs = [(u, v) for u in range(h.n) for v in range(u + 1, h.n)]
    return [
        LocalTerm((pair,), np.concatenate([[-1], i * feature_map.n_labels + labels]))
        for i, pair in enumerate(pairs)
    ]


def terms_of(maps: Iterable[FeatureMap], h: PathHandles) -> list[LocalTerm]:
    """The terms of several maps, over their columns side by side; none if one is not local."""
    found: list[LocalTerm] = []
    offset = 0
    for feature_map in maps:
        terms = local_terms(feature_map, h)
        if terms is None:
            return []
        found += [term.moved(offset) for term in terms]
        offset += feature_map.n_features
    return found
