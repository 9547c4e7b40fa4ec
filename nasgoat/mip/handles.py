"""What every graph encoding returns, and all that rules, features and objectives see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any, Literal

from nasgoat.mip.joint import JointLabels

Term = Any  # a Pyomo variable or linear expression, or a plain number where the value is known
Pair = tuple[int, int]
Products = Literal["marginals", "paper"]  # docs/math.md: 6.2, 2.4


class OrZero(dict[Any, Term]):
    """Terms by index; those that are not there are known to be 0."""

    def __missing__(self, index: Any) -> Term:
        return 0.0


@dataclass(frozen=True, slots=True)
class PathHandles:
    """A graph as variables.

    All mappings hold plain numbers where the encoding knows the value beforehand.
    """

    n: int  # largest node count
    n_least: int  # least node count; == n for a fixed size
    ordered: bool  # edges go from lower to higher indices only
    exists: Mapping[int, Term]  # exists[v] = 1 iff node v is part of the graph
    edge: Mapping[Pair, Term]  # edge[u, v] = 1 iff u -> v, u != v
    reach: Mapping[Pair, Term]  # reach[u, v] = 1 iff there is a path u -> v, u != v
    at_distance: OrZero  # at_distance[u, v, s] = 1 iff d(u, v) = s, u != v, 1 <= s < n
    label: Mapping[Pair, Term]  # label[v, a] = 1 iff node v has label a
    edge_label: Mapping[tuple[int, int, int], Term]  # [u, v, a] = 1 iff edge u -> v has label a
    products: Products = "marginals"  # how products of indicators are to be written
    joint: JointLabels | None = None  # joint choices of edge labels, where they have been written
    pairs_at: Mapping[int, int] = field(default_factory=dict)  # [s] = pairs at that distance, known

    @property
    def pairs(self) -> Iterator[Pair]:
        """Node pairs between which an edge is possible."""
        return combinations(range(self.n), 2) if self.ordered else permutations(range(self.n), 2)

    @property
    def undirected(self) -> bool:
        """Whether an edge is one variable in both directions, so that all distances are, too."""
        return not self.ordered and all(self.edge[u, v] is self.edge[v, u] for u, v in self.pairs)

    @property
    def distinct_pairs(self) -> Iterator[Pair]:
        """``pairs``, of which one direction where the other says the same."""
        return combinations(range(self.n), 2) if self.undirected else self.pairs
