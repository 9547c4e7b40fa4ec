"""Rules of trees whose leaves feed the last node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph, reachability
from nasgoat.spaces.rules.base import Flags, Rule
from nasgoat.spaces.rules.structure import InDegree


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
