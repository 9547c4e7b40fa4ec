"""Initial designs and fresh random graphs, common to all search methods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.spaces import SearchSpace

PATIENCE = 200  # draws in a row that hit known graphs before a listable space is listed
LAST_RESORT = 20_000  # the same, before a space that cannot be listed counts as exhausted


@dataclass(frozen=True, slots=True)
class Design:
    """Random distinct graphs that a search evaluates before anything else.

    Drawn one after the other from the generator of ``start``, so that different methods with the
    same seed begin with the same graphs, whatever their batch sizes are (paired designs).

    Args:
        space: where to search.
        graphs: in the order of evaluation.
        skipped: keys of graphs without a value, now and ever, since their evaluation failed.
    """

    space: SearchSpace
    graphs: tuple[LabeledGraph, ...]
    skipped: frozenset[str] = frozenset()

    @classmethod
    def draw(cls, space: SearchSpace, count: int, rng: np.random.Generator) -> Design:
        """Draw ``count`` graphs, or all there are if they are fewer."""
        graphs: dict[str, LabeledGraph] = {}
        try:
            while len(graphs) < count:
                graph = fresh_sample(space, graphs, rng)
                graphs[space.key(graph)] = graph
        except NothingLeftError:
            pass
        return cls(space, tuple(graphs.values()))

    def without(self, skipped: Sequence[LabeledGraph]) -> Design:
        """The same design where so many graphs have failed."""
        if not skipped and not self.skipped:
            return self
        return replace(self, skipped=frozenset(self.space.keys(GraphBatch.of(skipped))))

    def awaited(self, pending: Sequence[LabeledGraph]) -> list[LabeledGraph]:
        """Those of the pending graphs that were not skipped."""
        if not self.skipped:
            return list(pending)
        keys = self.space.keys(GraphBatch.of(pending))
        return [graph for key, graph in zip(keys, pending, strict=True) if key not in self.skipped]

    def unseen(self, seen: Collection[str]) -> list[Proposal]:
        """The part of the design that is yet to be proposed, given the keys of all known graphs."""
        keys = self.space.keys(GraphBatch.of(self.graphs))
        pairs = zip(keys, self.graphs, strict=True)
        return [Proposal(graph, "initial") for key, graph in pairs if key not in seen]


def known_keys(
    space: SearchSpace, observations: Sequence[Observation], pending: Sequence[LabeledGraph]
) -> set[str]:
    """Keys of all graphs that are observed or pending."""
    graphs = [observation.graph for observation in observations]
    return set(space.keys(GraphBatch.of([*graphs, *pending])))


def fresh_sample(
    space: SearchSpace, seen: Collection[str], rng: np.random.Generator
) -> LabeledGraph:
    """Draw a graph that is not known yet, as uniformly as the space's ``sample`` does.

    Args:
        space: where to draw.
        seen: keys of the known graphs.
        rng: source of chance.

    Raises:
        NothingLeftError: every graph of the space is known.
    """
    listable = space.is_listable()
    for _ in range(PATIENCE if listable else LAST_RESORT):
        graph = space.sample(rng)
        if space.key(graph) not in seen:
            return graph
    if not listable:
        msg = f"{LAST_RESORT} draws in a row from space {space.name!r} are known graphs"
        raise NothingLeftError(msg)
    listing = space.listing()
    left = [i for i, key in enumerate(space.keys(listing)) if key not in seen]
    if not left:
        msg = f"all {len(listing)} graphs of space {space.name!r} are observed or pending"
        raise NothingLeftError(msg)
    return listing[left[rng.integers(len(left))]]


def fresh_proposals(
    space: SearchSpace, seen: Collection[str], k: int, rng: np.random.Generator, origin: str
) -> list[Proposal]:
    """Draw ``k`` distinct graphs that are not known yet, or all there are if they are fewer.

    Raises:
        NothingLeftError: every graph of the space is known.
    """
    known = set(seen)
    proposals: list[Proposal] = []
    for _ in range(k):
        try:
            graph = fresh_sample(space, known, rng)
        except NothingLeftError:
            if not proposals:
                raise
            break
        known.add(space.key(graph))
        proposals.append(Proposal(graph, origin))
    return proposals


def check_initial(initial: int) -> None:
    """Refuse an initial design without graphs.

    Raises:
        ValueError: it has none.
    """
    if initial < 1:
        msg = f"an initial design has at least 1 graph, got {initial}"
        raise ValueError(msg)
