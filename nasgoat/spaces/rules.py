"""Rules that a search space imposes on its graphs; their MIP rows are in ``nasgoat.mip.rules``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch, LabeledGraph, reachability

Flags = NDArray[np.bool_]
LabelsOf = Literal["nodes", "edges"]


def _check(right: bool, rule: object, asked: str) -> None:
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


@dataclass(frozen=True, slots=True)
class TopologicalOrder(Rule):
    """Acyclic, and indexed so that every edge goes from a lower to a higher index."""

    def holds(self, batch: GraphBatch) -> Flags:
        return ~(batch.adjacency & ~_upper(batch.n)).any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        back = next((u, v) for u, v in graph.edges if u > v)
        return f"edge {back[0]} -> {back[1]} goes against the index order; renumber the nodes"


@dataclass(frozen=True, slots=True)
class Acyclic(Rule):
    """No directed cycle; any numbering."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        both_ways = reach & reach.transpose(0, 2, 1) & ~np.eye(batch.n, dtype=np.bool_)
        return ~both_ways.any(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        u, v = next((u, v) for u, v in graph.edges if reach[v, u])
        return f"edge {u} -> {v} closes a cycle; the space allows none"


@dataclass(frozen=True, slots=True)
class SingleSource(Rule):
    """Node 0, and no other node, is without predecessor."""

    def holds(self, batch: GraphBatch) -> Flags:
        has_predecessor = batch.adjacency.any(axis=1) | ~batch.exists
        return ~has_predecessor[:, 0] & has_predecessor[:, 1:].all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n
        return self.holds(prefixes) if ordered else np.ones(len(prefixes), dtype=np.bool_)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        sources = np.flatnonzero(~graph.adjacency.any(axis=0)).tolist()
        return f"the nodes without predecessor are {sources}; it must be node 0 alone"


@dataclass(frozen=True, slots=True)
class SingleSink(Rule):
    """The last node, and no other node, is without successor."""

    def holds(self, batch: GraphBatch) -> Flags:
        has_successor = batch.adjacency.any(axis=2)
        last = np.arange(batch.n) == batch.sizes[:, None] - 1
        return (has_successor == (batch.exists & ~last)).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        sinks = np.flatnonzero(~graph.adjacency.any(axis=1)).tolist()
        return f"the nodes without successor are {sinks}; it must be node {graph.n - 1} alone"


@dataclass(frozen=True, slots=True)
class OnPath(Rule):
    """Every node lies on a path from node 0 to the last node (conditions 1b, 1c)."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        to_sink = reach[np.arange(len(batch)), :, batch.sizes - 1]
        return ((reach[:, 0] & to_sink) | ~batch.exists).all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        return SingleSource().may_extend(prefixes, n, ordered=ordered)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        off = np.flatnonzero(~(reach[0] & reach[:, -1])).tolist()
        return f"nodes {off} lie on no path from node 0 to node {graph.n - 1}; connect or drop them"


@dataclass(frozen=True, slots=True)
class SourceReachesSink(Rule):
    """There is a path from node 0 to the last node."""

    def holds(self, batch: GraphBatch) -> Flags:
        reach = reachability(batch.adjacency)
        return reach[np.arange(len(batch)), 0, batch.sizes - 1]

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        return f"no path leads from node 0 to node {graph.n - 1}"


@dataclass(frozen=True, slots=True)
class StronglyConnected(Rule):
    """Every node reaches every other node."""

    def holds(self, batch: GraphBatch) -> Flags:
        both = batch.exists[:, :, None] & batch.exists[:, None, :]
        return (reachability(batch.adjacency) | ~both).all(axis=(1, 2))

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        reach = reachability(graph.adjacency[None])[0]
        u, v = np.argwhere(~reach)[0].tolist()
        return f"node {v} cannot be reached from node {u}; every node must reach every other"


@dataclass(frozen=True, slots=True)
class Undirected(Rule):
    """Every edge is there in both directions (a symmetric adjacency matrix)."""

    def holds(self, batch: GraphBatch) -> Flags:
        return (batch.adjacency == batch.adjacency.transpose(0, 2, 1)).all(axis=(1, 2))

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        u, v = next((u, v) for u, v in graph.edges if (v, u) not in graph.edges)
        return f"edge {u} -> {v} is there without {v} -> {u}; the space is undirected"


@dataclass(frozen=True, slots=True)
class MaxEdges(Rule):
    """At most ``at_most`` edges (condition 1e)."""

    at_most: int

    def __post_init__(self) -> None:
        _check(self.at_most >= 0, self, "a number of edges is at least 0")

    def holds(self, batch: GraphBatch) -> Flags:
        return batch.adjacency.sum(axis=(1, 2)) <= self.at_most

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        del n, ordered
        return self.holds(prefixes)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        return f"graph has {len(graph.edges)} edges, the space allows {self.at_most}; drop some"


@dataclass(frozen=True, slots=True)
class InDegree(Rule):
    """Every interior node (not 0, not the last) has ``at_least`` to ``at_most`` predecessors.

    ``InDegree.exactly(d)`` and ``InDegree(at_most=d)`` are the usual forms.
    """

    at_most: int
    at_least: int = 0

    def __post_init__(self) -> None:
        _check(self.at_least >= 0, self, "an in-degree is at least 0")

    @classmethod
    def exactly(cls, d: int) -> InDegree:
        """In-degree ``d``, no more and no less."""
        return cls(d, d)

    def holds(self, batch: GraphBatch) -> Flags:
        degree = batch.adjacency.sum(axis=1)
        nodes = np.arange(batch.n)
        interior = (nodes > 0) & (nodes < batch.sizes[:, None] - 1)
        fits = (degree >= self.at_least) & (degree <= self.at_most)
        return (fits | ~interior).all(axis=1)

    def may_extend(self, prefixes: GraphBatch, n: int, *, ordered: bool) -> Flags:
        degree = prefixes.adjacency.sum(axis=1)[:, 1 : n - 1]
        enough = (degree >= self.at_least) | (not ordered)
        return (enough & (degree <= self.at_most)).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        degree = graph.adjacency.sum(axis=0)
        v = next(v for v in range(1, graph.n) if not self.at_least <= degree[v] <= self.at_most)
        asked = (
            f"exactly {self.at_most}"
            if self.at_least == self.at_most
            else f"{self.at_least} to {self.at_most}"
        )
        return f"node {v} has {degree[v]} predecessors, interior nodes have {asked}"


@dataclass(frozen=True, slots=True)
class LeavesFeedSink(Rule):
    """A node feeds the last node iff it has no other successor: it collects leaves."""

    def holds(self, batch: GraphBatch) -> Flags:
        rows = np.arange(len(batch))
        feeds = batch.adjacency[rows, :, batch.sizes - 1]
        leaf = batch.adjacency.sum(axis=2) - feeds == 0
        last = np.arange(batch.n) == batch.sizes[:, None] - 1
        return ((feeds == leaf) | last | ~batch.exists).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del names
        sink = graph.n - 1
        inner = {u for u, v in graph.edges if v != sink}
        feeding = {u for u, v in graph.edges if v == sink}
        wrong = sorted(v for v in range(sink) if (v in inner) == (v in feeding))
        return f"nodes {wrong}: a node feeds node {sink} iff it has no other successor"


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
        _check(self.label >= 0 and self.at_most >= 0, self, "label and count are at least 0")
        _check(self.of in ("nodes", "edges"), self, "`of` is 'nodes' or 'edges'")

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
        _check(bool(np.isfinite(numbers).all()), self, "weights and limit are finite numbers")
        _check(self.of in ("nodes", "edges"), self, "`of` is 'nodes' or 'edges'")

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


@dataclass(frozen=True, slots=True)
class SkipNormalForm(Rule):
    """Trees with skip nodes only where they cannot be dropped (NAS-Bench-Graph's normal form).

    In a tree, every interior node has one predecessor and the leaves feed the last node. Each skip
    node is either an only child whose ancestors are all skip, or childless, with a sibling, and not
    all of its ancestors are skip. Node 0 is the root and counts as no ancestor; the last node is no
    child.
    """

    skip: int
    structural: ClassVar[bool] = False
    TREE: ClassVar[Rule] = InDegree.exactly(1)
    LEAVES: ClassVar[Rule] = LeavesFeedSink()

    def holds(self, batch: GraphBatch) -> Flags:
        is_tree = self.TREE.holds(batch) & self.LEAVES.holds(batch)
        is_skip = batch.node_labels == self.skip
        rows = np.arange(len(batch))
        tree = batch.adjacency.copy()
        tree[rows, :, batch.sizes - 1] = False
        reach = reachability(tree) & ~np.eye(batch.n, dtype=np.bool_)
        reach[:, 0] = False  # the root is no ancestor
        all_skip_above = ~(reach & ~is_skip[:, :, None]).any(axis=1)
        children = tree.sum(axis=2)
        siblings = (tree * children[:, :, None]).sum(axis=1) - 1
        head = (siblings == 0) & all_skip_above
        tail = (children == 0) & (siblings > 0) & ~all_skip_above
        return is_tree & (~is_skip | head | tail).all(axis=1)

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        for rule in (self.TREE, self.LEAVES):
            if not rule.holds(GraphBatch.of([graph]))[0]:
                return rule.sentence(graph, names)
        name = names[self.skip]
        return (
            f"a {name!r} node could be dropped without changing the network; allowed are {name!r} "
            "nodes that are only children below nothing else, or leaves beside a sibling"
        )


def _unknown_label(label: int, names: Sequence[str]) -> str | None:
    if not names or label < len(names):
        return None
    return f"there is no label {label} among the {len(names)} labels {tuple(names)}"


def _upper(n: int) -> NDArray[np.bool_]:
    return np.triu(np.ones((n, n), dtype=np.bool_), 1)


def _label_counts(batch: GraphBatch, of: LabelsOf, label: int) -> NDArray[np.int64]:
    labels = batch.node_labels if of == "nodes" else batch.edge_labels
    counts: NDArray[np.int64] = (labels == label).sum(axis=tuple(range(1, labels.ndim)))
    return counts
