"""The choices that make a space's graphs, as what a one-shot decoder has to say."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.search.genes import Genome
from nasgoat.spaces import SearchSpace
from nasgoat_models.validity import Checked

Logs = Sequence[NDArray[np.float64]]  # of one graph: for each choice, the log-probabilities

REPAIRS = 60  # likeliest assignments that are tried before a decoded graph is refused


@dataclass(frozen=True, slots=True)
class Genes:
    """The choices of a space's genome as rows of whole numbers.

    These are node types, edges and edge types, less what the rules of the space leave no choice of
    (see ``nasgoat.search.genes.Genome``).

    Args:
        space: where the graphs come from.
    """

    space: SearchSpace

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of alternatives of each choice."""
        return tuple(Genome(self.space).choices.values())

    def encode(self, graphs: GraphBatch | Iterable[LabeledGraph]) -> Tensor:
        """``(B, choices)``: what makes each graph, in the numbering that the identity chooses."""
        genome = Genome(self.space)
        batch = graphs if isinstance(graphs, GraphBatch) else GraphBatch.of(graphs)
        rows = [
            list(genome.encode(graph).values())
            for graph in self.space.identity.representatives(batch)
        ]
        return torch.tensor(rows, dtype=torch.long).reshape(len(rows), len(self.counts))

    def decode(self, logs: Iterable[Logs]) -> Checked:
        """Members of the space for probabilities of all choices.

        Where the likeliest assignment makes no member, the likeliest of the next ``REPAIRS`` that
        does is taken (a repair); where none does, the graph is refused.
        """
        genome = Genome(self.space)
        found = [_likeliest_member(genome, each) for each in logs]
        graphs = tuple(graph for graph, _ in found)
        valid = sum(graph is not None and tries == 0 for graph, tries in found)
        repaired = sum(graph is not None and tries > 0 for graph, tries in found)
        return Checked(graphs, valid, repaired)


def _likeliest_member(genome: Genome, logs: Logs) -> tuple[LabeledGraph | None, int]:
    """A member, or None, and how many assignments were tried before it."""
    names = tuple(genome.choices)
    for tries, chosen in enumerate(likeliest(logs)):
        if tries > REPAIRS:
            break
        graph = genome.decode(dict(zip(names, chosen, strict=True)))
        if graph is not None:
            return graph, tries
    return None, REPAIRS


def likeliest(logs: Logs) -> Iterator[tuple[int, ...]]:
    """All assignments of independent choices, the likeliest first.

    Args:
        logs: for each choice, the logarithms of the probabilities of its alternatives.
    """
    orders = [np.argsort(-log, kind="stable") for log in logs]
    falls = [(log[order[0]] - log[order]).tolist() for log, order in zip(logs, orders, strict=True)]
    # An assignment is a rank for each choice. Its parent has the last positive rank one lower: so
    # none comes twice, and none comes before a likelier one.
    queue: list[tuple[float, tuple[int, ...], int]] = [(0.0, (0,) * len(orders), 0)]
    while queue:
        fall, ranks, first = heapq.heappop(queue)
        yield tuple(int(order[rank]) for order, rank in zip(orders, ranks, strict=True))
        for i in range(first, len(ranks)):
            rank = ranks[i] + 1
            if rank < len(falls[i]):
                further = fall + falls[i][rank] - falls[i][rank - 1]
                heapq.heappush(queue, (further, (*ranks[:i], rank, *ranks[i + 1 :]), i))
