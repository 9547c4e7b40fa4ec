"""Rules about labels: where they may stand, how many, at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.rules.base import Flags, Rule, check

LabelsOf = Literal["nodes", "edges"]


@dataclass(frozen=True, slots=True)
class FixedLabel(Rule):
    """Node ``node`` carries ``label``; if ``only_there``, no other node does (conditions 1b, 1c).

    A negative ``node`` counts from the last node.
    """

    node: int
    label: int
    only_there: bool = False
    structural: ClassVar[bool] = False

    @property
    def relabelling_invariant(self) -> bool:  # type: ignore[override]
        """Renumbering keeps the terminals in place, and them alone."""
        return self.node in (0, -1)

    def unfit(self, names: Sequence[str]) -> str | None:
        return _unknown_label(self.label, names)

    def node_in(self, n: int) -> int | None:
        """The index of the node in a graph of ``n`` nodes, None if it has no such node."""
        index = self.node if self.node >= 0 else n + self.node
        return index if 0 <= index < n else None

    def label_allowed(self, node: int, n: int, label: int) -> bool:
        if node == self.node_in(n):
            return label == self.label
        return not (self.only_there and label == self.label)

    def holds(self, batch: GraphBatch) -> Flags:
        index = np.full(len(batch), self.node) if self.node >= 0 else batch.sizes + self.node
        there = (np.arange(batch.n) == index[:, None]) & batch.exists
        carries = batch.node_labels == self.label
        if self.only_there:
            return (carries == there).all(axis=1)
        return (carries & there).any(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        node = self.node_in(graph.n)
        labels = graph.node_labels or ()
        name = names[self.label]
        if node is None:
            return f"there is no node {self.node} to carry the label {name!r}"
        if labels and labels[node] != self.label:
            return f"node {node} is labelled {names[labels[node]]!r}, it must be {name!r}"
        others = [v for v, label in enumerate(labels) if label == self.label and v != node]
        return f"nodes {others} are labelled {name!r}, which is for node {node} alone"


@dataclass(frozen=True, slots=True)
class MaxLabelCount(Rule):
    """At most ``at_most`` nodes (or edges) carry ``label``."""

    label: int
    at_most: int
    of: LabelsOf = "nodes"
    structural: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check(self.label >= 0 and self.at_most >= 0, self, "label and count are at least 0")
        check(self.of in ("nodes", "edges"), self, "`of` is 'nodes' or 'edges'")

    def unfit(self, names: Sequence[str]) -> str | None:
        return _unknown_label(self.label, names)

    def holds(self, batch: GraphBatch) -> Flags:
        return _label_counts(batch, self.of, self.label) <= self.at_most

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        count = _label_counts(GraphBatch.of([graph]), self.of, self.label)[0]
        name = names[self.label]
        return f"label {name!r} is on {count} {self.of}, the space allows {self.at_most}"


@dataclass(frozen=True, slots=True)
class LabelBudget(Rule):
    """A linear resource limit: ``sum of weights[label] over nodes (or edges) <= limit``.

    Weights and limit are in the same unit, e.g. millions of parameters.
    """

    weights: tuple[float, ...]  # one per label of the alphabet
    limit: float
    of: LabelsOf = "nodes"
    resource: str = "resource"
    structural: ClassVar[bool] = False
    SLACK: ClassVar[float] = 1e-9  # relative; sums of weights in another order still count as equal

    def __post_init__(self) -> None:
        numbers = np.array([*self.weights, self.limit], dtype=float)
        check(bool(np.isfinite(numbers).all()), self, "weights and limit are finite numbers")
        check(self.of in ("nodes", "edges"), self, "`of` is 'nodes' or 'edges'")

    def unfit(self, names: Sequence[str]) -> str | None:
        if len(self.weights) == len(names):
            return None
        return f"it has {len(self.weights)} weights for {len(names)} labels"

    def used(self, batch: GraphBatch) -> NDArray[np.float64]:
        """The left-hand side; ``(N,)``, in the unit of the weights."""
        counts = [_label_counts(batch, self.of, label) for label in range(len(self.weights))]
        total: NDArray[np.float64] = np.stack(counts, axis=1) @ np.asarray(self.weights, float)
        return total

    def holds(self, batch: GraphBatch) -> Flags:
        return self.used(batch) <= self.limit + self.SLACK * abs(self.limit)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        used = self.used(GraphBatch.of([graph]))[0]
        return f"graph uses {used:g} of {self.resource}, the limit is {self.limit:g}"


def _unknown_label(label: int, names: Sequence[str]) -> str | None:
    if not names or label < len(names):
        return None
    return f"there is no label {label} among the {len(names)} labels {tuple(names)}"


def _label_counts(batch: GraphBatch, of: LabelsOf, label: int) -> NDArray[np.int64]:
    labels = batch.node_labels if of == "nodes" else batch.edge_labels
    counts: NDArray[np.int64] = (labels == label).sum(axis=tuple(range(1, labels.ndim)))
    return counts
