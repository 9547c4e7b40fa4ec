"""NAS-Bench-101 specs: a matrix and a list of operation names, nodes to prune left in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import LabeledGraph, reachability
from nasgoat.spaces.presets import NASBENCH101_OPS

INPUT, OUTPUT = "input", "output"
NAMES = (INPUT, *NASBENCH101_OPS, OUTPUT)


def from_spec(matrix: ArrayLike, ops: Sequence[str]) -> LabeledGraph:
    """The cell of a spec: nodes that are not on a path from the input to the output are dropped.

    Args:
        matrix: ``(n, n)``, upper triangular, 1 where there is an edge ``u -> v``.
        ops: ``n`` names: ``"input"``, then of ``NASBENCH101_OPS``, then ``"output"``.

    Returns:
        A graph on the nodes that are left, in their order. It may break the limits of
        ``nasbench101()`` on nodes and edges, which NAS-Bench-101 asks of the pruned cell.

    Raises:
        OutsideSpaceError: the matrix is not square or has an edge that is not upwards, a name is
            unknown or in the wrong place, or no path leads from the input to the output.
    """
    adjacency = _checked_matrix(matrix)
    labels = _checked_labels(ops, len(adjacency))
    reach = reachability(adjacency[None])[0]
    kept = np.flatnonzero(reach[0] & reach[:, -1])
    if len(kept) == 0:
        msg = "no path leads from the input to the output, so nothing of this spec is a network"
        raise OutsideSpaceError(msg)
    return LabeledGraph.from_adjacency(
        adjacency[np.ix_(kept, kept)], [labels[v] for v in kept.tolist()]
    )


def to_spec(graph: LabeledGraph) -> tuple[NDArray[np.int64], list[str]]:
    """The adjacency matrix and the operation names of a cell, as NAS-Bench-101 takes them.

    Raises:
        OutsideSpaceError: the graph has no node labels, an unknown one, one in the wrong place, or
            an edge from a higher to a lower index.
    """
    labels = graph.node_labels or ()
    unknown = sorted({label for label in labels if label >= len(NAMES)})
    if not labels or unknown:
        msg = f"a spec needs node labels 0 to {len(NAMES) - 1}, got {graph.node_labels}"
        raise OutsideSpaceError(msg)
    names = [NAMES[label] for label in labels]
    _checked_labels(names, graph.n)
    return _checked_matrix(graph.adjacency).astype(np.int64), names


def _checked_matrix(matrix: ArrayLike) -> NDArray[np.bool_]:
    given = np.asarray(matrix)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or len(given) < 2:
        msg = f"the matrix of a spec is square and has at least 2 rows, got shape {given.shape}"
        raise OutsideSpaceError(msg)
    if not np.isin(given, (0, 1)).all():
        msg = f"the matrix of a spec holds 0 and 1, got {sorted(set(given.ravel().tolist()))}"
        raise OutsideSpaceError(msg)
    adjacency: NDArray[np.bool_] = given.astype(np.bool_)
    if np.tril(adjacency).any():
        u, v = np.argwhere(np.tril(adjacency))[0].tolist()
        msg = f"the matrix of a spec is upper triangular, got an edge {u} -> {v}; renumber it"
        raise OutsideSpaceError(msg)
    return adjacency


def _checked_labels(ops: Sequence[str], n: int) -> list[int]:
    if len(ops) != n:
        msg = f"{len(ops)} operation names for {n} nodes; name input and output, too"
        raise OutsideSpaceError(msg)
    inner = set(ops[1:-1])
    if ops[0] != INPUT or ops[-1] != OUTPUT or not inner <= set(NASBENCH101_OPS):
        msg = f"operation names are input, then of {NASBENCH101_OPS}, then output; got {list(ops)}"
        raise OutsideSpaceError(msg)
    return [NAMES.index(op) for op in ops]
