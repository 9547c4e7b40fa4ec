"""Canonical forms: one numbering per isomorphism class, for many graphs at once.

Nodes are coloured by what distinguishes them, refined until stable, and ranked. Where nodes of
equal
rank remain that are not interchangeable, each of them is tried as the first, and the numbering with
the least code wins. Colours start from the number of ancestors, so that the canonical numbering of
a directed acyclic graph is a topological order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.graphs.batch import GraphBatch
from nasgoat.graphs.labeled import LabeledGraph
from nasgoat.graphs.paths import reachability

SLAB = (
    1 << 16
)  # graphs refined at once: bounds the memory of (SLAB, n, n) temporaries to some 10 MB

BASE = np.int64(17)  # more than the neighbours a node has in graphs of up to 17 nodes


def canonical_orders(batch: GraphBatch, fixed: Sequence[int] = ()) -> NDArray[np.int64]:
    """Numberings that turn isomorphic graphs into equal ones.

    Two graphs are isomorphic if a renumbering of nodes that respects node labels, edge labels and
    the ``fixed`` nodes turns one into the other.

    Args:
        batch: ``N`` graphs.
        fixed: nodes that keep their index; negative indices count from the last node of each graph.

    Returns:
        ``(N, n)``: node ``v`` of the canonical form is node ``[i, v]`` of graph ``i``. Fixed nodes
        map to themselves.
    """
    slabs = [
        _slab_orders(batch.take(slice(i, i + SLAB)), fixed) for i in range(0, len(batch), SLAB)
    ]
    return np.concatenate([np.zeros((0, batch.n), dtype=np.int64), *slabs])


def canonical_form(graph: LabeledGraph, fixed: Sequence[int] = ()) -> LabeledGraph:
    """The representative of a graph's isomorphism class (see ``canonical_orders``)."""
    batch = GraphBatch.of([graph])
    return batch.permuted(canonical_orders(batch, fixed))[0]


def isomorphism_key(graph: LabeledGraph, fixed: Sequence[int] = ()) -> str:
    """A string that two graphs share iff they are isomorphic (see ``canonical_orders``)."""
    return index_keys(GraphBatch.of([canonical_form(graph, fixed)]))[0]


def index_keys(batch: GraphBatch) -> list[str]:
    """A string per graph that two graphs share iff they are equal as indexed graphs.

    The string reads ``edges[:node labels][/edge labels]``: the edges as a hexadecimal number (the
    rows of the adjacency matrix, size of the graph in front), then the labels.
    """
    return [_index_key(int(n), batch, i) for i, n in enumerate(batch.sizes)]


def _index_key(n: int, batch: GraphBatch, i: int) -> str:
    bits = batch.adjacency[i, :n, :n]
    key = f"{n}x{np.packbits(bits).tobytes().hex()}"
    if batch.node_labels[i, 0] >= 0:
        key += ":" + ".".join(map(str, batch.node_labels[i, :n].tolist()))
    labels = batch.edge_labels[i, :n, :n][bits]
    if len(labels) and labels[0] >= 0:
        key += "/" + ".".join(map(str, labels.tolist()))
    return key


def _slab_orders(batch: GraphBatch, fixed: Sequence[int]) -> NDArray[np.int64]:
    """Refine, branch on ties, and keep each graph's numbering of least code."""
    kept = _fixed_mask(batch, fixed)
    owner = np.arange(len(batch))  # the graph that each row of `rows` is a branch of
    rows, ranks = batch, _refined(batch, _initial_ranks(batch, kept))
    owners, leaves = [], []
    while len(owner):
        tie = _first_tie(rows, ranks)
        settled = ~tie.any(axis=1)
        owners.append(owner[settled])
        leaves.append(_slots(ranks[settled], kept[owner[settled]]))
        branch, nodes = np.nonzero(tie)
        # individualise: the chosen node goes before the others of its rank
        key = 2 * ranks[branch]
        key[np.arange(len(branch)), nodes] -= 1
        owner, rows = owner[branch], rows.take(branch)
        ranks = _refined(rows, _rank(key))
    return _least(batch, np.concatenate(owners), np.concatenate(leaves))


