"""Listing and sampling the members of a cell space: edge sets first, then labels."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import EmptySpaceError, NotListableError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.labellings import unlabelled, with_edge_labels, with_node_labels
from nasgoat.spaces.rules import Undirected

if TYPE_CHECKING:
    from nasgoat.spaces.base import SearchSpace
    from nasgoat.spaces.cell import CellSpace

MAX_STRUCTURES = 1 << 21  # rows of the frontier while growing edge sets: some 100 MB at 7 nodes
MAX_POINTS = 4_000_000  # indexed graphs looked at by a listing: about 30 s and 1 GB at 7 nodes
SAMPLE_CHUNK = 64  # candidates drawn at once by rejection sampling
MAX_LAST_WAYS = 1 << 12  # ways to join the last node that a random walk tries: some 10 ms
MAX_ATTEMPTS = 1_000_000 // SAMPLE_CHUNK


@lru_cache(maxsize=32)
def structures(space: CellSpace, n: int) -> NDArray[np.bool_]:
    """All edge sets of ``n`` nodes that meet the structural rules; ``(N, n, n)``.

    Raises:
        NotListableError: there are too many to grow them node by node.
    """
    frontier = np.zeros((1, 1, 1), dtype=np.bool_)
    for k in range(1, n):
        ways = 2 ** len(_free_bits(space, n, k))
        if len(frontier) * ways > MAX_STRUCTURES:
            msg = f"space {space.name!r} has too many edge sets at {n} nodes to list them"
            raise NotListableError(msg)
        frontier = _grown(space, frontier, _ways(space, n, k, np.arange(ways)), n)
    batch = unlabelled(frontier)
    for rule in space.rules:
        if rule.structural:
            batch = batch.take(rule.holds(batch))
    return batch.adjacency


@lru_cache(maxsize=8)
def listing(space: CellSpace) -> GraphBatch:
    """One member per architecture, ascending in size.

    Raises:
        NotListableError: too many edge sets or more than ``MAX_POINTS`` indexed graphs.
    """
    points = count_points(space)
    if points > MAX_POINTS:
        msg = (
            f"space {space.name!r} has {points:,} indexed graphs, at most {MAX_POINTS:,} are "
            "listed; use the MIP optimiser, or narrow the space"
        )
        raise NotListableError(msg)
    parts = []
    for n in space.sizes:
        members = space.members(_labelled(space, structures(space, n)))
        # a representative need not be a member where a rule looks at the numbering
        rows = _first_of_each(space.identity.representatives(members))
        parts.append(members.take(rows))
    return GraphBatch.concatenate(parts)


def is_listable(space: CellSpace) -> bool:
    """Whether ``listing`` would return."""
    try:
        return count_points(space) <= MAX_POINTS
    except NotListableError:
        return False


def sample(space: CellSpace, rng: np.random.Generator) -> LabeledGraph:
    """Draw a member (see ``CellSpace.sample``)."""
    weights = _size_weights(space)
    for _ in range(MAX_ATTEMPTS):
        n = space.sizes[rng.choice(len(weights), p=weights)]
        draws = _draws(space, n, rng)
        members = space.members(draws)
        # with several sizes, accept in proportion to the share of members, or sizes are biased
        if len(members) > (rng.integers(len(draws)) if len(weights) > 1 and len(draws) else 0):
            return members[0]
    msg = f"no graph of space {space.name!r} was found by sampling; do its rules contradict?"
    raise EmptySpaceError(msg)


def samples(space: CellSpace, count: int, rng: np.random.Generator) -> GraphBatch:
    """Draw ``count`` members, each as ``sample`` does, many at a time.

    Raises:
        EmptySpaceError: no graph was found in a million attempts.
    """
    weights = _size_weights(space)
    found = [unlabelled(np.zeros((0, 1, 1), dtype=np.bool_))]
    missing = count
    for _ in range(MAX_ATTEMPTS):
        if missing <= 0:
            break
        sizes = rng.choice(len(weights), size=max(missing, SAMPLE_CHUNK), p=weights)
        draws = [
            _draws(space, space.sizes[i], rng, int((sizes == i).sum())) for i in np.unique(sizes)
        ]
        members = space.members(GraphBatch.concatenate(draws))
        found.append(members.take(rng.permutation(len(members))[:missing]))
        missing -= len(members)
    if missing > 0:
        msg = f"no graph of space {space.name!r} was found by sampling; do its rules contradict?"
        raise EmptySpaceError(msg)
    return GraphBatch.concatenate(found)


def _is_undirected(space: CellSpace) -> bool:
    return any(isinstance(rule, Undirected) for rule in space.rules)


def edge_possible(space: CellSpace, n: int, tail: int, head: int) -> bool:
    """Whether no rule forbids an edge outright."""
    return all(rule.edge_allowed(tail, head, n) for rule in space.rules)


@lru_cache(maxsize=256)
def _free_bits(space: CellSpace, n: int, k: int) -> tuple[int, ...]:
    """The edges between a new node ``k`` and those before it that are free to choose.

    Bit ``u`` is ``u -> k`` (and back where edges are undirected), bit ``k + u`` is ``k -> u``.
    """
    into = [u for u in range(k) if edge_possible(space, n, u, k)]
    out_of = [u for u in range(k) if edge_possible(space, n, k, u)]
    if _is_undirected(space):
        return tuple(u for u in into if u in out_of)
    return (*into, *(k + u for u in out_of))


def _ways(space: CellSpace, n: int, k: int, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bits of in- and out-edges that choices of the free bits stand for."""
    ways = np.zeros_like(chosen)
    for i, bit in enumerate(_free_bits(space, n, k)):
        ways |= ((chosen >> i) & 1) << bit
    return ways | (ways << k) if _is_undirected(space) else ways


