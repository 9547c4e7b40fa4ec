"""Benchmark tables: one row per architecture, looked up by the space's identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, NoRepeatsError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import CellSpace, RowIndex, SearchSpace, TableSpace
from nasgoat.spaces.table import code_of
from nasgoat.tabular.header import RESERVED
from nasgoat.tabular.measurements import Floats, Measurements, draw_repeats


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Measurements of ``N`` architectures.

    Args:
        space: the widest space that the table speaks of.
        index: the architectures.
        value: the objective, to be minimised.
        test_value: the same measure on the test split, or None.
        metrics: further columns by name.
        seconds: training time, or None.
        complete: every architecture of ``space`` has a row.
        units: of the metrics, where they are known.
    """

    space: CellSpace
    index: RowIndex
    value: Measurements
    test_value: Measurements | None = None
    metrics: Mapping[str, Measurements] = field(default_factory=dict)
    seconds: Measurements | None = None
    complete: bool = False
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        space: CellSpace,
        graphs: GraphBatch,
        columns: Mapping[str, NDArray[Any]],
        size: int,
        units: Mapping[str, str] | None = None,
    ) -> Self:
        """Index the graphs of a table.

        Args:
            space: the widest space that the table speaks of; the graphs are taken to be members.
            graphs: ``N`` graphs.
            columns: ``(N,)``, or ``(N, R)`` where there are repeats: ``"value"``, optionally
                ``"test_value"`` and ``"seconds"``; all others become metrics.
            size: number of architectures in the space; the table is complete if it has as many.
            units: of the metrics, where they are known.

        Raises:
            BadDataError: an architecture has two rows, or an objective is NaN or infinite.
        """
        index = RowIndex.of(space.identity, code_of(space), code_of(space).encode(graphs))
        return cls.of_index(space, index, columns, complete=len(index) == size, units=units)

    @classmethod
    def of_index(
        cls,
        space: CellSpace,
        index: RowIndex,
        columns: Mapping[str, NDArray[Any] | Measurements],
        *,
        complete: bool,
        units: Mapping[str, str] | None = None,
    ) -> Self:
        """Put columns beside graphs that are indexed already (see ``of``)."""
        repeated = index.repeated()
        if len(repeated):
            graph = index.graphs(repeated[:1])[0]
            first = int(index.rows([graph])[0])
            msg = (
                f"{len(repeated)} rows repeat an architecture of another row; row {repeated[0]} "
                f"is that of row {first}: {graph}"
            )
            raise BadDataError(msg)
        measured = {
            name: column if isinstance(column, Measurements) else Measurements.of(column)
            for name, column in columns.items()
        }
        for name in ("value", "test_value"):
            if name in measured:
                measured[name].require_finite(name)
        return cls(
            space,
            index,
            measured["value"],
            measured.get("test_value"),
            {name: column for name, column in measured.items() if name not in RESERVED},
            measured.get("seconds"),
            complete,
            units or {},
        )

    def __len__(self) -> int:
        return len(self.index)

    def rows(self, graphs: GraphBatch | Iterable[LabeledGraph]) -> NDArray[np.int64]:
        """The row of each graph, -1 where it has none; ``(len(graphs),)``."""
        return self.index.rows(graphs)

    def query(self, rows: NDArray[np.int64], rng: np.random.Generator | None = None) -> Floats:
        """The objective of rows; ``(len(rows),)``.

        Args:
            rows: any number of them, repeats welcome.
            rng: draws one of the trainings of each row; None for the mean over them.

        Raises:
            NoRepeatsError: chance is asked for, the table has one training per architecture.
        """
        if rng is None:
            values: Floats = self.value.mean[rows]
            return values
        self.require_repeats()
        return self.value.drawn(rows, draw_repeats(self.value.values[rows], rng))

    def require_repeats(self) -> None:
        """Refuse to draw where there is nothing to draw from.

        Raises:
            NoRepeatsError: the table has one value per architecture.
        """
        if self.value.repeats == 1:
            msg = (
                "the table has one value per architecture (a single training, or a mean whose "
                "parts were not published): there are no repeats that noise could be drawn from"
            )
            raise NoRepeatsError(msg)

    def members(self, space: SearchSpace) -> NDArray[np.bool_]:
        """Which rows belong to a space with the table's labels and identity; ``(N,)``."""
        if isinstance(space, TableSpace) and space.index is self.index:
            return np.ones(len(self), dtype=np.bool_)
        inside = np.isin(self.index.codes[:, 0], space.sizes)
        rules = [rule for rule in space.rules if rule not in self.space.rules]
        if rules:
            graphs = self.index.graphs()
            for rule in rules:
                inside &= rule.holds(graphs)
        if isinstance(space, TableSpace):
            inside &= space.index.rows(self.index.graphs()) >= 0
        return inside

    def covers(self, space: SearchSpace) -> bool:
        """Whether every architecture of a space is sure to have a row."""
        if isinstance(space, TableSpace):
            return int(self.members(space).sum()) == space.size()
        narrower = set(self.space.rules) <= set(space.rules)
        return self.complete and narrower and set(space.sizes) <= set(self.space.sizes)
