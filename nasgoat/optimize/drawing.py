"""Pools of candidates: new graphs drawn at random and by mutation of good ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np

from nasgoat.errors import EmptySpaceError, NothingLeftError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import SearchSpace

ATTEMPTS = (
    3  # rounds of random draws before a pool may stay smaller: repeats are rare in big spaces
)


def drawn_pool(
    space: SearchSpace,
    parents: Sequence[LabeledGraph],
    taken: Collection[str],
    size: int,
    rng: np.random.Generator,
    share: float = 0.5,
) -> dict[str, LabeledGraph]:
    """New graphs by key: neighbors of parents first, random graphs for the rest.

    Args:
        space: where to draw.
        parents: graphs to mutate, each as often as any other.
        taken: keys of graphs not to draw.
        size: how many graphs.
        rng: source of chance.
        share: of the pool that are mutants, where there are parents with that many new neighbors.

    Returns:
        ``size`` graphs, fewer where drawing finds no more. A listable space in which it finds none
        is listed.

    Raises:
        NothingLeftError: no graph was found.
    """
    found = dict(mutants(space, parents, taken, round(share * size), rng))
    for _ in range(ATTEMPTS):
        missing = size - len(found)
        if missing == 0:
            break
        drawn = _samples(space, missing, rng)
        for key, graph in zip(space.keys(drawn), drawn, strict=True):
            if key not in taken:
                found.setdefault(key, graph)
    return found or _last_resort(space, taken, size, rng)


def mutants(
    space: SearchSpace,
    parents: Sequence[LabeledGraph],
    taken: Collection[str],
    count: int,
    rng: np.random.Generator,
) -> list[tuple[str, LabeledGraph]]:
    """Up to ``count`` distinct new neighbors of parents with their keys.

    One neighbor of each parent in turn, drawn without replacement, until there are enough.
    """
    fresh = [
        [(key, graph) for key, graph in neighborhood(space, parent).items() if key not in taken]
        for parent in parents
    ]
    orders = [rng.permutation(len(around)) for around in fresh]
    found: dict[str, LabeledGraph] = {}
    for turn in range(max((len(around) for around in fresh), default=0)):
        for around, order in zip(fresh, orders, strict=True):
            if turn < len(order) and len(found) < count:
                key, graph = around[order[turn]]
                found.setdefault(key, graph)
    return list(found.items())


@lru_cache(maxsize=2048)  # the best graphs of a search stay the parents of many pools
def neighborhood(space: SearchSpace, graph: LabeledGraph) -> dict[str, LabeledGraph]:
    """The neighbors of a graph by key; not to be changed."""
    neighbors = space.neighbors(graph)
    return dict(zip(space.keys(GraphBatch.of(neighbors)), neighbors, strict=True))


def _samples(space: SearchSpace, count: int, rng: np.random.Generator) -> GraphBatch:
    """As many draws, none where members are so rare that drawing finds none."""
    try:
        return space.samples(count, rng)
    except EmptySpaceError:
        return GraphBatch.of([])


def _last_resort(
    space: SearchSpace, taken: Collection[str], size: int, rng: np.random.Generator
) -> dict[str, LabeledGraph]:
    """What is left of a listable space.

    Raises:
        NothingLeftError: nothing is, or the space cannot be listed.
    """
    if not space.is_listable():
        msg = f"{ATTEMPTS * size} draws from space {space.name!r} are known graphs"
        raise NothingLeftError(msg)
    listing = space.listing()
    keys = space.keys(listing)
    left = [i for i, key in enumerate(keys) if key not in taken]
    if not left:
        msg = f"all {len(listing)} graphs of space {space.name!r} are observed or pending"
        raise NothingLeftError(msg)
    chosen = [left[i] for i in rng.permutation(len(left))[:size]]
    return {keys[i]: listing[i] for i in chosen}