def _grown(
    space: CellSpace, frontier: NDArray[np.bool_], ways: NDArray[np.int64], n: int
) -> NDArray[np.bool_]:
    """Add a node to every prefix in every way; the bits of a way are its in- and out-edges."""
    count, k, _ = frontier.shape
    grown = np.zeros((count, len(ways), k + 1, k + 1), dtype=np.bool_)
    grown[:, :, :k, :k] = frontier[:, None]
    bits = (ways[:, None] >> np.arange(2 * k)) & 1 == 1
    grown[:, :, :k, k] = bits[:, :k]
    grown[:, :, k, :k] = bits[:, k:]
    prefixes = unlabelled(grown.reshape(-1, k + 1, k + 1))
    keep = np.ones(len(prefixes), dtype=np.bool_)
    for rule in space.rules:
        if rule.structural:
            keep &= rule.may_extend(prefixes, n, ordered=space.is_topological)
    return prefixes.adjacency[keep]


def label_domains(space: SearchSpace, n: int) -> list[NDArray[np.int8]]:
    """Labels that no rule forbids outright, for each node."""
    labels = range(len(space.node_alphabet))
    return [
        np.array(
            [a for a in labels if all(rule.label_allowed(v, n, a) for rule in space.rules)], np.int8
        )
        for v in range(n)
    ]


