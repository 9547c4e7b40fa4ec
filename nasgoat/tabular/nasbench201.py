"""NAS-Bench-201: ``nasbench201.parquet``, in the table format or a compact table of means.

A compact table has one row per cell. Columns ``op_0_1, op_0_2, op_1_2, op_0_3, op_1_3, op_2_3``:
the operation on the edge ``i -> j`` as an integer (0 none, 1 skip_connect, 2 nor_conv_1x1,
3 nor_conv_3x3, 4 avg_pool_3x3). Accuracies in %, of which a file may hold any: see ``ACCURACIES``.
Optional: ``flops_M`` and ``params_M`` (millions), ``train_time_cifar_s`` (seconds of a training of
200 epochs on CIFAR). Other columns are not read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH201_OPS, nasbench201
from nasgoat.tabular.arrow import numbers, read_columns
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import data_file
from nasgoat.tabular.format import TableData, read_header
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.serve import serve
from nasgoat.tabular.stored import read_dataset

FILENAME = "nasbench201.parquet"
SIZE = 5**6
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
OP_COLUMNS = tuple(f"op_{u}_{v}" for u, v in EDGES)
COSTS = {"flops_M": "multiply-adds", "params_M": "parameters"}  # in millions
SECONDS, EPOCHS = "train_time_cifar_s", 200


class Accuracies(NamedTuple):
    """The columns of a dataset: trained for so many epochs."""

    title: str
    epochs: int
    valid: str
    test: str

    @property
    def objective(self) -> str:
        """What is minimised."""
        short = "" if self.epochs == EPOCHS else f" after {self.epochs} epochs"
        return f"validation error on {self.title}{short}, %"


DATASETS = {
    "cifar10": Accuracies("CIFAR-10", 200, "cifar10_valid", "cifar10_test"),
    "cifar100": Accuracies("CIFAR-100", 200, "cifar100_valid", "cifar100_test"),
    "imagenet16-120": Accuracies("ImageNet16-120", 200, "imagenet16_valid", "imagenet16_test"),
    "cifar10-e12": Accuracies("CIFAR-10", 12, "cifar10_valid_12ep", "cifar10_test_12ep"),
    "cifar100-e12": Accuracies("CIFAR-100", 12, "cifar100_valid_12ep", "cifar100_test_12ep"),
    "imagenet16-120-e12": Accuracies(
        "ImageNet16-120", 12, "imagenet16_valid_12ep", "imagenet16_test_12ep"
    ),
}


def names() -> list[str]:
    """The benchmarks, one per dataset and length of the training."""
    return [f"nasbench201:{dataset}" for dataset in DATASETS]


def load(name: str, data: Path | None) -> TableEvaluator:
    """Read one dataset's columns of the table; values are errors in %, 100 minus the accuracy.

    Args:
        name: one of ``names()``.
        data: the data directory.

    Raises:
        MissingDataError: there is no file, or it holds no accuracies on this dataset.
        BadDataError: the file is no such table.
    """
    path = data_file(FILENAME, name, data)
    dataset = name.partition(":")[2]
    if read_header(path) is not None:
        return serve(read_dataset(path, dataset, name), dataset, name, nasbench201())
    try:
        return serve(_compact(path, name, dataset), dataset, name, nasbench201())
    except BadDataError as error:
        msg = f"{path}: {error}"
        raise BadDataError(msg) from error


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


def _compact(path: Path, name: str, dataset: str) -> TableData:
    """The columns of one dataset of a compact table."""
    columns = _read(path, name, dataset)
    codes = np.stack([columns.pop(column) for column in OP_COLUMNS], axis=1)
    accuracies = DATASETS[dataset]
    if SECONDS in columns and accuracies.epochs < EPOCHS:
        columns[SECONDS] *= accuracies.epochs / EPOCHS  # the share of a full training
    about = entry("nasbench201")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("nasbench201", reachability="any"),
        datasets={dataset: DatasetInfo(title=accuracies.title, objective=accuracies.objective)},
        columns=tuple(_info(column, dataset) for column in columns),
        rows=len(codes),
        complete=len(codes) == SIZE,
        sources=(SourceInfo(file=path.name),),
        licence=about.licence,
        citation=about.citation,
        note="Means over the seeds that are available.",
    )
    return TableData.of(header, graphs_of(codes), columns)


def _info(column: str, dataset: str) -> ColumnInfo:
    if column == SECONDS:
        return ColumnInfo(name=column, metric="training time", role="seconds", unit="s")
    if column in COSTS:
        return ColumnInfo(name=column, metric=COSTS[column], role="metric", unit="million")
    accuracies = DATASETS[dataset]
    is_valid = column == accuracies.valid
    return ColumnInfo(
        name=column,
        metric="validation accuracy" if is_valid else "test accuracy",
        role="objective" if is_valid else "test",
        dataset=dataset,
        split="valid" if is_valid else "test",
        unit="%",
        better="higher",
        epochs=accuracies.epochs,
    )


def _read(path: Path, name: str, dataset: str) -> dict[str, NDArray[np.float64]]:
    """The columns of one dataset that the file holds; operations and objective are required."""
    import pyarrow as pa  # noqa: PLC0415  (0.2 s that other benchmarks need not pay)
    import pyarrow.parquet as pq  # noqa: PLC0415

    held = pq.read_schema(path).names
    lacking = [column for column in OP_COLUMNS if column not in held]
    if lacking:
        msg = f"it lacks the columns {', '.join(lacking)}; docs/tables.md describes the format"
        raise BadDataError(msg)
    accuracies = DATASETS[dataset]
    if accuracies.valid not in held:
        there = [key for key, other in DATASETS.items() if other.valid in held]
        msg = f"{name} needs the column {accuracies.valid}, which {path} lacks; it holds {there}"
        raise MissingDataError(msg)
    optional = [accuracies.test, *COSTS]
    if dataset.startswith("cifar"):
        optional.append(SECONDS)
    wanted = [*OP_COLUMNS, accuracies.valid, *(column for column in optional if column in held)]
    try:
        arrays = read_columns(path, wanted)
        return {column: numbers(arrays[column]).astype(np.float64) for column in wanted}
    except (pa.ArrowException, OSError, TypeError, ValueError) as error:
        msg = f"it cannot be read as a table of numbers: {error}"
        raise BadDataError(msg) from error
