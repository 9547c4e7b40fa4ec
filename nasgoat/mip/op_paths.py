"""Counts of operation words along source-sink paths: the constraint side of ``OpPaths``.

For every path ``P`` from node 0 to node n-1 that the space allows, with ``k`` labelled edges or
interior nodes, and every sequence ``a`` of labels along it whose word is counted::

    W1  q <= A[u,v],   q >= 1 - sum (1 - A[u,v])            over the edges of P
    W2  sum_a y[a] + r = q
    W3  sum_{a: a_i = l} y[a] <= F[i,l]                     i = 1 .. k, labels l

``q`` = 1 iff all edges of ``P`` are there, ``y[a]`` = 1 iff they are and have the labels ``a``,
``r`` = 1 iff they are and the word is too long. No path has ``r`` if all its words are counted.
Where there is one, a word that is too long has at most ``k - longest - 1`` skips. With
``s[i]`` = 1 at least where ``r`` = 1 and the i-th label is skip::

    W4  s[i] >= r - sum_{l not skip} (F[i,l] - sum_{a: a_i = l} y[a])
    W5  sum_i s[i] <= (k - longest - 1) r

All of these are continuous: the rows of a path describe the convex hull of what its edges and
labels can be, so its corners are forced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise, product
from math import comb

import numpy as np
import pyomo.environ as pyo

from nasgoat.errors import NoEncodingError
from nasgoat.kernels import OpPaths
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.handles import Pair, PathHandles, Term
from nasgoat.mip.joint import LocalTerm
from nasgoat.mip.local_terms import local_terms
from nasgoat.mip.terms import constant, row

MOST_STRINGS = 20_000  # label sequences tried for an upper bound: a tenth of a second
Labels = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """A source-sink path that the space allows."""

    nodes: tuple[int, ...]
    edges: tuple[Pair, ...]
    places: tuple[Mapping[int, Term], ...]  # of each labelled edge or node: label -> F


@encode_counts.register
def _(feature_map: OpPaths, block: pyo.Block, h: PathHandles) -> list[Count]:
    """W[w] = sum of y[a] over all paths and label sequences whose word is w."""
    if h.n_least != h.n or not h.ordered:
        msg = "op paths are encoded for one node count and edges u -> v with u < v only"
        raise NoEncodingError(msg)
    paths = local_terms(feature_map, h)
    if h.joint is not None and paths is not None:
        terms = h.joint.indicators(paths)
        return _counts(feature_map, terms, Counter(c for p in paths for c in p.used), h)
    return _counts(feature_map, *_words(feature_map, block, h), h)


@local_terms.register
def _(feature_map: OpPaths, h: PathHandles) -> list[LocalTerm] | None:
    """A path adds 1 to the count of its word, if all its edges are there."""
    if feature_map.labels_of != "edges":
        return None
    return [_local_term(feature_map, path, h) for path in _paths(feature_map, h)]


def _local_term(feature_map: OpPaths, path: _Path, h: PathHandles) -> LocalTerm:
    n_labels = 1 + max(a for _, _, a in h.edge_label)
    column = np.full((1 + n_labels,) * len(path.edges), -1)
    for labels in product(*path.places):
        found = feature_map.column(labels)
        if found is not None:
            column[tuple(a + 1 for a in labels)] = found
    return LocalTerm(path.edges, column)


def _words(
    feature_map: OpPaths, block: pyo.Block, h: PathHandles
) -> tuple[dict[int, list[Term]], dict[int, int]]:
    """Write W1 to W5; return the terms and the number of paths of every word's column."""
    terms: dict[int, list[Term]] = defaultdict(list)
    paths: dict[int, int] = defaultdict(int)
    block.path = pyo.Block(pyo.Any)
    for path in _paths(feature_map, h):
        part = block.path["-".join(map(str, path.nodes))]
        of_path: dict[int, list[Term]] = defaultdict(list)
        for labels, term in _path_products(feature_map, part, path, h).items():
            column = feature_map.column(labels)
            if column is not None:
                of_path[column].append(term)
        for column, found in of_path.items():
            terms[column] += found
            paths[column] += 1  # a path has one word
    return terms, paths


def _counts(
    feature_map: OpPaths, terms: Mapping[int, list[Term]], paths: Mapping[int, int], h: PathHandles
) -> list[Count]:
    return [
        Count(
            f"{feature_map.describe(column)} without {feature_map.skip}",
            column,
            sum(terms[column]),
            min(paths[column], _most_paths(feature_map, column, h.n)),
        )
        for column in sorted(terms)
    ]


