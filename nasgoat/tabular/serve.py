"""From a table of published numbers to an evaluator with an objective."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.spaces import CellSpace, RowIndex, SearchSpace, TableSpace
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo
from nasgoat.tabular.measurements import Measurements
from nasgoat.tabular.table import Table

NAME_OF = {"objective": "value", "test": "test_value", "seconds": "seconds"}


def serve(
    data: TableData, dataset: str, name: str, search: CellSpace | None = None
) -> TableEvaluator:
    """Make the benchmark of one dataset of a table.

    Accuracies become errors in %. A table without a row for some architecture of its space is
    searched as a listed space: its rows.

    Args:
        data: the table, with the columns of the dataset.
        dataset: a key of the header's datasets.
        name: of the benchmark.
        search: where to search a complete table, by default all of it.

    Raises:
        BadDataError: the table has no such dataset, an architecture has two rows, or an objective
            is not a finite number.
    """
    header = data.header
    if dataset not in header.datasets:
        msg = f"{name} needs the dataset {dataset!r}; the table holds {sorted(header.datasets)}"
        raise BadDataError(msg)
    space = data.space()
    columns: dict[str, NDArray[Any] | Measurements] = {}
    units: dict[str, str] = {}
    for column in header.of(dataset):
        columns[NAME_OF.get(column.role, column.name)] = _measurements(column, data)
        if column.role == "metric" and column.unit is not None:
            units[column.name] = column.unit
    try:
        index = RowIndex.of(space.identity, header.space.code, data.codes)
    except ValueError as error:
        raise BadDataError(str(error)) from error
    table = Table.of_index(space, index, columns, complete=header.complete, units=units)
    where: SearchSpace = search or space
    if not header.complete:
        where = TableSpace.of_rows(header.name, space, index)
    objective = header.datasets[dataset].objective
    return TableEvaluator(name, where, objective, table, about=header)


def _measurements(column: ColumnInfo, data: TableData) -> Measurements:
    """Errors in % for what is better when higher, other numbers as they are."""
    perfect = None
    if column.role in ("objective", "test") and column.better == "higher":
        perfect = 1.0 if column.unit == "fraction" else 100.0
    return Measurements.of(data.columns[column.name], perfect)
