"""A sample of NAS-Bench-301: ``nasbench301_naslib_sample.csv.gz``, from NASLib.

Columns ``normal`` and ``reduce``: JSON lists of eight pairs (input, operation), two for each node;
``surrogate_val_acc``: what NAS-Bench-301's model xgb v1.0 predicts, in %, noise included;
``naslib_flops_M``, ``naslib_params_M``: millions, of a proxy network.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, OutsideSpaceError
from nasgoat.spaces.nb301 import graphs_of
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader

CELLS = ("normal", "reduce")
# what reading raises for a file that is damaged or holds something else
WRONG = (
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    OutsideSpaceError,
    gzip.BadGzipFile,
    zlib.error,
)
NUMBERS = ("surrogate_val_acc", "naslib_flops_M", "naslib_params_M")

COLUMNS = (
    ColumnInfo(
        name="surrogate_val_acc",
        metric="validation accuracy, predicted by a surrogate",
        role="objective",
        dataset="cifar10",
        split="valid",
        unit="%",
        better="higher",
    ),
    ColumnInfo(
        name="naslib_flops_M", metric="multiply-adds of a proxy", role="metric", unit="million"
    ),
    ColumnInfo(
        name="naslib_params_M", metric="parameters of a proxy", role="metric", unit="million"
    ),
)


def read_sample(path: Path) -> TableData:
    """The sampled pairs of cells.

    Raises:
        BadDataError: the file is not what it should be.
    """
    try:
        with gzip.open(path, "rt", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
        pairs = np.array([[json.loads(row[cell]) for cell in CELLS] for row in rows])
        numbers = np.array([[float(row[name]) for name in NUMBERS] for row in rows])
        pairs = pairs.reshape(len(rows), 2, -1, 2, 2).astype(np.int64)
        batch = graphs_of(pairs[..., 0], pairs[..., 1])
    except WRONG as error:
        msg = f"{path} is not a sample of NAS-Bench-301: {error!r}"
        raise BadDataError(msg) from error
    columns: dict[str, NDArray[np.float64]] = dict(zip(NUMBERS, numbers.T, strict=True))
    about = entry("nasbench301-sample")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("darts"),
        datasets={
            "cifar10": DatasetInfo(
                title="CIFAR-10",
                objective="validation error on CIFAR-10 as the surrogate xgb v1.0 predicts it, %",
            )
        },
        columns=COLUMNS,
        rows=len(rows),
        complete=False,
        sources=(SourceInfo(file=path.name, url="https://github.com/automl/NASLib"),),
        licence=about.licence,
        citation=about.citation,
        note="Predictions of a surrogate, its noise included; nothing was trained.",
    )
    return TableData.of(header, batch, columns)
