"""Feature maps as linear expressions: the constraint side of ``nasgoat.kernels.features``.

``encode_counts(feature_map, block, handles)`` returns, for every column of the map that can be
non-zero, its count as a linear expression and a proven upper bound. Graphs of one node count only:
the kernels' scale depends on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import singledispatch
from itertools import product

import pyomo.environ as pyo

from nasgoat.errors import NoEncodingError
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    NodeLabels,
    OpCounts,
    ShortestPathLengths,
    ShortestPaths,
)
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.terms import constant


@dataclass(frozen=True, slots=True)
class Count:
    """One column of a feature map. Columns of one ``name`` count the same thing.

    A count with ``parts`` is the sum of the counts of those names.
    """

    name: str
    column: int
    expression: Term  # equals the count on every graph
    upper: int  # the count never exceeds it
    parts: tuple[str, ...] = ()


@singledispatch
def encode_counts(feature_map: FeatureMap, block: pyo.Block, h: PathHandles) -> list[Count]:
    """Write a feature map onto a block.

    Raises:
        NoEncodingError: the map has no MIP form, or the node count varies.
    """
    del block, h
    msg = f"the feature map {type(feature_map).__name__} has no MIP form; register one"
    raise NoEncodingError(msg)


def _nodes(h: PathHandles) -> range:
    if h.n_least != h.n:
        msg = "features are encoded for one node count at a time; make one model per node count"
        raise NoEncodingError(msg)
    return range(h.n)


@encode_counts.register
def _(feature_map: ShortestPathLengths, block: pyo.Block, h: PathHandles) -> list[Count]:
    """D[0] = n, D[s] = sum of d^s[u,v]."""
    del block
    counts = [Count(feature_map.describe(0), 0, float(len(_nodes(h))), h.n)]
    for s in range(1, h.n):
        terms = [h.at_distance[u, v, s] for u, v in h.pairs if (u, v, s) in h.at_distance]
        # an edge with a label is counted by the edge-label features, too
        parts = tuple(f"F[{u},{v},{a}]" for u, v, a in _possible_labels(h)) if s == 1 else ()
        counts.append(Count(feature_map.describe(s), s, sum(terms), len(terms), parts))
    return counts


@encode_counts.register
def _(feature_map: NodeLabels, block: pyo.Block, h: PathHandles) -> list[Count]:
    """N[a] = sum of F[v,a]."""
    del block
    carriers = [(a, _carriers(h, a)) for a in range(feature_map.n_labels)]
    return [
        Count(f"N[{a}]", a, sum(h.label[v, a] for v in nodes), len(nodes))
        for a, nodes in carriers
        if nodes
    ]


@encode_counts.register
def _(feature_map: EdgeLabels, block: pyo.Block, h: PathHandles) -> list[Count]:
    """F[u,v,a] itself."""
    del block
    _nodes(h)
    pairs = [(u, v) for u in range(h.n) for v in range(u + 1, h.n)]
    possible = set(_possible_labels(h))
    columns = enumerate(product(pairs, range(feature_map.n_labels)))
    return [
        Count(feature_map.describe(column), column, h.edge_label[u, v, a], 1)
        for column, ((u, v), a) in columns
        if (u, v, a) in possible
    ]


@encode_counts.register
def _(feature_map: OpCounts, block: pyo.Block, h: PathHandles) -> list[Count]:
    """T[c,l] = sum of F[u,v,l] over the nodes u of kind c."""
    del block
    terms: dict[tuple[int, int], list[Term]] = defaultdict(list)
    for u, v, a in _possible_labels(h):
        if a < feature_map.n_labels:
            terms[feature_map.kinds[u], a].append(h.edge_label[u, v, a])
    places = [(c, a, feature_map.column(c, a)) for c, a in sorted(terms)]
    return [
        Count(
            f"{feature_map.describe(column)} of {feature_map.kinds}",
            column,
            sum(terms[c, a]),
            len(terms[c, a]),
        )
        for c, a, column in places
    ]


@encode_counts.register
def _(feature_map: ShortestPaths, block: pyo.Block, h: PathHandles) -> list[Count]:
    """P[s,a,b] = sum of p[u,v,s,a,b], the product F[u,a] d^s[u,v] F[v,b] (docs/math.md, 6.2)."""
    nodes = _nodes(h)
    terms: dict[tuple[int, int, int], list[Term]] = defaultdict(list)
    for a in range(feature_map.n_labels):
        terms[0, a, a] = [h.label[v, a] for v in _carriers(h, a)]
    for (_, _, s, a, b), term in _pair_products(block, h).items():
        terms[s, a, b].append(term)
    labels = range(feature_map.n_labels)
    carriers = {a: set(_carriers(h, a)) for a in labels}
    return [
        Count(
            f"P[{s},{a},{b}]" if s else f"N[{a}]",
            feature_map.column(s, a, b),
            sum(terms[s, a, b]),
            min(len(terms[s, a, b]), _most_pairs(carriers[a], carriers[b], a == b, len(nodes))),
        )
        for s, a, b in product(range(feature_map.n), labels, labels)
        if terms[s, a, b]
    ]


def _possible_labels(h: PathHandles) -> list[tuple[int, int, int]]:
    """Pairs and labels that an edge can have."""
    return [index for index, term in h.edge_label.items() if constant(term) != 0.0]


def _carriers(h: PathHandles, a: int) -> list[int]:
    """Nodes that can have label ``a``."""
    return [v for v in range(h.n) if constant(h.label[v, a]) != 0.0]


def _most_pairs(first: set[int], second: set[int], same: bool, n: int) -> int:
    """Most node pairs of which the one has label a and the other b, each node having one label."""
    if same:
        return max(n, len(first) * (len(first) - 1))  # s = 0 counts nodes, s > 0 ordered pairs
    either = len(first | second)
    return max(i * min(either - i, len(second)) for i in range(len(first) + 1))


def _pair_products(block: pyo.Block, h: PathHandles) -> dict[tuple[int, ...], Term]:
    """``[u,v,s,a,b]`` = 1 iff ``d(u,v) = s`` (``n``: no path), ``u`` has label a, ``v`` label b.

    ::

        M1  sum_{a,b} p[u,v,s,a,b] = d^s[u,v]
        M2  sum_{s,b} p[u,v,s,a,b] = F[u,a]
        M3  sum_{s,a} p[u,v,s,a,b] = F[v,b]

    All marginals are one-hot, so continuous ``p >= 0`` is forced to the product.
    """
    layers = {pair: _distance_terms(h, *pair) for pair in h.pairs}
    labels = sorted({a for _, a in h.label})
    domain = {v: [a for a in labels if constant(h.label[v, a]) != 0.0] for v in range(h.n)}
    index = [
        (u, v, s, a, b)
        for (u, v), distances in layers.items()
        for s, a, b in product(distances, domain[u], domain[v])
    ]
    if h.products == "paper":
        return _paper_products(block, h, [i for i in index if i[2] < h.n])
    block.p = pyo.Var(index, bounds=(0.0, 1.0))
    p = block.p

    @block.Constraint([(u, v, s) for (u, v), distances in layers.items() for s in distances])
    def M1_distance(_, u, v, s):
        return sum(p[u, v, s, a, b] for a in domain[u] for b in domain[v]) == layers[u, v][s]

    @block.Constraint([(u, v, a) for u, v in layers for a in domain[u]])
    def M2_first_label(_, u, v, a):
        return sum(p[u, v, s, a, b] for s in layers[u, v] for b in domain[v]) == h.label[u, a]

    @block.Constraint([(u, v, b) for u, v in layers for b in domain[v]])
    def M3_second_label(_, u, v, b):
        return sum(p[u, v, s, a, b] for s in layers[u, v] for a in domain[u]) == h.label[v, b]

    return {i: p[i] for i in index if i[2] < h.n}


def _paper_products(
    block: pyo.Block, h: PathHandles, index: list[tuple[int, ...]]
) -> dict[tuple[int, ...], Term]:
    """The same products as the paper writes them.

    ::

        K1  3 p[u,v,s,a,b] <= F[u,a] + d^s[u,v] + F[v,b]
        K2  p[u,v,s,a,b] >= F[u,a] + d^s[u,v] + F[v,b] - 2
    """
    block.p = pyo.Var(index, domain=pyo.Binary)

    p = block.p

    @block.Constraint(index)
    def K1_all_three(_, u, v, s, a, b):
        return 3 * p[u, v, s, a, b] <= h.label[u, a] + h.at_distance[u, v, s] + h.label[v, b]

    @block.Constraint(index)
    def K2_then_it_is(_, u, v, s, a, b):
        return p[u, v, s, a, b] >= h.label[u, a] + h.at_distance[u, v, s] + h.label[v, b] - 2

    return {i: p[i] for i in index}


def _distance_terms(h: PathHandles, u: int, v: int) -> dict[int, Term]:
    """Indicator of each distance that is possible between two nodes; ``n`` stands for "no path"."""
    terms = {s: h.at_distance[u, v, s] for s in range(1, h.n) if (u, v, s) in h.at_distance}
    terms[h.n] = 1.0 - h.reach[u, v]
    return {s: term for s, term in terms.items() if constant(term) != 0.0}
