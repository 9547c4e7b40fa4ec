"""Benchmark tables: one row per architecture, looked up by the space's key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, NotInTableError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Measurements of ``N`` architectures.

    Args:
        space: the widest space that the table speaks of.
        batch: ``N`` graphs of the space.
        rows: row of each key.
        value: ``(N,)``, the objective, to be minimised.
        test_value: ``(N,)``, the same measure on the test split, or None.
        metrics: further columns by name, ``(N,)`` each.
        seconds: ``(N,)``, training time of each architecture, or None.
        complete: every architecture of ``space`` has a row.
    """

    space: CellSpace
    batch: GraphBatch
    rows: Mapping[str, int]
    value: Floats
    test_value: Floats | None = None
    metrics: Mapping[str, Floats] = field(default_factory=dict)
    seconds: Floats | None = None
    complete: bool = False

    @classmethod
    def of(
        cls, space: CellSpace, batch: GraphBatch, columns: Mapping[str, Floats], size: int
    ) -> Self:
        """Index the graphs of a table.

        Args:
            space: the widest space that the table speaks of; the graphs are taken to be members.
            batch: ``N`` graphs.
            columns: ``(N,)`` each: ``"value"``, optionally ``"test_value"`` and ``"seconds"``; all
                others become metrics.
            size: number of architectures in the space; the table is complete if it has as many.

        Raises:
            BadDataError: an architecture has two rows, or an objective is NaN or infinite.
        """
        keys = space.keys(batch)
        rows = {key: i for i, key in enumerate(keys)}
        if len(rows) < len(keys):
            key, count = Counter(keys).most_common(1)[0]
            twice = len(keys) - len(rows)
            msg = f"{twice} rows repeat an architecture of another row; {key} has {count} rows"
            raise BadDataError(msg)
        for name in ("value", "test_value"):
            bad = np.flatnonzero(~np.isfinite(columns.get(name, np.zeros(0))))
            if len(bad):
                msg = f"column {name!r} is NaN or infinite in {len(bad)} rows, first in {bad[0]}"
                raise BadDataError(msg)
        special = ("value", "test_value", "seconds")
        return cls(
            space,
            batch,
            rows,
            columns["value"],
            columns.get("test_value"),
            {name: column for name, column in columns.items() if name not in special},
            columns.get("seconds"),
            complete=len(rows) == size,
        )

    def members(self, space: CellSpace) -> NDArray[np.bool_]:
        """Which rows belong to a space with the table's labels and identity; ``(N,)``."""
        inside = np.isin(self.batch.sizes, space.sizes)
        for rule in space.rules:
            if rule not in self.space.rules:
                inside &= rule.holds(self.batch)
        return inside

    def covers(self, space: CellSpace) -> bool:
        """Whether every architecture of a space is sure to have a row."""
        narrower = set(self.space.rules) <= set(space.rules)
        return self.complete and narrower and set(space.sizes) <= set(self.space.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class TableEvaluator:
    """A table as an evaluator.

    Args:
        name: of the benchmark, as in ``benchmark(name)``.
        space: where to search; not wider than ``table.space``.
        objective: what the values are, with their unit.
        table: the rows.
        reload: makes the evaluator anew, so that a pickle need not hold the table; None to pickle
            the table.
    """

    name: str
    space: CellSpace
    objective: str
    table: Table
    reload: Callable[[], TableEvaluator] | None = None

    @property
    def optimum(self) -> float | None:
        """The least value in the space; None if some architecture of it has no row."""
        values = self.table.value[self.table.members(self.space)]
        return float(values.min()) if len(values) and self.table.covers(self.space) else None

    def best(self) -> Observation:
        """The row of the space with the least value, the first if there are several.

        Raises:
            NotInTableError: no row of the table lies in the space.
        """
        inside = np.flatnonzero(self.table.members(self.space))
        if len(inside) == 0:
            msg = f"the table {self.name} has no row in the space {self.space.name!r}"
            raise NotInTableError(msg)
        row = int(inside[self.table.value[inside].argmin()])
        return self._observation(row, self.table.batch[row])

    def within(self, space: CellSpace) -> TableEvaluator:
        """The same table searched in another part of its space, e.g. under a tighter budget.

        Raises:
            ValueError: the space labels or identifies its graphs in another way than the table.
        """
        mine = self.table.space
        for what in ("node_alphabet", "edge_alphabet", "identity"):
            if getattr(space, what) != getattr(mine, what):
                msg = (
                    f"{self.name} has the {what} {getattr(mine, what)}, the space {space.name!r} "
                    f"{getattr(space, what)}; narrow the benchmark's own space by with_rules()"
                )
                raise ValueError(msg)
        return replace(self, space=space)

    def __call__(self, graph: LabeledGraph) -> Observation:
        """Look a graph up (see ``Evaluator``)."""
        self.space.require(graph)
        row = self.table.rows.get(self.space.key(graph))
        if row is None:
            msg = (
                f"{graph} is in the space {self.space.name!r}, but the table {self.name} has no "
                f"row for it (it has {len(self.table.rows):,} rows)"
            )
            raise NotInTableError(msg)
        return self._observation(row, graph)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.reload is None:
            return TableEvaluator, (self.name, self.space, self.objective, self.table)
        return _reloaded, (self.reload, self.space)

    def _observation(self, row: int, graph: LabeledGraph) -> Observation:
        table = self.table
        return Observation(
            graph,
            float(table.value[row]),
            None if table.test_value is None else float(table.test_value[row]),
            {name: float(column[row]) for name, column in table.metrics.items()},
            0.0 if table.seconds is None else float(table.seconds[row]),
        )


def _reloaded(reload: Callable[[], TableEvaluator], space: CellSpace) -> TableEvaluator:
    return reload().within(space)
