"""Joint choices of the labels of a few edges, so that products of counts are linear.

Where all counts are sums of local terms (docs/math.md, 6.11), take sets of edges, *clusters*, such
that each pair of terms has a cluster that sees what both look at: which edges are there, and the
labels of some. Single edges are clusters, too: their states are ``1 - A[u,v]`` and ``F[u,v,a]``.
For linked clusters ``C`` and ``C'``::

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
from nasgoat.mip.joint import Cluster, JointLabels, LocalTerm, Looks, looks_at
from nasgoat.mip.terms import constant, linear

MOST_STATES = 4_000  # of all clusters: beyond, the linear relaxation takes too long
State = tuple[int, ...]


def cluster_block(
    block: pyo.Block, terms: Sequence[LocalTerm], h: PathHandles
) -> JointLabels | None:
    """Write J1; None where there are no terms, no edge labels, or too many states."""
    if not terms or not h.edge_label or not h.ordered:
        return None
    domains = {pair: _domain(h, pair) for pair in h.pairs}
    chosen = [(looks, _choices(looks, domains)) for looks in _holding([t.looks for t in terms])]
    sizes = [prod(map(len, choices.values())) for _, choices in chosen]
    if sum(sizes) > MOST_STATES:
        return None
    block.z = pyo.Var([(i, k) for i, size in enumerate(sizes) for k in range(size)], bounds=(0, 1))
    joint = [
        _cluster(looks, choices, [block.z[i, k] for k in range(size)])
        for i, ((looks, choices), size) in enumerate(zip(chosen, sizes, strict=True))
    ]
    singles = [
        _cluster(looks_at([pair], labels=True), {pair: domain}, _states(h, pair, domain))
        for pair, domain in domains.items()
    ]
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


def _choices(looks: Looks, domains: dict[Pair, list[int]]) -> dict[Pair, list[int]]:
    """The states of every edge, as those see them who look like this."""
    return {
        edge: domains[edge] if (edge, True) in looks else sorted({min(a, 1) for a in domains[edge]})
        for edge in sorted({edge for edge, _ in looks})
    }


def _cluster(looks: Looks, choices: dict[Pair, list[int]], one_hot: list[Term]) -> Cluster:
    states = np.array(list(product(*choices.values())), dtype=np.int64)
    return Cluster(looks, tuple(choices), states, one_hot)


def _holding(supports: Sequence[Looks]) -> list[Looks]:
    """The largest unions of two supports: every pair of terms is within one of them."""
    unions = {one | other for one, other in combinations_with_replacement(set(supports), 2)}
    largest = [looks for looks in unions if not any(looks < other for other in unions)]
    return sorted(largest, key=lambda looks: (-len(looks), sorted(looks)))


def _links(clusters: Sequence[Cluster]) -> Iterator[tuple[Cluster, Cluster, Looks]]:
    """Pairs of clusters with what both look at, enough to make all marginals equal.

    A pair that is joined by a chain of links, each of which shares what the pair does, needs none.
    """
    looks = [cluster.looks for cluster in clusters]
    pairs = [(i, j) for i, j in combinations(range(len(looks)), 2) if looks[i] & looks[j]]
    links: list[tuple[int, int, Looks]] = []
    for i, j in sorted(pairs, key=lambda pair: -len(looks[pair[0]] & looks[pair[1]])):
        shared = looks[i] & looks[j]
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


def _marginals(cluster: Cluster, shared: Looks) -> dict[State, list[Term]]:
    found: dict[State, list[Term]] = defaultdict(list)
    seen = cluster.of(sorted({edge for edge, _ in shared}), shared)
    for state, term in zip(seen.tolist(), cluster.one_hot, strict=True):
        found[tuple(state)].append(term)
    return found


def _sum(terms: Sequence[Term]) -> Term:
    """One term, or variables."""
    return terms[0] if len(terms) == 1 else linear([1.0] * len(terms), terms)
