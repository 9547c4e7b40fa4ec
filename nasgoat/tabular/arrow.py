"""Columns of parquet files as numpy arrays, without the import of pandas that pyarrow would do.

That import takes longer than any table; it is avoided by reading the file directly, and by DLPack.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_columns(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Whole columns of a file as Arrow arrays.

    Raises:
        KeyError: the file lacks a column.
        ArrowException, OSError: the file cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415  (0.1 s that other benchmarks need not pay)
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {}
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for name in names:  # one by one: what decoding needs is free again before the next
            columns[name] = file.read(columns=[name], use_threads=False)[name].combine_chunks()
    pa.default_memory_pool().release_unused()
    return columns


def numbers(array: Any) -> NDArray[Any]:
    """An Arrow array of numbers; null becomes NaN.

    Raises:
        TypeError: it holds something else.
    """
    import pyarrow as pa  # noqa: PLC0415

    kind = array.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        msg = f"it holds {kind}, not numbers"
        raise TypeError(msg)
    if array.null_count:
        array = array.cast(pa.float64()).fill_null(float("nan"))
    return np.from_dlpack(array)
