"""Signatures of 64 bits: equal for isomorphic graphs, almost always different for others.

Cheap enough to look a graph up among hundreds of thousands. Whether two graphs of one signature
really are isomorphic is for ``isomorphic`` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs.batch import GraphBatch
from nasgoat.graphs.canonical import canonical_orders

Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

SLAB = 1 << 12  # graphs at once: (SLAB, n, n) words stay in the cache
ROUNDS = 3  # of refinement: enough to tell all cells of NAS-Bench-101 apart
STEP, FIRST, SECOND = (  # the constants of splitmix64
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def isomorphism_signatures(batch: GraphBatch, fixed: Sequence[int] = ()) -> Words:
    """A word per graph that isomorphic graphs share (see ``canonical_orders``); ``(N,)``.

    The padding of the batch does not matter.
    """
    words = [np.zeros(0, dtype=np.uint64)]
    for i in range(0, len(batch), SLAB):
        slab = batch.take(slice(i, i + SLAB))
        colours = np.where(slab.exists, _colours(slab, fixed), 0)
        words.append(_mixed(colours.sum(axis=1, dtype=np.uint64) + slab.sizes.astype(np.uint64)))
    return np.concatenate(words)


def byte_signatures(codes: NDArray[np.uint8]) -> Words:
    """A word per row of bytes; ``(N,)``."""
    words: Words = _mixed(codes.astype(np.uint64) @ _multipliers(codes.shape[1]))
    return words


def isomorphic(first: GraphBatch, second: GraphBatch, fixed: Sequence[int] = ()) -> Flags:
    """Whether graphs are isomorphic, pair by pair (see ``canonical_orders``); ``(N,)``.

    Args:
        first: ``N`` graphs.
        second: ``N`` graphs with the same room for nodes.
        fixed: nodes that keep their index.
    """
    # Numbered by colour, graphs that come out equal are isomorphic. The others need not differ:
    # nodes of equal colour may stand in another order.
    forms = _by_colour(GraphBatch.concatenate([first, second]), fixed)
    half = len(first)
    same = equal(forms.take(slice(0, half)), forms.take(slice(half, None)))
    rest = np.flatnonzero(~same)
    if len(rest):
        pair = [batch.take(rest) for batch in (first, second)]
        same[rest] = equal(*(batch.permuted(canonical_orders(batch, fixed)) for batch in pair))
    return same


def equal(first: GraphBatch, second: GraphBatch) -> Flags:
    """Whether graphs are equal as indexed graphs, pair by pair; ``(N,)``."""
    same: Flags = (
        (first.sizes == second.sizes)
        & (first.adjacency == second.adjacency).all(axis=(1, 2))
        & (first.node_labels == second.node_labels).all(axis=1)
        & (first.edge_labels == second.edge_labels).all(axis=(1, 2))
    )
    return same


def _by_colour(batch: GraphBatch, fixed: Sequence[int]) -> GraphBatch:
    """Free nodes sorted by colour in the places that the fixed ones leave."""
    colours = _colours(batch, fixed)
    nodes = np.arange(batch.n)
    kept = ~batch.exists
    for index in fixed:
        kept[np.arange(len(batch)), _nodes(batch, index)] = True
    order = np.broadcast_to(nodes, kept.shape).copy()
    places = np.argsort(kept, axis=1, kind="stable")  # free places first
    free = np.lexsort((colours, kept), axis=1)  # free nodes by colour, then the others
    np.put_along_axis(order, places, free, axis=1)
    order[kept] = np.broadcast_to(nodes, kept.shape)[kept]
    return batch.permuted(order)


def _colours(batch: GraphBatch, fixed: Sequence[int]) -> Words:
    """A word per node, refined by those of its predecessors and successors; ``(N, n)``."""
    colours = _mixed(batch.node_labels.astype(np.uint64))
    for place, index in enumerate(fixed, start=1):
        colours[np.arange(len(batch)), _nodes(batch, index)] += _multipliers(place)[-1]
    adjacency = batch.adjacency.astype(np.uint64)
    labelled = batch.edge_labels >= 0
    if labelled.any():  # what another graph of the batch carries must not matter
        adjacency[labelled] = _mixed(batch.edge_labels[labelled].astype(np.uint64) + STEP)
    for _ in range(ROUNDS):
        heads = np.matmul(adjacency, colours[:, :, None])[:, :, 0]
        tails = np.matmul(colours[:, None, :], adjacency)[:, 0]
        colours = _mixed(colours + FIRST * heads + SECOND * tails)
    return colours


def _nodes(batch: GraphBatch, index: int) -> NDArray[np.int64]:
    return np.full(len(batch), index) if index >= 0 else batch.sizes + index


@lru_cache(maxsize=64)
def _multipliers(count: int) -> Words:
    """The first numbers of splitmix64, from seed 0."""
    multipliers: Words = _mixed(STEP * np.arange(count, dtype=np.uint64))
    return multipliers


def _mixed(words: Words) -> Words:
    """The output function of splitmix64, modulo 2**64; of arrays, which wrap around in silence."""
    words = words + STEP
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed
