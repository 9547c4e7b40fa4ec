"""The Weisfeiler-Lehman subtree kernel (Shervashidze et al. 2011) of node-labelled graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar, Self
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nasgoat.graphs import GraphBatch
from nasgoat.kernels.features import FeatureMap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST = 1_000_000  # subtrees, some 100 MB; NAS-Bench-Graph has 61,009


@dataclass(frozen=True, slots=True)
class WLKernel:
    """``k(x, y) = sum_d weights[d] <c_d(x), c_d(y)>`` with subtrees of depth ``d``.

    ``c_d`` counts the subtrees of one depth, whichever there are: its columns cannot be listed, so
    that the kernel has no feature maps, and no MIP form.

    Args:
        weights: one positive weight per depth, from 0 on.

    Raises:
        ValueError: no weight, or one that is not positive.
    """

    weights: tuple[float, ...]
    maps: ClassVar[tuple[FeatureMap, ...]] = ()
    relabelling_invariant: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not (self.weights and all(np.isfinite(w) and w > 0 for w in self.weights)):
            msg = f"a kernel needs positive weights, at least one, got {self.weights}"
            raise ValueError(msg)

    def gram(self, xs: GraphBatch, ys: GraphBatch) -> Floats:
        """See ``GraphKernel``."""
        some, others = NUMBERING.levels(len(self.weights) - 1, xs, ys)
        known = [level.distinct for level in others]
        weights = np.repeat(self.weights, [len(one) for one in known])
        return np.asarray(_counts(some, known) @ (_counts(others, known).toarray() * weights).T)

    def diag(self, xs: GraphBatch) -> Floats:
        """See ``GraphKernel``."""
        return np.asarray(self.weights @ _squares(xs, len(self.weights) - 1))


def wl_grams(xs: GraphBatch, ys: GraphBatch, depth: int) -> Floats:
    """Numbers of pairs of nodes with equal subtrees, for every depth up to one.

    The label of depth 0 is the node's own (nodes without labels are all alike). That of depth
    ``i + 1`` names the label of depth ``i`` together with the multiset of those of the successors.
    ``k_h(x, y) = sum_{i <= h} sum_l count_i,l(x) count_i,l(y)``.

    Args:
        xs: ``N`` graphs.
        ys: ``M`` graphs.
        depth: at least 0.

    Returns:
        ``(depth + 1, N, M)``: ``k_h`` for ``h = 0 .. depth``.
    """
    grams = []
    for some, others in zip(*NUMBERING.levels(depth, xs, ys), strict=True):
        known = [others.distinct]
        grams.append(_counts([some], known) @ _counts([others], known).T.toarray())
    return np.cumsum(np.stack(grams), axis=0)


def wl_norms(batch: GraphBatch, depth: int) -> Floats:
    """``(depth + 1, N)``: ``k_h(x, x)`` of every graph."""
    return np.cumsum(_squares(batch, depth), axis=0)


def subtree_counts(batch: GraphBatch, depth: int) -> list[Floats]:
    """``(N, K_d)`` for every depth: how often each subtree of it occurs in each graph.

    The columns are the subtrees of exactly this depth that some graph of the batch has.
    """
    (levels,) = NUMBERING.levels(depth, batch)
    return [_counts([level], [level.distinct]).toarray() for level in levels]


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The subtrees of one depth.

    Args:
        numbers: ``(N, n)``, of each node's subtree, -1 where there is no node. Equal subtrees have
            equal numbers in all batches, until there are too many (``Numbering``).
        squares: ``(N,)``, ordered pairs of nodes of one graph with equal subtrees.
    """

    numbers: Ints
    squares: Floats

    @classmethod
    def of(cls, numbers: Ints) -> Self:
        equal = (numbers[:, :, None] == numbers[:, None, :]) & (numbers >= 0)[:, None, :]
        return cls(numbers, equal.sum(axis=(1, 2)).astype(np.float64))

    @property
    def distinct(self) -> Ints:
        return np.unique(self.numbers[self.numbers >= 0])


