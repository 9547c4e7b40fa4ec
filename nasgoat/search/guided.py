"""What methods share that fit a model to all observations and value candidates by it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize import drawn_pool, mutants
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, fresh_proposals, known_keys
from nasgoat.spaces import SearchSpace

Floats = NDArray[np.float64]
Values = Callable[[Sequence[LabeledGraph]], Floats]

PARENTS = 10  # best observed graphs that are mutated, as in NAS-BOWL
GENERATIONS, BROOD = 5, 40  # an evolution values 200 graphs, as many as a pool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when graphs are to be chosen.

    Args:
        space: where to search.
        observations: at least one.
        taken: keys of all graphs that are observed or pending.
    """

    space: SearchSpace
    observations: Sequence[Observation]
    taken: Collection[str]

    @property
    def graphs(self) -> list[LabeledGraph]:
        """The observed graphs."""
        return [one.graph for one in self.observations]

    @property
    def values(self) -> list[float]:
        """The observed values."""
        return [one.value for one in self.observations]

    @property
    def best(self) -> list[LabeledGraph]:
        """Up to ``PARENTS`` observed graphs of least value, each once, best first."""
        ranked = sorted(self.observations, key=lambda one: one.value)
        return list(dict.fromkeys(one.graph for one in ranked))[:PARENTS]

    def pool(self, size: int, share: float, rng: np.random.Generator) -> list[LabeledGraph]:
        """New graphs, a share of them neighbors of the best; errors as in ``drawn_pool``."""
        parents = self.best if share > 0 else ()
        return list(drawn_pool(self.space, parents, self.taken, size, rng, share).values())

    def evolved(self, values: Values, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
        """The ``k`` graphs of greatest value found by generations of mutants, best first.

        The parents of the first generation are the best observed graphs, those of the others the
        best mutants so far. Random graphs are added where mutants are fewer than ``k``.
        """
        found: dict[str, tuple[float, LabeledGraph]] = {}
        parents = self.best
        for _ in range(GENERATIONS):
            brood = dict(mutants(self.space, parents, {*self.taken, *found}, BROOD, rng))
            if not brood:
                break
            worth = values(list(brood.values())).tolist()
            for (key, graph), value in zip(brood.items(), worth, strict=True):
                found[key] = (value, graph)
            ranked = sorted(found.values(), key=lambda pair: -pair[0])
            parents = [graph for _, graph in ranked[:PARENTS]]
        ranked = sorted(found.values(), key=lambda pair: -pair[0])
        chosen = [graph for _, graph in ranked[:k]]
        if len(chosen) < k:
            chosen += self._fill(k - len(chosen), {*self.taken, *found}, rng, some=bool(chosen))
        return chosen

    def _fill(
        self, count: int, taken: Collection[str], rng: np.random.Generator, *, some: bool
    ) -> list[LabeledGraph]:
        """Random graphs, none where nothing is left and some graphs were found already."""
        try:
            proposals = fresh_proposals(self.space, taken, count, rng, "random")
        except NothingLeftError:
            if not some:
                raise
            return []
        return [proposal.graph for proposal in proposals]


Choose = Callable[[Known, int, np.random.Generator], list[LabeledGraph]]


def guided(
    design: Design,
    told: tuple[Sequence[Observation], Sequence[LabeledGraph]],
    k: int,
    rng: np.random.Generator,
    choose: Choose,
) -> tuple[Design, list[Proposal]]:
    """The ``propose`` of a method: the design first, then what a model chooses.

    Args:
        design: the state.
        told: observations and pending graphs.
        k: at least 1.
        rng: source of chance.
        choose: picks up to ``k`` new graphs; it hears of at least one observation.

    Raises:
        NothingLeftError: every graph of the space is observed or pending.
    """
    observations, pending = told
    space = design.space
    seen = known_keys(space, observations, pending)
    if left := design.unseen(seen):
        return design, left[:k]
    if not observations:  # more workers than initial graphs
        return design, fresh_proposals(space, seen, k, rng, "random")
    began = time.perf_counter()
    graphs = choose(Known(space, observations, seen), k, rng)
    seconds = time.perf_counter() - began
    first = Proposal(graphs[0], "model", seconds={"fit": seconds})
    return design, [first, *(Proposal(graph, "model") for graph in graphs[1:])]


def greatest(graphs: Sequence[LabeledGraph], values: Floats, k: int) -> list[LabeledGraph]:
    """The ``k`` graphs of greatest value, best first; the earlier one of equals."""
    return [graphs[i] for i in np.argsort(-values, kind="stable")[:k]]


def representatives(space: SearchSpace, graphs: Sequence[LabeledGraph]) -> GraphBatch:
    """The numberings that the space's identity chooses, so that copies are equal."""
    return space.identity.representatives(GraphBatch.of(graphs, max(space.sizes)))
