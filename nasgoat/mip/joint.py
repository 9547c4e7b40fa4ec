"""Counts as sums of terms that look at a few edges each, and one-hots that know what they see.

The *state* of an edge is 0 where it is absent, and a + 1 where it has the label a; for those who do
not look at its label it is 0 or 1. What is looked at is written as pairs of an edge and whether its
label is seen; whoever sees the label sees the edge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Edge = tuple[int, int]
Looks = frozenset[tuple[Edge, bool]]


def looks_at(edges: Iterable[Edge], *, labels: bool) -> Looks:
    """What is looked at where edges are, and their labels or not."""
    return frozenset((edge, seen) for edge in edges for seen in (False, *[True] * labels))


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A few edges and the choice of their states."""

    looks: Looks
    edges: tuple[Edge, ...]
    states: Integers  # (S, len(edges))
    one_hot: Sequence[Any]  # one_hot[i] = 1 iff the edges have the states states[i]

    def of(self, edges: Sequence[Edge], looks: Looks) -> Integers:
        """``(S, len(edges))``, what somebody sees who looks at some of the edges."""
        states = self.states[:, [self.edges.index(edge) for edge in edges]]
        blind = [(edge, True) not in looks for edge in edges]
        return np.where(blind, np.minimum(states, 1), states)

    @property
    def labelled(self) -> list[Edge]:
        """The edges whose labels it knows."""
        return [edge for edge in self.edges if (edge, True) in self.looks]

    def state_of(self, graph: Mapping[Edge, int]) -> tuple[int, ...]:
        """What it sees of a graph, given by the states of all edges."""
        known = set(self.labelled)
        return tuple(graph[e] if e in known else min(graph[e], 1) for e in self.edges)


@dataclass(frozen=True, slots=True, eq=False)
class LocalTerm:
    """Adds 1 to the count of one column, or of none, chosen by the states of its edges."""

    edges: tuple[Edge, ...]
    column: Integers  # [state of each edge]: a feature column, -1 for none
    labels: bool = True  # whether it looks at the labels, or only at which edges are there

    @property
    def looks(self) -> Looks:
        """What it looks at."""
        return looks_at(self.edges, labels=self.labels)

    def columns(self, cluster: Cluster) -> Integers:
        """``(S,)``, the column at every state of a cluster that sees enough, -1 for none."""
        seen = tuple(cluster.of(self.edges, self.looks).T)
        return np.broadcast_to(self.column[seen], len(cluster.states))

    @property
    def used(self) -> list[int]:
        """The columns that it can add to."""
        return [int(column) for column in np.unique(self.column) if column >= 0]

    def moved(self, offset: int) -> LocalTerm:
        """The same term with its columns counted from an offset."""
        column = np.where(self.column < 0, -1, self.column + offset)
        return LocalTerm(self.edges, column, self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class JointLabels:
    """The terms of a kernel's counts; each pair of them has a cluster that holds both."""

    terms: tuple[LocalTerm, ...]  # over the columns of all feature maps side by side
    clusters: tuple[Cluster, ...]

    def indicators(self, terms: Sequence[LocalTerm]) -> dict[int, list[Any]]:
        """Per column, indicators whose sum is the count that terms make of it."""
        found: dict[int, list[Any]] = defaultdict(list)
        for term in terms:
            cluster = next(c for c in self.clusters if c.looks >= term.looks)
            for column, indicator in zip(term.columns(cluster), cluster.one_hot, strict=True):
                if column >= 0:
                    found[int(column)].append(indicator)
        return found

    def quadratic(self, S: Floats) -> list[Floats]:
        """``sum_ij S[i,j] c_i c_j`` over all counts, as coefficients of every cluster's one-hot.

        Each product of two terms is told to the first cluster that holds both.

        Args:
            S: ``(F, F)``, symmetric, over the columns of all feature maps side by side.
        """
        padded = np.pad(S, ((0, 1), (0, 1)))  # column -1 is none
        found = [np.zeros(len(cluster.states)) for cluster in self.clusters]
        columns = [
            {i: term.columns(c) for i, term in enumerate(self.terms) if c.looks >= term.looks}
            for c in self.clusters
        ]
        for i, j in combinations_with_replacement(range(len(self.terms)), 2):
            place = next(k for k, known in enumerate(columns) if i in known and j in known)
            times = 1.0 if i == j else 2.0
            found[place] += times * padded[columns[place][i], columns[place][j]]
        return found

    def excluding(self, graphs: Sequence[dict[Edge, int]]) -> Iterator[tuple[list[Any], int]]:
        """J3: indicators and how many of them can be 1 in all graphs but the given ones.

        For every cluster that, with another one, holds all edges, and every choice ``x`` of its
        states that some of the graphs have: ``x``, and what these graphs have elsewhere. Each of
        the graphs is excluded by every such cluster; nothing is if there is none.

        Args:
            graphs: the state of every edge.
        """
        every = list(graphs[0]) if graphs else []
        for cluster in self.clusters:
            known = set(cluster.labelled)
            rest = [edge for edge in every if edge not in known]
            looks = looks_at(rest, labels=True)
            other = next((c for c in self.clusters if c.looks >= looks), None)
            if other is None:
                continue
            together: dict[tuple[int, ...], set[tuple[int, ...]]] = defaultdict(set)
            for graph in graphs:
                together[cluster.state_of(graph)].add(tuple(graph[edge] for edge in rest))
            elsewhere = list(map(tuple, other.of(rest, looks).tolist()))
            here = {state: i for i, state in enumerate(map(tuple, cluster.states.tolist()))}
            for mine, theirs in together.items():
                if mine in here:
                    pairs = zip(elsewhere, other.one_hot, strict=True) if rest else ()
                    apart = [z for state, z in pairs if state in theirs]
                    yield [cluster.one_hot[here[mine]], *apart], 1 if rest else 0
