"""NAS-Bench-101 as arrays: the cells, what was measured of some, and a surrogate for all.

``nasbench101_space.npz``, one entry per cell: ``num_vertices``; ``edges``, an integer whose bit
``x + y (y - 1) / 2`` is the edge ``x -> y``; ``ops``, ``(N, 5)``, of the vertices from 1 on (0
conv3x3-bn-relu, 1 conv1x1-bn-relu, 2 maxpool3x3, 3 absent); ``params``. The two other files refer
to its rows: ``nasbench101_surrogate.npz`` with ``valid_e108_pred``, the predicted validation
accuracy of every cell as a fraction; ``nasbench101_30k.npz`` with ``row``, the measured validation
accuracies ``valid_e4, valid_e12, valid_e36, valid_e108`` of one training each, as fractions, and
``train_time_108_s``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH101_OPS
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.compact.arrays import read_arrays
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader

SPACE_FILE = "nasbench101_space.npz"
SIZE, NODES = 423_624, 7
ABSENT = len(NASBENCH101_OPS)


def read_surrogate(path: Path) -> TableData:
    """The predictions for the whole space; the cells lie beside the file.

    Raises:
        MissingDataError: the file with the cells is not there.
        BadDataError: a file is not what it should be.
    """
    predicted = read_arrays(path, "valid_e108_pred")["valid_e108_pred"]
    cells, params = _space(path)
    if len(predicted) != len(cells):
        msg = f"{path} has {len(predicted):,} predictions for {len(cells):,} cells"
        raise BadDataError(msg)
    valid = ColumnInfo(
        name="valid_e108_surrogate",
        metric="validation accuracy, predicted by a surrogate",
        role="objective",
        dataset="cifar10",
        split="valid",
        unit="fraction",
        better="higher",
        epochs=108,
    )
    about = entry("nasbench101-surrogate")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=_space_info(),
        datasets={
            "cifar10": DatasetInfo(
                title="CIFAR-10",
                objective="validation error on CIFAR-10 as a surrogate predicts it, %",
            )
        },
        columns=(valid, _PARAMS),
        rows=len(cells),
        complete=len(cells) == SIZE,
        sources=(SourceInfo(file=SPACE_FILE), SourceInfo(file=path.name)),
        licence=about.licence,
        citation=about.citation,
        note="A surrogate: gradient-boosted trees fitted to the 30,001 measured cells. Not a "
        "measurement; the best cell of the surrogate need not be the best of NAS-Bench-101.",
    )
    return TableData.of(header, cells, {valid.name: predicted, _PARAMS.name: params})


def read_measured(path: Path) -> TableData:
    """The cells with measured accuracies; the file with all cells lies beside.

    Raises:
        MissingDataError: the file with the cells is not there.
        BadDataError: a file is not what it should be.
    """
    names = [f"valid_e{epochs}" for epochs in (4, 12, 36, 108)]
    arrays = read_arrays(path, "row", *names, "train_time_108_s")
    cells, params = _space(path)
    rows = arrays.pop("row").astype(np.int64)
    if ((rows < 0) | (rows >= len(cells))).any():
        msg = f"{path} refers to row {rows.max()} of {len(cells):,} cells"
        raise BadDataError(msg)
    infos = [_accuracy(name) for name in names]
    seconds = ColumnInfo(
        name="train_time_108_s", metric="training time", role="seconds", unit="s", epochs=108
    )
    about = entry("nasbench101-30k")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=_space_info(),
        datasets={
            "cifar10": DatasetInfo(title="CIFAR-10", objective="validation error on CIFAR-10, %")
        },
        columns=(*infos, seconds, _PARAMS),
        rows=len(rows),
        complete=False,
        sources=(SourceInfo(file=SPACE_FILE), SourceInfo(file=path.name)),
        licence=about.licence,
        citation=about.citation,
        note="One of the three trainings of each cell; 7.1 % of the space, as good as a uniform "
        "sample. There are no test accuracies.",
    )
    return TableData.of(header, cells.take(rows), arrays | {_PARAMS.name: params[rows]})


_PARAMS = ColumnInfo(name="params", metric="trainable parameters", role="metric")


def _space_info() -> SpaceInfo:
    return SpaceInfo.of_preset("nasbench101", nodes=list(range(2, NODES + 1)))


def _accuracy(name: str) -> ColumnInfo:
    epochs = int(name.removeprefix("valid_e"))
    final = epochs == 108
    return ColumnInfo(
        name=name,
        metric="validation accuracy",
        role="objective" if final else "metric",
        dataset="cifar10",
        split="valid",
        unit="fraction",
        better="higher",
        epochs=epochs,
    )


def _space(beside: Path) -> tuple[GraphBatch, NDArray[Any]]:
    """The cells and their parameters."""
    path = beside.with_name(SPACE_FILE)
    if not path.is_file():
        msg = f"{beside.name} refers to the cells of {SPACE_FILE}, which is not beside it"
        raise MissingDataError(msg)
    arrays = read_arrays(path, "num_vertices", "edges", "ops", "params")
    return cells_of(arrays["num_vertices"], arrays["edges"], arrays["ops"]), arrays["params"]


def cells_of(vertices: NDArray[Any], edges: NDArray[Any], ops: NDArray[Any]) -> GraphBatch:
    """Cells from the arrays of the space.

    Args:
        vertices: ``(N,)``, numbers of nodes.
        edges: ``(N,)``, edge bits.
        ops: ``(N, 5)``, operations from node 1 on.

    Raises:
        BadDataError: a number is out of range.
    """
    count, rows = len(vertices), np.arange(len(vertices))
    sizes = vertices.astype(np.int64)
    inner = np.arange(1, NODES - 1) < sizes[:, None] - 1
    if (
        ops.shape != inner.shape
        or ((sizes < 2) | (sizes > NODES)).any()
        or ((ops < ABSENT) != inner).any()
    ):
        msg = "the cells of NAS-Bench-101 have 2 to 7 nodes and an operation on each inner one"
        raise BadDataError(msg)
    heads, tails = np.tril_indices(NODES, -1)  # ordered by head, as the bits are
    bits = np.ascontiguousarray(edges.astype("<u4")).view(np.uint8).reshape(count, 4)
    adjacency = np.zeros((count, NODES, NODES), dtype=np.bool_)
    unpacked = np.unpackbits(bits, axis=1, count=len(tails), bitorder="little")
    adjacency[:, tails, heads] = unpacked.view(np.bool_)
    labels = np.full((count, NODES), -1, dtype=np.int8)
    labels[:, 0] = 0
    labels[:, 1:-1] = np.where(inner, ops + 1, -1)
    labels[rows, sizes - 1] = ABSENT + 1
    no_labels = np.full((count, NODES, NODES), -1, dtype=np.int8)
    return GraphBatch(sizes, adjacency, labels, no_labels)