def _paths(feature_map: OpPaths, h: PathHandles) -> Iterator[_Path]:
    """All paths whose edges the space does not rule out."""
    inner = range(1, h.n - 1)
    for middle in (nodes for k in range(h.n - 1) for nodes in combinations(inner, k)):
        nodes = (0, *middle, h.n - 1)
        edges = tuple(pairwise(nodes))
        if any(constant(h.edge[edge]) == 0.0 for edge in edges):
            continue
        of_edges = feature_map.labels_of == "edges"
        places = tuple(_labels_at(h, place) for place in (edges if of_edges else middle))
        strange = sorted({a for place in places for a in place} - set(feature_map.labels))
        if strange:
            msg = f"the path {nodes} can have labels {strange}, for which {feature_map} has no use"
            raise NoEncodingError(msg)
        yield _Path(nodes, edges, places)


def _labels_at(h: PathHandles, place: Pair | int) -> dict[int, Term]:
    """The labels that an edge or a node can have, with their indicators."""
    if isinstance(place, int):
        found = {a: term for (v, a), term in h.label.items() if v == place}
    else:
        found = {a: term for (u, v, a), term in h.edge_label.items() if (u, v) == place}
    return {a: term for a, term in found.items() if constant(term) != 0.0}


def _path_products(
    feature_map: OpPaths, block: pyo.Block, path: _Path, h: PathHandles
) -> dict[Labels, Term]:
    """Write W1 to W3 and return ``y``; what is a variable already gets no other."""
    if len(path.edges) == 1:
        if feature_map.labels_of == "nodes":
            return {(): h.edge[path.edges[0]]}
        return {(a,): term for a, term in path.places[0].items()}
    every = list(product(*path.places))
    counted = [labels for labels in every if feature_map.column(labels) is not None]
    if not counted:
        return {}
    block.q = pyo.Var(bounds=(0.0, 1.0))
    block.y = pyo.Var(range(len(counted)), bounds=(0.0, 1.0))
    y = dict(zip(counted, block.y.values(), strict=True))
    places = [(i, a) for i, place in enumerate(path.places) for a in place]
    chosen = {(i, a): sum(y[labels] for labels in counted if labels[i] == a) for i, a in places}

    @block.Constraint(path.edges)
    def W1_edge(b, u, v):
        return b.q <= h.edge[u, v]

    block.W1_path = pyo.Constraint(
        expr=block.q >= 1.0 - sum(1.0 - h.edge[edge] for edge in path.edges)
    )
    too_long = _too_long(feature_map, block, path, chosen) if len(counted) < len(every) else 0.0
    block.W2_words = pyo.Constraint(expr=sum(y.values()) + too_long == block.q)

    @block.Constraint(places)
    def W3_label(_, i, a):
        return row(chosen[i, a] <= path.places[i][a])

    return y


def _too_long(
    feature_map: OpPaths, block: pyo.Block, path: _Path, chosen: Mapping[Pair, Term]
) -> Term:
    """Write W4 and W5 and return ``r``."""
    places = range(len(path.places))
    left = {(i, a): path.places[i][a] - term for (i, a), term in chosen.items()}
    block.r = pyo.Var(bounds=(0.0, 1.0))
    block.s = pyo.Var(places, bounds=(0.0, 1.0))

    @block.Constraint(places)
    def W4_operation(b, i):
        operations = sum(left[i, a] for a in path.places[i] if a != feature_map.skip)
        return b.s[i] >= b.r - operations

    @block.Constraint()
    def W5_skips(b):
        return sum(b.s.values()) <= (len(places) - feature_map.longest - 1) * b.r

    return block.r


def _most_paths(feature_map: OpPaths, column: int, n: int) -> int:
    """No graph of ``n`` nodes has more paths with the word of a column.

    Of labelled nodes. A graph with all edges has the most, and its paths are the subsets of the
    interior nodes. Of labelled edges: ``2**(n-2)``, the number of all paths.
    """
    inner = max(n - 2, 0)
    if feature_map.labels_of == "edges":
        return int(2**inner)
    word = feature_map.word(column)
    names = list(dict.fromkeys(word))
    return _most_subsets(tuple(names.index(a) for a in word), inner, feature_map.skip is not None)


@lru_cache(maxsize=4096)
def _most_subsets(word: Labels, nodes: int, skips: bool) -> int:
    """Most subsets of a sequence of labelled nodes that spell a word, skips left out.

    Exact where the label sequences can be tried; else the number of subsets that are large enough.
    """
    alphabet = [*set(word), *([-1] if skips else [])]
    if not alphabet or len(alphabet) ** nodes > MOST_STRINGS:
        longest = nodes if skips else min(len(word), nodes)
        return sum(comb(nodes, k) for k in range(len(word), longest + 1))
    return max(_subsets(word, labels) for labels in product(alphabet, repeat=nodes))


def _subsets(word: Labels, labels: Sequence[int]) -> int:
    """Number of subsets of a label sequence that spell the word; -1 stands for skip."""
    ways = [1] + [0] * len(word)  # of the first letters
    for label in labels:
        if label == -1:
            ways = [2 * count for count in ways]
            continue
        for k in reversed(range(len(word))):
            ways[k + 1] += ways[k] if word[k] == label else 0
    return ways[-1]
