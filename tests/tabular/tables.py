"""Small tables that the tests of the room share."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasgoat.spaces import nasbench101
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader

SPACE = nasbench101(range(2, 5))  # 91 cells
CELLS = SPACE.listing()
VALID = np.linspace(50.0, 95.0, len(CELLS))
REPEATS = np.stack([VALID - 1, VALID, VALID + 1], axis=1)
REPEATS[3, 2] = REPEATS[4, 1] = REPEATS[4, 2] = np.nan  # trainings that are not there
SECONDS = VALID * 10


def header(rows: int = len(CELLS), **changes: Any) -> TableHeader:
    accuracy = {"dataset": "cifar10", "unit": "%", "better": "higher", "epochs": 108}
    fields: dict[str, Any] = {
        "name": "toy",
        "title": "A toy",
        "space": SpaceInfo.of_preset("nasbench101", nodes=[2, 3, 4]),
        "datasets": {
            "cifar10": DatasetInfo(title="CIFAR-10", objective="validation error on CIFAR-10, %")
        },
        "columns": (
            ColumnInfo(
                name="valid",
                metric="validation accuracy",
                role="objective",
                split="valid",
                repeats=3,
                **accuracy,
            ),
            ColumnInfo(name="test", metric="test accuracy", role="test", split="test", **accuracy),
            ColumnInfo(name="seconds", metric="training time", role="seconds", unit="s"),
            ColumnInfo(name="params", metric="parameters", role="metric"),
        ),
        "rows": rows,
        "complete": rows == len(CELLS),
        "sources": (SourceInfo(file="toy.bin", url="https://example.org", sha256="0" * 64),),
        "licence": "Apache-2.0",
        "citation": "Nobody, 2020",
    }
    return TableHeader(**(fields | changes))


def toy(rows: int = len(CELLS)) -> TableData:
    columns = {
        "valid": REPEATS[:rows],
        "test": VALID[:rows] - 0.5,
        "seconds": SECONDS[:rows],
        "params": np.arange(rows, dtype=np.int64),
    }
    return TableData.of(header(rows), CELLS.take(slice(0, rows)), columns)
