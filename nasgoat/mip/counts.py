"""The counts of a kernel's feature maps as variables, and their squares.

::

    V1  c_j = its linear expression          V2  sum_k z[j,k] = 1,  sum_k k z[j,k] = c_j

so that ``c_j^2 = sum_k k^2 z[j,k]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.graphs import GraphBatch
from nasgoat.kernels import FeatureMap, counts_of
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.joint import JointLabels
from nasgoat.mip.terms import constant

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CountHandles:
    """The distinct counts of a kernel's feature maps."""

    maps: tuple[FeatureMap, ...]
    variable: pyo.Var  # variable[j], continuous, forced to an integer
    upper: Floats  # (C,), proven bounds on the counts
    known: Floats  # (C,), the value where it is the same for all graphs, else NaN
    column: list[int]  # column[j]: a feature column that holds count j
    J: Floats  # (F, C), features = J @ counts
    handles: PathHandles  # of the graphs that are counted
    step: NDArray[np.int64]  # (C,), each count is a multiple of it

    @property
    def joint(self) -> JointLabels | None:
        """What makes products of counts linear, where it is written."""
        return self.handles.joint

    def of(self, batch: GraphBatch) -> Floats:
        """``(N, C)``, the counts of given graphs."""
        stacked = np.concatenate([counts_of(feature, batch) for feature in self.maps], axis=1)
        return stacked[:, self.column].astype(float)

    def total(self, coefficients: Floats) -> Term:
        """``coefficients . c`` as an expression."""
        return sum(float(a) * self.variable[j] for j, a in enumerate(coefficients) if a)


def count_block(block: pyo.Block, maps: tuple[FeatureMap, ...], h: PathHandles) -> CountHandles:
    """Write V1.

    Counts of one name share a variable, and a count that is the sum of others has none.
    """
    block.maps = pyo.Block(range(len(maps)))
    fed: list[tuple[int, float, Count]] = []  # (feature column, scale, count)
    offset = 0
    for i, feature_map in enumerate(maps):
        scale = feature_map.scale(h.n)
        found = encode_counts(feature_map, block.maps[i], h)
        fed += [(offset + count.column, scale, count) for count in found]
        offset += feature_map.n_features
    names = {count.name for _, _, count in fed}
    own = {
        count.name: (column, count)
        for column, _, count in reversed(fed)
        if not (count.parts and names.issuperset(count.parts))
    }
    place = {name: j for j, name in enumerate(own)}
    J = np.zeros((offset, len(own)))
    for column, scale, count in fed:
        for name in [count.name] if count.name in place else count.parts:
            J[column, place[name]] = scale
    counts = [count for _, count in own.values()]
    known = [constant(count.expression) for count in counts]
    block.count = pyo.Var(range(len(counts)), bounds=lambda _, j: (0, counts[j].upper))

    @block.Constraint(range(len(counts)))
    def V1_count(b, j):
        if known[j] is not None:
            b.count[j].fix(known[j])
            return pyo.Constraint.Skip
        return b.count[j] == counts[j].expression

    return CountHandles(
        maps,
        block.count,
        np.array([float(count.upper) for count in counts]),
        np.array([np.nan if value is None else value for value in known]),
        [column for column, _ in own.values()],
        J,
        h,
        np.array([count.step for count in counts], dtype=np.int64),
    )


def square_block(block: pyo.Block, counts: CountHandles, wanted: Sequence[int]) -> dict[int, Term]:
    """Write V2 for the wanted counts; a count of at most 1 is its own square.

    Returns:
        The square of each wanted count as a linear expression.
    """
    values = {j: range(0, int(counts.upper[j]) + 1, int(counts.step[j])) for j in wanted}
    loose = [j for j in wanted if counts.upper[j] > 1]
    block.z = pyo.Var([(j, c) for j in loose for c in values[j]], domain=pyo.Binary)
    z = block.z

    @block.Constraint(loose)
    def V2_one_value(_, j):  # implied where squares are maximised; tightens the LP bound
        return sum(z[j, c] for c in values[j]) == 1

    @block.Constraint(loose)
    def V2_value(_, j):
        return sum(c * z[j, c] for c in values[j] if c) == counts.variable[j]

    squares = {j: sum(c * c * z[j, c] for c in values[j] if c) for j in loose}
    return {j: squares.get(j, counts.variable[j]) for j in wanted}
