"""The table format: a parquet file with one row per architecture and a header (docs/tables.md)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import CellSpace
from nasgoat.tabular.arrow import numbers, read_columns
from nasgoat.tabular.header import ARCHITECTURE, ColumnInfo, TableHeader

KEY = b"nasgoat"  # of the header in the file's metadata
Column = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class TableData:
    """A table as it lies in a file: published numbers, not yet an objective.

    Args:
        header: what they are.
        codes: ``(N, w)``, the architectures as ``header.space.code`` writes them.
        columns: the columns that were read, by name: ``(N,)``, or ``(N, repeats)``.

    Raises:
        BadDataError: a column is not in the header, or a shape is not what the header says.
    """

    header: TableHeader
    codes: NDArray[np.uint8]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        expected = (self.header.rows, self.header.space.code.width)
        if self.codes.shape != expected:
            msg = f"the architectures have the shape {self.codes.shape}, the header {expected}"
            raise BadDataError(msg)
        known = {column.name: column for column in self.header.columns}
        for name, values in self.columns.items():
            if name not in known:
                msg = f"the column {name!r} is not in the header, which has {sorted(known)}"
                raise BadDataError(msg)
            _require_shape(known[name], values, self.header.rows)

    @classmethod
    def of(cls, header: TableHeader, batch: GraphBatch, columns: Mapping[str, Column]) -> Self:
        """Encode the architectures of a table.

        Raises:
            BadDataError: see above, or a column of the header is missing.
        """
        lacking = [column.name for column in header.columns if column.name not in columns]
        if lacking:
            msg = f"the header names the columns {lacking}, which are not given"
            raise BadDataError(msg)
        return cls(header, header.space.code.encode(batch), columns)

    def graphs(self) -> GraphBatch:
        """The architectures, in the order of the rows.

        Raises:
            BadDataError: a code is no graph.
        """
        try:
            return self.header.space.code.decode(self.codes)
        except ValueError as error:
            raise BadDataError(str(error)) from error

    def space(self, given: CellSpace | None = None) -> CellSpace:
        """The space of the table: the one given, or the preset that the header names.

        Raises:
            BadDataError: there is none, or it does not fit the codes.
        """
        if given is None:
            return self.header.space.make()
        self.header.space.require(given)
        return given


def write_table(path: Path, data: TableData) -> None:
    """Write a table; an existing file is replaced only when the new one is complete.

    Raises:
        OSError: the file cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415  (0.2 s that other benchmarks need not pay)
    import pyarrow.parquet as pq  # noqa: PLC0415

    binary = pa.binary(data.codes.shape[1])
    buffers = [None, pa.py_buffer(np.ascontiguousarray(data.codes))]
    arrays = {ARCHITECTURE: pa.Array.from_buffers(binary, len(data.codes), buffers)}
    for column in data.header.columns:
        values = np.ascontiguousarray(data.columns[column.name])
        if column.repeats == 1:
            arrays[column.name] = pa.array(values)
        else:
            flat = pa.array(values.reshape(-1))
            arrays[column.name] = pa.FixedSizeListArray.from_arrays(flat, column.repeats)
    header = data.header.model_dump_json(exclude_none=True).encode()
    table = pa.table(arrays).replace_schema_metadata({KEY: header})
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        pq.write_table(table, partial, compression="zstd", write_page_checksum=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_header(path: Path) -> TableHeader | None:
    """The header of a table file; None for a parquet file without one.

    Raises:
        BadDataError: not a parquet file, a newer format, or a header that is not valid.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        metadata = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError) as error:
        msg = f"{path} is not a parquet file: {error}"
        raise BadDataError(msg) from error
    if KEY not in metadata:
        return None
    try:
        value = json.loads(metadata[KEY])
    except ValueError as error:
        msg = f"{path} has a header that is not JSON: {error}"
        raise BadDataError(msg) from error
    try:
        return TableHeader.read(value)
    except BadDataError as error:
        msg = f"{path} cannot be read: {error}"
        raise BadDataError(msg) from error


def read_table(path: Path, dataset: str | None = None) -> TableData:
    """Read a table file.

    Args:
        path: the file.
        dataset: read only the columns of this dataset; None for all columns.

    Raises:
        BadDataError: the file is no table, a newer one, damaged, or without that dataset.
    """
    import pyarrow as pa  # noqa: PLC0415

    header = read_header(path)
    if header is None:
        msg = f"{path} has no nasgoat header; docs/tables.md describes the format"
        raise BadDataError(msg)
    if dataset is not None and dataset not in header.datasets:
        msg = f"{path} holds no dataset {dataset!r}; it holds {sorted(header.datasets)}"
        raise BadDataError(msg)
    wanted = header.columns if dataset is None else header.of(dataset)
    try:
        arrays = read_columns(path, [ARCHITECTURE, *(column.name for column in wanted)])
        columns = {column.name: _numbers(arrays[column.name], column) for column in wanted}
        return TableData(header, _bytes(arrays[ARCHITECTURE]), columns)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        msg = f"{path} is not what its header says: {error}"
        raise BadDataError(msg) from error


def _bytes(array: Any) -> NDArray[np.uint8]:
    width = array.type.byte_width
    flat = np.frombuffer(array.buffers()[1], dtype=np.uint8)
    return flat[array.offset * width :][: len(array) * width].reshape(-1, width)


def _numbers(array: Any, info: ColumnInfo) -> Column:
    try:
        values = numbers(array if info.repeats == 1 else array.flatten())
    except TypeError as error:
        msg = f"the column {info.name!r}: {error}"
        raise TypeError(msg) from error
    return values if info.repeats == 1 else values.reshape(-1, info.repeats)


def _require_shape(column: ColumnInfo, values: Column, rows: int) -> None:
    shape = (rows,) if column.repeats == 1 else (rows, column.repeats)
    if values.shape != shape:
        msg = f"the column {column.name!r} has the shape {values.shape}, the header says {shape}"
        raise BadDataError(msg)