def _labellings(space: CellSpace, adjacency: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Number of labellings of each edge set, label rules aside; ``(N,)``."""
    n = adjacency.shape[1]
    if space.node_alphabet:
        return np.full(len(adjacency), np.prod([float(len(d)) for d in label_domains(space, n)]))
    return float(max(1, len(space.edge_alphabet))) ** adjacency.sum(axis=(1, 2))


@lru_cache(maxsize=32)
def count_points(space: CellSpace) -> int:
    """Number of indexed graphs that a listing would look at.

    Raises:
        NotListableError: there are too many edge sets.
    """
    total = 0
    for n in space.sizes:
        adjacency = structures(space, n)
        if space.node_alphabet:
            total += len(adjacency) * prod(len(domain) for domain in label_domains(space, n))
            continue
        edges, counts = np.unique(adjacency.sum(axis=(1, 2)), return_counts=True)
        labels = max(1, len(space.edge_alphabet))
        total += sum(k * labels**e for e, k in zip(edges.tolist(), counts.tolist(), strict=True))
    return total


def _labelled(space: CellSpace, adjacency: NDArray[np.bool_]) -> GraphBatch:
    """Every edge set with every labelling."""
    batch = unlabelled(adjacency)
    if space.node_alphabet:
        return with_node_labels(batch, label_domains(space, adjacency.shape[1]))
    if space.edge_alphabet:
        return with_edge_labels(batch, len(space.edge_alphabet))
    return batch


def _first_of_each(batch: GraphBatch) -> NDArray[np.int64]:
    """Rows of the first copy of every distinct indexed graph, ascending."""
    flat = np.concatenate(
        [
            np.packbits(batch.adjacency.reshape(len(batch), batch.n**2), axis=1),
            batch.node_labels.view(np.uint8),
            batch.edge_labels.reshape(len(batch), batch.n**2).view(np.uint8),
        ],
        axis=1,
    )
    flat = np.ascontiguousarray(flat)
    whole = flat.view(np.dtype((np.void, flat.shape[1])))[:, 0]
    return np.sort(np.unique(whole, return_index=True)[1])


@lru_cache(maxsize=32)
def _structure_weights(space: CellSpace, n: int) -> NDArray[np.float64] | None:
    """Labellings per edge set, or None where the edge sets cannot be listed."""
    try:
        return _labellings(space, structures(space, n))
    except NotListableError:
        return None


def _size_weights(space: CellSpace) -> NDArray[np.float64]:
    """Share of each node count among the indexed graphs; equal shares where that is unknown."""
    tables = [_structure_weights(space, n) for n in space.sizes]
    totals = np.array([np.nan if table is None else table.sum() for table in tables])
    if np.isnan(totals).any():
        return np.full(len(totals), 1 / len(totals))
    if totals.sum() == 0:
        msg = f"space {space.name!r} is empty: no edge set and labels meet all of {space.rules}"
        raise EmptySpaceError(msg)
    shares: NDArray[np.float64] = totals / totals.sum()
    return shares


def _draws(
    space: CellSpace, n: int, rng: np.random.Generator, count: int = SAMPLE_CHUNK
) -> GraphBatch:
    """Random edge sets that meet the structural rules, with random labels; at most ``count``."""
    weights = _structure_weights(space, n)
    if weights is None:
        adjacency = _random_walk(space, n, rng)
    elif weights.sum() == 0:
        adjacency = np.zeros((0, n, n), dtype=np.bool_)
    else:
        chosen = rng.choice(len(weights), count, p=weights / weights.sum())
        adjacency = structures(space, n)[chosen]
    batch = unlabelled(adjacency)
    nodes, edges = batch.node_labels.copy(), batch.edge_labels.copy()
    if space.node_alphabet:
        columns = [rng.choice(domain, len(batch)) for domain in label_domains(space, n)]
        nodes = np.stack(columns, axis=1).astype(np.int8)
    if space.edge_alphabet:
        edges[adjacency] = rng.integers(len(space.edge_alphabet), size=int(adjacency.sum()))
    return GraphBatch(batch.sizes, batch.adjacency, nodes, edges)


def _random_walk(space: CellSpace, n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Grow one edge set node by node, as far as no rule forbids it; ``(0 or 1, n, n)``."""
    prefix = np.zeros((1, 1, 1), dtype=np.bool_)
    density = rng.random()  # one for the whole walk, or few edges would hardly ever come out
    for k in range(1, n):
        bits = len(_free_bits(space, n, k))
        ways = (rng.random((SAMPLE_CHUNK, bits)) < density) @ (1 << np.arange(bits))
        if k == n - 1 and 2**bits <= MAX_LAST_WAYS:
            ways = rng.permutation(2**bits)  # whether rules hold is decided here: try them all
        prefix = _grown(space, prefix, _ways(space, n, k, ways), n)
        if k < n - 1:
            prefix = prefix[:1]
    batch = unlabelled(prefix)
    for rule in space.rules:
        if rule.structural:
            batch = batch.take(rule.holds(batch))
    return batch.adjacency[:1]