def _squares(batch: GraphBatch, depth: int) -> Floats:
    (levels,) = NUMBERING.levels(depth, batch)
    return np.stack([level.squares for level in levels])


def _counts(levels: Sequence[_Level], known: Sequence[Ints]) -> csr_array:
    """``(N, K)``: how often each known subtree occurs, those of all depths side by side."""
    columns, width = [], 0
    for level, own in zip(levels, known, strict=True):
        largest = max(level.numbers.max(initial=-1), own.max(initial=-1))
        column_of = np.full(largest + 2, -1)  # the last is that of -1, no node
        column_of[own] = np.arange(width, width + len(own))
        columns.append(column_of[level.numbers])
        width += len(own)
    column = np.concatenate(columns, axis=1)  # (N, n D)
    counted = column >= 0
    ends = np.concatenate([[0], np.cumsum(counted.sum(axis=1))])
    entries = column[counted]
    return csr_array((np.ones(len(entries)), entries, ends), shape=(len(column), width))


@dataclass(slots=True)
class Numbering:
    """Numbers subtrees, equal ones alike in all batches, and remembers those of living batches.

    All numbers are given anew when there are more than ``limit``, so that searches without end do
    not fill the memory: those of a batch hold until the next call.

    Args:
        limit: grows where the batches of one call need more.
        numbers: of each depth, by the node's and the sorted successors' numbers of the depth below.
        known: the subtrees of batches, by depth.
    """

    limit: int = MOST
    numbers: dict[int, dict[bytes, int]] = field(default_factory=dict)
    known: WeakKeyDictionary[GraphBatch, tuple[_Level, ...]] = field(
        default_factory=WeakKeyDictionary
    )
    _lock: Lock = field(default_factory=Lock)

    @property
    def given(self) -> int:
        """How many subtrees have a number."""
        return sum(map(len, self.numbers.values()))

    def levels(self, depth: int, *batches: GraphBatch) -> list[Sequence[_Level]]:
        """The subtrees of every depth up to one, of batches whose numbers can be compared."""
        with self._lock:
            if self.given <= self.limit:
                return [self._levels(batch, depth) for batch in batches]
            self.numbers.clear()
            self.known.clear()
            found = [self._levels(batch, depth) for batch in batches]
            self.limit = max(self.limit, 2 * self.given)
            return found

    def _levels(self, batch: GraphBatch, depth: int) -> Sequence[_Level]:
        exists = batch.exists
        found = list(self.known.get(batch, ()))
        if not found:
            labels = np.where(exists, batch.node_labels.astype(np.int64) + 1, -1)
            found.append(_Level.of(labels))
        for d in range(len(found), depth + 1):
            below = found[-1].numbers
            around = np.where(batch.adjacency, below[:, None, :], -1)  # (N, n, n), of successors
            around.sort(axis=2)
            rows = np.concatenate([below[:, :, None], around], axis=2)[exists]
            numbers = np.full(exists.shape, -1, dtype=np.int64)
            numbers[exists] = _numbered(rows, self.numbers.setdefault(d, {}))
            found.append(_Level.of(numbers))
        self.known[batch] = tuple(found)
        return found[: depth + 1]


def _numbered(rows: Ints, numbers: dict[bytes, int]) -> Ints:
    """A number for each row, equal for equal rows, however many -1 are in it.

    Args:
        rows: ``(R, 1 + n)``: a number, then sorted ones, -1 for none.
        numbers: those given so far.
    """
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))
    _, first, inverse = np.unique(whole[:, 0], return_index=True, return_inverse=True)
    found = [numbers.setdefault(row[row >= 0].tobytes(), len(numbers)) for row in rows[first]]
    return np.array(found, dtype=np.int64)[inverse]


NUMBERING = Numbering()