def _least(
    batch: GraphBatch, owner: NDArray[np.int64], orders: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Of the candidate orders of each graph, the one whose permuted graph has the least code."""
    if len(owner) > len(batch):
        form = batch.take(owner).permuted(orders)
        codes = np.ascontiguousarray(_edge_codes(form).reshape(len(owner), -1).astype(np.uint8))
        by_code = np.argsort(codes.view(f"S{codes.shape[1]}")[:, 0], kind="stable")
        owner, orders = owner[by_code], orders[by_code]
    first = np.unique(owner, return_index=True)[1]
    return orders[first]


def _fixed_mask(batch: GraphBatch, fixed: Sequence[int]) -> NDArray[np.bool_]:
    """``(N, n)``, true for the nodes that keep their index."""
    kept = np.zeros((len(batch), batch.n), dtype=np.bool_)
    for index in fixed:
        kept[np.arange(len(batch)), index if index >= 0 else batch.sizes + index] = True
    return kept


def _initial_ranks(batch: GraphBatch, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rank by number of ancestors, number of descendants, label; each fixed node on its own."""
    n = batch.n
    reach = reachability(batch.adjacency)
    ancestors = np.where(batch.exists, reach.sum(axis=1), n + 1)  # absent nodes come last
    ranks = _rank(ancestors * (n + 1) + reach.sum(axis=2))
    ranks = _rank(ranks * 256 + batch.node_labels)
    return _rank(ranks * (n + 1) + np.where(kept, np.arange(n), n))


def _refined(batch: GraphBatch, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split ranks by the ranks of predecessors and successors until nothing changes."""
    codes = _edge_codes(batch)
    kinds = [codes == code for code in np.unique(codes) if code > 0]
    n = batch.n
    while True:
        # The sum of BASE**rank over neighbours names their multiset of ranks. From n = 16 on it may
        # wrap around: still the same for isomorphic nodes, and ties that it leaves are branched on.
        weight = BASE**ranks
        key = ranks
        for edges in kinds:
            successors = np.where(edges, weight[:, None, :], 0).sum(axis=2)
            predecessors = np.where(edges, weight[:, :, None], 0).sum(axis=1)
            key = _rank((key * n + _rank(successors)) * n + _rank(predecessors))
        if np.array_equal(key, ranks):
            return ranks
        ranks = key


def _first_tie(batch: GraphBatch, ranks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Nodes of the lowest rank that holds two nodes which may not simply be swapped; ``(N, n)``."""
    equal = ranks[:, :, None] == ranks[:, None, :]
    equal[:, np.arange(batch.n), np.arange(batch.n)] = False
    candidates = np.flatnonzero(equal.any(axis=(1, 2)))
    tie = np.zeros_like(ranks, dtype=np.bool_)
    if len(candidates) == 0:
        return tie
    rows = batch.take(candidates)
    stuck = equal[candidates] & ~_interchangeable(rows)
    held = stuck.any(axis=2)
    lowest = np.where(held, ranks[candidates], batch.n).min(axis=1)
    tie[candidates] = ranks[candidates] == lowest[:, None]
    return tie


def _interchangeable(batch: GraphBatch) -> NDArray[np.bool_]:
    """``[i, u, v]``: swapping ``u`` and ``v`` leaves every edge of graph ``i`` as it is."""
    codes = _edge_codes(batch)
    nodes = np.arange(batch.n)
    other = (nodes[:, None, None] != nodes) & (
        nodes[None, :, None] != nodes
    )  # w is neither u nor v
    out_differ = ((codes[:, :, None, :] != codes[:, None, :, :]) & other).any(axis=3)
    backwards = codes.transpose(0, 2, 1)
    in_differ = ((backwards[:, :, None, :] != backwards[:, None, :, :]) & other).any(axis=3)
    swapped: NDArray[np.bool_] = ~out_differ & ~in_differ & (codes == backwards)
    return swapped


def _edge_codes(batch: GraphBatch) -> NDArray[np.int64]:
    """0 without an edge, 1 for an edge without a label, 2 + label otherwise."""
    return np.where(batch.adjacency, batch.edge_labels.astype(np.int64) + 2, 0)


def _slots(ranks: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Fixed nodes in their own slots, the others by rank in the slots that are left."""
    n = ranks.shape[1]
    nodes = np.broadcast_to(np.arange(n), ranks.shape)
    slots = np.argsort(np.where(kept, n, nodes), axis=1, kind="stable")  # free slots first
    by_rank = np.argsort(np.where(kept, n + nodes, ranks), axis=1, kind="stable")
    orders = np.empty_like(ranks)
    np.put_along_axis(orders, slots, by_rank, axis=1)
    return orders


def _rank(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many nodes of the same graph have a smaller key; ``(N, n)``."""
    smaller: NDArray[np.int64] = (key[:, None, :] < key[:, :, None]).sum(axis=2)
    return smaller
