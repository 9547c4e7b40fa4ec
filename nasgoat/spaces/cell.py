"""Search spaces given by node counts, label alphabets and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import listing as lists
from nasgoat.spaces.base import required
from nasgoat.spaces.identity import Identity, Indexed, UpToIsomorphism, keys
from nasgoat.spaces.moves import ChangeLabel, FlipEdge, Move
from nasgoat.spaces.rules import Rule, TopologicalOrder


@dataclass(frozen=True, slots=True)
class CellSpace:
    """All graphs with given node counts and labels that meet every rule.

    Args:
        name: appears in errors, journals and reports.
        sizes: the allowed node counts, ascending.
        node_alphabet: names of the node labels, () if nodes carry none.
        edge_alphabet: names of the edge labels, () if edges carry none.
        rules: conditions on every graph.
        identity: which indexed graphs are the same architecture.
        moves: the edits that lead to neighbors.

    Raises:
        ValueError: no node count, one below 1, both alphabets filled, or a rule about labels that
            the space does not have.
    """

    name: str
    sizes: tuple[int, ...]
    node_alphabet: tuple[str, ...] = ()
    edge_alphabet: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = (TopologicalOrder(),)
    identity: Identity = UpToIsomorphism()
    moves: tuple[Move, ...] = (ChangeLabel(), FlipEdge())

    def __post_init__(self) -> None:
        sizes = tuple(sorted({int(n) for n in self.sizes}))
        if not sizes or sizes[0] < 1:
            msg = f"space {self.name!r} needs node counts of at least 1, got {tuple(self.sizes)}"
            raise ValueError(msg)
        if self.node_alphabet and self.edge_alphabet:
            msg = f"space {self.name!r} labels both nodes and edges; label one of them"
            raise ValueError(msg)
        for rule in self.rules:
            if (reason := rule.unfit(self.label_names)) is not None:
                msg = f"the rule {rule!r} does not fit space {self.name!r}: {reason}"
                raise ValueError(msg)
        object.__setattr__(self, "sizes", sizes)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The alphabet in use, of nodes or of edges."""
        return self.node_alphabet or self.edge_alphabet

    @property
    def is_topological(self) -> bool:
        """Whether every edge goes from a lower to a higher index."""
        return any(isinstance(rule, TopologicalOrder) for rule in self.rules)

    @property
    def relabelling_invariant(self) -> bool:
        """Whether every rule is (see ``Rule``)."""
        return all(rule.relabelling_invariant for rule in self.rules)

    def with_rules(self, *rules: Rule, name: str | None = None) -> Self:
        """Return a narrower space."""
        return replace(self, rules=self.rules + rules, name=name or self.name)

    def of_size(self, n: int) -> Self:
        """Return the part of the space with ``n`` nodes.

        Raises:
            ValueError: the space has no graphs of that size.
        """
        if n not in self.sizes:
            msg = f"space {self.name!r} has node counts {self.sizes}, not {n}"
            raise ValueError(msg)
        return replace(self, sizes=(n,))

    def key(self, graph: LabeledGraph) -> str:
        return self.keys(GraphBatch.of([graph]))[0]

    def keys(self, batch: GraphBatch) -> list[str]:
        return keys(self.identity, batch)

    def violations(self, graph: LabeledGraph) -> list[str]:
        shape = list(self._shape_violations(graph))
        if shape:
            return shape  # the rules may not even apply
        found = (rule.violation(graph, self.label_names) for rule in self.rules)
        return [sentence for sentence in found if sentence is not None]

    def contains(self, graph: LabeledGraph) -> bool:
        return not self.violations(graph)

    def require(self, graph: LabeledGraph) -> LabeledGraph:
        """Return a member as it is.

        Raises:
            OutsideSpaceError: the graph breaks a rule; the message says which.
        """
        return required(graph, self.name, self.violations(graph))

    def members(self, batch: GraphBatch) -> GraphBatch:
        """The graphs that meet every rule (labels and sizes taken as right)."""
        meets = np.ones(len(batch), dtype=np.bool_)
        for rule in self.rules:
            meets &= rule.holds(batch)
        return batch.take(meets)

    def sample(self, rng: np.random.Generator) -> LabeledGraph:
        """Draw an indexed graph uniformly.

        Where the graphs of a size have too many edge sets to list, they are grown node by node
        instead: every member can come out, not all equally likely.

        Raises:
            EmptySpaceError: no graph was found in a million attempts.
        """
        return lists.sample(self, rng)

    def samples(self, count: int, rng: np.random.Generator) -> GraphBatch:
        """Draw graphs as ``sample`` does; errors as there."""
        return lists.samples(self, count, rng)

    def neighbors(self, graph: LabeledGraph) -> list[LabeledGraph]:
        self.require(graph)
        candidates = dict.fromkeys(
            candidate for move in self.moves for candidate in move.candidates(graph, self)
        )
        if not candidates:
            return []
        edited = GraphBatch.of(candidates)
        # an edit may need another numbering; rules may look at the one it has
        batch = GraphBatch.concatenate([edited, self.identity.representatives(edited)])
        batch = self.members(batch)
        by_key = dict(zip(self.keys(batch), batch, strict=True))
        by_key.pop(self.key(graph), None)
        return list(by_key.values())

    def mutate(self, graph: LabeledGraph, rng: np.random.Generator) -> LabeledGraph:
        neighbors = self.neighbors(graph)
        return neighbors[rng.integers(len(neighbors))] if neighbors else graph

    def enumerate(self) -> Iterator[LabeledGraph]:
        """One member per architecture, always in the same order.

        Raises:
            NotListableError: the space has more than ``listing.MAX_POINTS`` indexed graphs.
        """
        return iter(self.listing())

    def listing(self) -> GraphBatch:
        return lists.listing(self)

    def is_listable(self) -> bool:
        return lists.is_listable(self)

    def size(self) -> int:
        """Number of architectures.

        Raises:
            NotListableError: they can neither be counted by their edge sets nor listed.
        """
        counted = isinstance(self.identity, Indexed) and all(rule.structural for rule in self.rules)
        return lists.count_points(self) if counted else len(self.listing())

    def describe(self) -> dict[str, Any]:
        """What the space is, for journals: a run is resumed only on an equal space."""
        return {
            "name": self.name,
            "sizes": list(self.sizes),
            "node_labels": list(self.node_alphabet),
            "edge_labels": list(self.edge_alphabet),
            "rules": [repr(rule) for rule in self.rules],
            "identity": repr(self.identity),
            "moves": [repr(move) for move in self.moves],
        }

    def _shape_violations(self, graph: LabeledGraph) -> Iterator[str]:
        if graph.n not in self.sizes:
            allowed = ", ".join(map(str, self.sizes))
            yield f"graph has {graph.n} nodes, {self.name} allows {allowed}"
        yield from _label_violations("node", graph.node_labels, self.node_alphabet)
        if graph.edges:
            yield from _label_violations("edge", graph.edge_labels, self.edge_alphabet)


def _label_violations(
    what: str, labels: tuple[int, ...] | None, alphabet: tuple[str, ...]
) -> Iterator[str]:
    if labels is None:
        if alphabet:
            yield f"the {what}s carry no labels; label them with indices into {alphabet}"
        return
    if not alphabet:
        yield f"the {what}s carry labels, the space has none on {what}s"
        return
    wrong = sorted({label for label in labels if label >= len(alphabet)})
    if wrong:
        yield f"{what} labels {wrong} are out of range; there are {len(alphabet)}: {alphabet}"
