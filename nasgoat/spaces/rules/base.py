"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph

Flags = NDArray[np.bool_]


def check(right: bool, rule: object, asked: str) -> None:
    """Refuse a rule that makes no sense.

    Raises:
        ValueError: it is not ``right``.
    """
    if not right:
        msg = f"{rule!r} makes no sense: {asked}"
        raise ValueError(msg)


class Rule(ABC):
    """One condition that every graph of a space meets.

    A rule is *relabelling-invariant* if renumbering the interior nodes along another topological
    order never changes its answer. Symmetry rows are legal only where every rule is.
    """

    relabelling_invariant: ClassVar[bool] = True
    structural: ClassVar[bool] = True  # looks at edges and sizes only, not at labels

    @abstractmethod
    def holds(self, batch: GraphBatch) -> Flags:
        """Which graphs meet the rule; ``(N,)``."""

    @abstractmethod
    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        """What is wrong with a graph that breaks the rule, and what the rule asks for.

        Args:
            graph: a graph for which ``holds`` is false.
            names: the label names of the space (of its nodes if they are labelled, else its edges).
        """

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        """False only where no further nodes can make a graph of ``n`` nodes that meets the rule.

        Args:
            prefixes: subgraphs on the first ``k <= n`` nodes; all edges among those are final.
            n: number of nodes of the finished graph.
            ordered: edges go from lower to higher indices only, so that no later node can become a
                predecessor of one in the prefix.
        """
        del n, ordered
        return np.ones(len(prefixes), dtype=np.bool_)

    def edge_allowed(self, tail: int, head: int, n: int) -> bool:
        """False where the rule alone forbids the edge in every graph of ``n`` nodes."""
        del tail, head, n
        return True

    def label_allowed(self, node: int, n: int, label: int) -> bool:
        """False where the rule alone forbids ``label`` on ``node`` of a graph of ``n`` nodes."""
        del node, n, label
        return True

    def unfit(self, names: Sequence[str]) -> str | None:
        """Why the rule makes no sense with these label names; None if it does."""
        del names
        return None

    def violation(self, graph: LabeledGraph, names: Sequence[str]) -> str | None:
        """The ``sentence`` if the graph breaks the rule, else None."""
        return None if self.holds(GraphBatch.of([graph]))[0] else self.sentence(graph, names)
