"""Which feature maps count what a few edges say, each term by itself (docs/math.md, 6.11)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from itertools import combinations, product

import numpy as np

from nasgoat.graphs import shortest_distances
from nasgoat.kernels import EdgeLabels, FeatureMap, ShortestPathLengths
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.joint import LocalTerm

MOST_EDGES = 10  # of which all subsets are listed


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


@local_terms.register
def _(feature_map: ShortestPathLengths, h: PathHandles) -> list[LocalTerm] | None:
    """Every pair of nodes is a term, which looks at the edges between them."""
    if not (h.edge_label and h.ordered and h.n_least == h.n):
        return None
    if h.n * (h.n - 1) // 2 > MOST_EDGES:
        return None
    del feature_map
    same = [LocalTerm((), np.array(0), labels=False) for _ in range(h.n)]
    return [*same, *(_distance(u, v) for u, v in combinations(range(h.n), 2))]


def _distance(u: int, v: int) -> LocalTerm:
    """Adds 1 to the count of the distance from ``u`` to ``v``."""
    edges = tuple(combinations(range(u, v + 1), 2))
    there = np.array(list(product((False, True), repeat=len(edges)))).reshape(-1, len(edges))
    adjacency = np.zeros((len(there), v - u + 1, v - u + 1), dtype=np.bool_)
    for k, (i, j) in enumerate(edges):
        adjacency[:, i - u, j - u] = there[:, k]
    distance = shortest_distances(adjacency)[:, 0, -1].astype(np.int64)
    column = np.where(distance <= v - u, distance, -1)  # beyond: there is no path
    return LocalTerm(edges, column.reshape((2,) * len(edges)), labels=False)


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
