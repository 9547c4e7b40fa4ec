"""NAS-Bench-201 from a compact table, ``nasbench201.parquet``, in the data directory.

One row per cell. Columns ``op_0_1, op_0_2, op_1_2, op_0_3, op_1_3, op_2_3``: the operation on the
edge ``i -> j`` as an integer (0 none, 1 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3,
4 avg_pool_3x3). Accuracies in %, of which a file may hold any: ``cifar10_valid``, ``cifar10_test``,
``cifar100_valid``, ``cifar100_test``, ``imagenet16_valid``, ``imagenet16_test``. Optional:
``flops_M`` and ``params_M`` (millions), ``train_time_cifar_s`` (seconds of a full training on
CIFAR). Other columns are not read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH201_OPS, nasbench201
from nasgoat.tabular.table import Table, TableEvaluator

FILENAME = "nasbench201.parquet"
SIZE = 5**6
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
OP_COLUMNS = tuple(f"op_{u}_{v}" for u, v in EDGES)
METRICS = ("flops_M", "params_M")

DATASETS = {  # benchmark: (title, columns start with)
    "cifar10": ("CIFAR-10", "cifar10"),
    "cifar100": ("CIFAR-100", "cifar100"),
    "imagenet16-120": ("ImageNet16-120", "imagenet16"),
}


def load(dataset: str, path: Path) -> TableEvaluator:
    """Read one dataset's columns of the table; values are errors in %, 100 minus the accuracy.

    Args:
        dataset: a key of ``DATASETS``.
        path: the parquet file.

    Raises:
        MissingDataError: the file holds no accuracies on this dataset.
        BadDataError: the file is no such table.
    """
    name = f"nasbench201:{dataset}"
    title, prefix = DATASETS[dataset]
    raw = _read(path, name, prefix)
    columns = {"value": 100 - raw[f"{prefix}_valid"]}
    if f"{prefix}_test" in raw:
        columns["test_value"] = 100 - raw[f"{prefix}_test"]
    if "train_time_cifar_s" in raw and prefix.startswith("cifar"):
        columns["seconds"] = raw["train_time_cifar_s"]
    columns |= {metric: raw[metric] for metric in METRICS if metric in raw}
    codes = np.stack([raw[column] for column in OP_COLUMNS], axis=1)
    try:
        table = Table.of(nasbench201("any"), graphs_of(codes), columns, SIZE)
    except BadDataError as error:
        msg = f"{path}: {error}"
        raise BadDataError(msg) from error
    return TableEvaluator(name, nasbench201(), f"validation error on {title}, %", table)


def graphs_of(codes: NDArray[Any]) -> GraphBatch:
    """Cells from operation codes.

    Args:
        codes: ``(N, 6)``, the operation on each of ``EDGES``: 0 for none, else 1 + edge label.

    Raises:
        BadDataError: a code is not one of 0 to 4.
    """
    wrong = ~np.isin(codes, range(len(NASBENCH201_OPS) + 1)).all(axis=1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        msg = f"row {row} has the operation codes {codes[row].tolist()}; they go from 0 to 4"
        raise BadDataError(msg)
    count = len(codes)
    labels = np.full((count, 4, 4), -1, dtype=np.int8)
    for column, (u, v) in enumerate(EDGES):
        labels[:, u, v] = codes[:, column] - 1
    no_labels = np.full((count, 4), -1, dtype=np.int8)
    return GraphBatch(np.full(count, 4, dtype=np.int64), labels >= 0, no_labels, labels)


def _read(path: Path, name: str, prefix: str) -> dict[str, NDArray[np.float64]]:
    """The columns of one dataset that the file holds; the first six and the values are required."""
    import pyarrow as pa  # noqa: PLC0415  (0.2 s that other benchmarks need not pay)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        msg = f"{path} is not a parquet file: {error}"
        raise BadDataError(msg) from error
    lacking = [column for column in OP_COLUMNS if column not in names]
    if lacking:
        msg = f"{path} lacks the columns {', '.join(lacking)}; docs/tables.md describes the format"
        raise BadDataError(msg)
    value = f"{prefix}_valid"
    if value not in names:
        held = [key for key, (_, start) in DATASETS.items() if f"{start}_valid" in names]
        msg = f"{name} needs the column {value}, which {path} lacks; it holds {held}"
        raise MissingDataError(msg)
    optional = (f"{prefix}_test", "train_time_cifar_s", *METRICS)
    wanted = [*OP_COLUMNS, value, *(column for column in optional if column in names)]
    try:
        table = pq.read_table(path, columns=wanted)
        return {column: table[column].to_numpy().astype(np.float64) for column in wanted}
    except (pa.ArrowException, OSError, TypeError, ValueError) as error:
        msg = f"{path} cannot be read as a table of numbers: {error}"
        raise BadDataError(msg) from error
