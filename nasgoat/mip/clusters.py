"""Joint choices of the labels of a few edges, so that products of counts are linear.

Where all counts are sums of local terms (docs/math.md, 6.11), take sets of edges, *clusters*, such
that each pair of terms has a cluster that holds the edges of both. Single edges are clusters, too:
their states are ``1 - A[u,v]`` and ``F[u,v,a]``. For linked clusters ``C`` and ``C'``::

    J1  sum_{a: a_S = b} z[C,a] = sum_{a: a_S = b} z[C',a]         S = C & C', all states b of S

``z[C,a]`` is continuous, and forced to 1 iff the edges of ``C`` have the states ``a``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement, product
from math import prod

import numpy as np
import pyomo.environ as pyo

from nasgoat.mip.handles import Pair, PathHandles, Term
from nasgoat.mip.joint import Cluster, JointLabels, LocalTerm
from nasgoat.mip.terms import constant, linear

MOST_STATES = 4_000  # of all clusters: beyond, the linear relaxation takes too long
Edges = frozenset[Pair]
State = tuple[int, ...]


def cluster_block(
    block: pyo.Block, terms: Sequence[LocalTerm], h: PathHandles
) -> JointLabels | None:
    """Write J1; None where there are no terms, no edge labels, or too many states."""
    if not terms or not h.edge_label or not h.ordered:
        return None
    domains = {pair: _domain(h, pair) for pair in h.pairs}
    chosen = [tuple(sorted(edges)) for edges in _holding([frozenset(t.edges) for t in terms])]
    sizes = [prod(len(domains[edge]) for edge in edges) for edges in chosen]
    if sum(sizes) > MOST_STATES:
        return None
    block.z = pyo.Var([(i, k) for i, size in enumerate(sizes) for k in range(size)], bounds=(0, 1))
    joint = [
        _cluster(edges, domains, [block.z[i, k] for k in range(size)])
        for i, (edges, size) in enumerate(zip(chosen, sizes, strict=True))
    ]
    singles = [_cluster((pair,), domains, _states(h, pair, domains[pair])) for pair in h.pairs]
    block.J1_marginal = pyo.ConstraintList()
    for first, second, shared in _links([*singles, *joint]):
        other = _marginals(second, shared)
        for state, total in _marginals(first, shared).items():
            block.J1_marginal.add(_sum(total) == _sum(other[state]))
    return JointLabels(tuple(terms), tuple(joint))


def _domain(h: PathHandles, pair: Pair) -> list[int]:
    """The states that an edge can have."""
    n_labels = 1 + max(a for _, _, a in h.edge_label)
    labels = [a + 1 for a in range(n_labels) if constant(h.edge_label[*pair, a]) != 0.0]
    present = constant(h.edge[pair])
    return [*([] if present == 1.0 else [0]), *([] if present == 0.0 else labels)]


def _states(h: PathHandles, pair: Pair, domain: Sequence[int]) -> list[Term]:
    return [h.edge_label[*pair, k - 1] if k else 1.0 - h.edge[pair] for k in domain]


def _cluster(
    edges: tuple[Pair, ...], domains: dict[Pair, list[int]], one_hot: list[Term]
) -> Cluster:
    states = np.array(list(product(*(domains[edge] for edge in edges))), dtype=np.int64)
    return Cluster(edges, states, one_hot)


def _holding(supports: Sequence[Edges]) -> list[Edges]:
    """The largest unions of two supports: every pair of terms is within one of them."""
    unions = {one | other for one, other in combinations_with_replacement(set(supports), 2)}
    largest = [edges for edges in unions if not any(edges < other for other in unions)]
    return sorted(largest, key=lambda edges: (-len(edges), sorted(edges)))


def _links(clusters: Sequence[Cluster]) -> Iterator[tuple[Cluster, Cluster, Edges]]:
    """Pairs of clusters with the edges they share, enough to make all marginals equal.

    A pair that is joined by a chain of links, each of which shares what the pair does, needs none.
    """
    edges = [frozenset(cluster.edges) for cluster in clusters]
    pairs = [(i, j) for i, j in combinations(range(len(edges)), 2) if edges[i] & edges[j]]
    links: list[tuple[int, int, Edges]] = []
    for i, j in sorted(pairs, key=lambda pair: -len(edges[pair[0]] & edges[pair[1]])):
        shared = edges[i] & edges[j]
        if not _joined(i, j, [(a, b) for a, b, common in links if common >= shared]):
            links.append((i, j, shared))
            yield clusters[i], clusters[j], shared


def _joined(start: int, end: int, links: Sequence[tuple[int, int]]) -> bool:
    reached, before = {start}, 0
    while len(reached) > before:
        before = len(reached)
        for link in links:
            if reached.intersection(link):
                reached.update(link)
    return end in reached


def _marginals(cluster: Cluster, shared: Edges) -> dict[State, list[Term]]:
    found: dict[State, list[Term]] = defaultdict(list)
    for state, term in zip(cluster.of(sorted(shared)).tolist(), cluster.one_hot, strict=True):
        found[tuple(state)].append(term)
    return found


def _sum(terms: Sequence[Term]) -> Term:
    """One term, or variables."""
    return terms[0] if len(terms) == 1 else linear([1.0] * len(terms), terms)
