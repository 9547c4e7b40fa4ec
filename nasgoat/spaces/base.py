"""What every search space offers to samplers, optimisers, tables and journals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph


class SearchSpace(Protocol):
    """A set of labelled graphs, and which of them are the same architecture."""

    @property
    def name(self) -> str:
        """A short name that appears in errors, journals and reports."""

    def key(self, graph: LabeledGraph) -> str:
        """The identity of an architecture: two graphs share it iff the space sees no difference."""

    def keys(self, batch: GraphBatch) -> list[str]:
        """The ``key`` of every graph."""

    def violations(self, graph: LabeledGraph) -> list[str]:
        """One sentence per rule that the graph breaks; empty for a member."""

    def contains(self, graph: LabeledGraph) -> bool:
        """Whether the graph breaks no rule."""

    def sample(self, rng: np.random.Generator) -> LabeledGraph:
        """Draw a member."""

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
