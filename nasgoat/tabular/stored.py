"""Benchmarks whose table is a file in the data directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nasgoat.errors import MissingDataError
from nasgoat.spaces import CellSpace
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import data_file
from nasgoat.tabular.format import TableData, read_header, read_table
from nasgoat.tabular.serve import serve

Reader = Callable[[Path], TableData]


@dataclass(frozen=True, slots=True)
class Stored:
    """A set whose file is ``NAME.parquet`` in the table format, or a compact file.

    Args:
        name: of the set.
        datasets: its benchmarks; a set with one is called by the name of the set alone.
        compact: name and reader of a compact file that serves where there is no table.
        search: where to search a complete table, None for all of it.
    """

    name: str
    datasets: tuple[str, ...]
    compact: tuple[str, Reader] | None = None
    search: CellSpace | None = None

    @property
    def filenames(self) -> tuple[str, ...]:
        """The files that can hold it, the preferred one first."""
        table = f"{self.name}.parquet"
        return (table,) if self.compact is None else (table, self.compact[0])

    def names(self) -> Sequence[str]:
        """See ``Family``."""
        if len(self.datasets) == 1:
            return [self.name]
        return [f"{self.name}:{dataset}" for dataset in self.datasets]

    def load(self, name: str, data: Path | None) -> TableEvaluator:
        """See ``Family``."""
        path = data_file(self.filenames, name, data)
        dataset = name.partition(":")[2] or self.datasets[0]
        if self.compact is not None and path.name == self.compact[0]:
            table = self.compact[1](path)
        else:
            table = read_dataset(path, dataset, name)
        return serve(table, dataset, name, self.search)


def read_dataset(path: Path, dataset: str, name: str) -> TableData:
    """Read one dataset of a file in the table format.

    Args:
        path: the file.
        dataset: of the table.
        name: of the benchmark, for the error message.

    Raises:
        MissingDataError: the table is without that dataset.
        BadDataError: the file is no table.
    """
    header = read_header(path)
    if header is not None and dataset not in header.datasets:
        msg = f"{name} is not in {path}; it holds {sorted(header.datasets)}"
        raise MissingDataError(msg)
    return read_table(path, dataset)
