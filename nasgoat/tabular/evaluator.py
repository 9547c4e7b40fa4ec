"""Tables as evaluators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import NotInTableError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import SearchSpace
from nasgoat.tabular.header import TableHeader
from nasgoat.tabular.measurements import Floats, Measurements, draw_repeats, generator
from nasgoat.tabular.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class TableEvaluator:
    """A table as an evaluator.

    A query is *deterministic*, the mean over the trainings of an architecture, unless ``noise`` is
    set: then one training is drawn per architecture, always the same for the same seed, and the
    test value, metrics and seconds are those of this training where each training has its own.

    Args:
        name: of the benchmark, as in ``benchmark(name)``.
        space: where to search; not wider than ``table.space``.
        objective: what the values are, with their unit.
        table: the rows.
        reload: makes the evaluator anew, so that a pickle need not hold the table; None to pickle
            the table.
        noise: seed of the draws, None for means.
        about: the header of the table, where it came with one: columns, units, sources, licence.
        times: how often an architecture was evaluated before; each time has a draw of its own.
    """

    name: str
    space: SearchSpace
    objective: str
    table: Table = field(repr=False)
    reload: Callable[[], TableEvaluator] | None = field(default=None, repr=False)
    noise: int | None = None
    about: TableHeader | None = field(default=None, repr=False)
    times: int = 0
    _inside: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_inside", self.table.members(self.space))

    @property
    def optimum(self) -> float | None:
        """The least mean in the space; None if some architecture of it has no row."""
        values = self.table.value.mean[self._inside]
        return float(values.min()) if len(values) and self.table.covers(self.space) else None

    def best(self) -> Observation:
        """The row of the space with the least mean, the first if there are several.

        Raises:
            NotInTableError: no row of the table lies in the space.
        """
        inside = np.flatnonzero(self._inside)
        if len(inside) == 0:
            msg = f"the table {self.name} has no row in the space {self.space.name!r}"
            raise NotInTableError(msg)
        row = int(inside[self.table.value.mean[inside].argmin()])
        return self._observation(row, self.table.index.graphs(slice(row, row + 1))[0], None)

    def within(self, space: SearchSpace) -> TableEvaluator:
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

    def noisy(self, seed: int) -> TableEvaluator:
        """The same table with one training drawn per architecture, by ``seed``.

        Raises:
            NoRepeatsError: the table has one value per architecture.
        """
        self.table.require_repeats()
        if self.noise is not None:
            return replace(self, noise=seed)
        objective = f"{self.objective}; of one training drawn by chance"
        return replace(self, name=f"{self.name} (noisy)", objective=objective, noise=seed)

    def repeated(self, times: int) -> TableEvaluator:
        """The same table for architectures that were evaluated ``times`` times before."""
        return replace(self, times=times)

    def rows(self, graphs: GraphBatch | Iterable[LabeledGraph]) -> NDArray[np.int64]:
        """The row of each graph, -1 where it has none in the space; ``(len(graphs),)``."""
        rows = self.table.rows(graphs)
        return np.where(self._inside[rows], rows, -1)

    def query(self, rows: NDArray[np.int64], rng: np.random.Generator | None = None) -> Floats:
        """The objective of rows, see ``Table.query``; chance by ``rng``, whatever ``noise`` is."""
        return self.table.query(rows, rng)

    def __call__(self, graph: LabeledGraph) -> Observation:
        """Look a graph up (see ``Evaluator``)."""
        row = int(self.table.rows([graph])[0])
        if row < 0 or not self._inside[row]:
            self.space.require(graph)
            msg = (
                f"{graph} is in the space {self.space.name!r}, but the table {self.name} has no "
                f"row for it (it has {len(self.table):,} rows)"
            )
            raise NotInTableError(msg)
        return self._observation(row, graph, self.noise)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.reload is None:
            fields = (self.name, self.space, self.objective, self.table, None, self.noise)
            return TableEvaluator, (*fields, self.about, self.times)
        return _reloaded, (self.reload, self.space, self.noise, self.times)

    def _observation(self, row: int, graph: LabeledGraph, noise: int | None) -> Observation:
        table = self.table
        read = self._reader(row, noise)
        return Observation(
            graph,
            read(table.value),
            None if table.test_value is None else read(table.test_value),
            {name: read(column) for name, column in table.metrics.items()},
            0.0 if table.seconds is None else read(table.seconds),
        )

    def _reader(self, row: int, noise: int | None) -> Callable[[Measurements], float]:
        """Reads one number of a row from a column: a mean, or the training that was drawn."""
        if noise is None:
            return lambda column: column.at(row)
        values = self.table.value.values[row : row + 1]
        chosen = draw_repeats(values, generator(noise, row, self.times))
        rows = np.array([row])

        def drawn(column: Measurements) -> float:
            own = column.repeats == values.shape[1]  # each training has a number of its own
            return float(column.drawn(rows, chosen)[0]) if own else column.at(row)

        return drawn


def _reloaded(
    reload: Callable[[], TableEvaluator], space: SearchSpace, noise: int | None, times: int
) -> TableEvaluator:
    evaluator = reload().within(space)
    noisy = evaluator if noise is None else evaluator.noisy(noise)
    return noisy.repeated(times) if times else noisy
