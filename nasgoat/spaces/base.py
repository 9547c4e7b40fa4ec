"""What every search space offers to samplers, optimisers, tables and journals."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Protocol, Self

import numpy as np

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.identity import Identity
from nasgoat.spaces.rules import Rule


class SearchSpace(Hashable, Protocol):
    """A set of labelled graphs, and which of them are the same architecture.

    ``CellSpace`` is all graphs that meet rules, ``TableSpace`` the rows of a table. Only the former
    can be written as a MIP.
    """

    @property
    def name(self) -> str:
        """A short name that appears in errors, journals and reports."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The node counts, ascending."""

    @property
    def node_alphabet(self) -> tuple[str, ...]:
        """Names of the node labels, () if nodes carry none."""

    @property
    def edge_alphabet(self) -> tuple[str, ...]:
        """Names of the edge labels, () if edges carry none."""

    @property
    def label_names(self) -> tuple[str, ...]:
        """The alphabet in use, of nodes or of edges."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Conditions that every member meets; others may meet them too."""

    @property
    def is_topological(self) -> bool:
        """Whether every edge goes from a lower to a higher index."""

    @property
    def identity(self) -> Identity:
        """Which indexed graphs are the same architecture."""

    def with_rules(self, *rules: Rule, name: str | None = None) -> Self:
        """The members that meet further rules."""

    def of_size(self, n: int) -> Self:
        """The members with ``n`` nodes."""

    def key(self, graph: LabeledGraph) -> str:
        """The identity of an architecture: two graphs share it iff the space sees no difference."""

    def keys(self, batch: GraphBatch) -> list[str]:
        """The ``key`` of every graph."""

    def violations(self, graph: LabeledGraph) -> list[str]:
        """One sentence per rule that the graph breaks; empty for a member."""

    def contains(self, graph: LabeledGraph) -> bool:
        """Whether the graph breaks no rule."""

    def require(self, graph: LabeledGraph) -> LabeledGraph:
        """Return a member as it is, raise ``OutsideSpaceError`` on any other graph."""

    def members(self, batch: GraphBatch) -> GraphBatch:
        """Those graphs that are members (labels and sizes taken as right)."""

    def sample(self, rng: np.random.Generator) -> LabeledGraph:
        """Draw a member."""

    def samples(self, count: int, rng: np.random.Generator) -> GraphBatch:
        """Draw ``count`` members, repeats allowed; much quicker than one by one."""

    def neighbors(self, graph: LabeledGraph) -> list[LabeledGraph]:
        """Distinct members one edit away, never the graph itself."""

    def mutate(self, graph: LabeledGraph, rng: np.random.Generator) -> LabeledGraph:
        """Draw one of the neighbors; the graph itself if it has none."""

    def enumerate(self) -> Iterator[LabeledGraph]:
        """One member per architecture, always in the same order."""

    def listing(self) -> GraphBatch:
        """The members that ``enumerate`` yields, as arrays."""

    def is_listable(self) -> bool:
        """Whether ``listing`` would return rather than raise ``NotListableError``."""

    def size(self) -> int:
        """Number of architectures."""

    def describe(self) -> dict[str, Any]:
        """What the space is, for journals: a run is resumed only on an equal space."""


def required(graph: LabeledGraph, name: str, broken: list[str]) -> LabeledGraph:
    """Return a graph as it is, unless it breaks rules of the space of that name.

    Raises:
        OutsideSpaceError: it does; the message has a sentence per rule.
    """
    if broken:
        msg = f"graph is outside {name}: {'; '.join(broken)}"
        raise OutsideSpaceError(msg)
    return graph
