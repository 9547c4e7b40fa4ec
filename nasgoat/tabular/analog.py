"""AnalogNAS-Bench: the cells of NAS-Bench-201 on CIFAR-10, digital and on analog hardware.

Read from the optional package analog-nasbench. Its digital accuracies are the authors' own
trainings, not the numbers of NAS-Bench-201. There is one accuracy per cell and setting, hence no
test value.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import nasbench201
from nasgoat.tabular import nasbench201 as cells
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import package_file
from nasgoat.tabular.table import Table
from nasgoat.tabular.unpickle import Record, load_plain

PACKAGE = "analognasbench"
STAND_INS = {
    ("analognasbench.data", "Architecture"): Record,
    ("analognasbench.data", "DriftMeasurement"): Record,
}
EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))  # order of the operations in a row's key
CODES = np.array([1, 0, 3, 2, 4])  # their codes in NAS-Bench-201's order: 0 is none, 1 is skip ...

VARIANTS = {  # benchmark: attribute in the file
    "cifar10": "baseline_accuracy",
    "cifar10-ptq": "ptq_accuracy",
    "cifar10-qat": "qat_accuracy",
    "cifar10-noisy": "noisy_accuracy",
    "cifar10-analog": "analog_accuracy",
}


def names() -> list[str]:
    """The benchmarks, one per accuracy."""
    return [f"analog-nasbench:{variant}" for variant in VARIANTS]


def load(name: str, data: Path | None = None) -> TableEvaluator:
    """Read the table with one of its accuracies as objective, all of them as metrics.

    Args:
        name: one of ``names()``.
        data: not used; the table comes with a package.

    Raises:
        MissingDataError: the package analog-nasbench is not installed.
        BadDataError: the file is not what version 0.1.3 of the package holds.
    """
    del data
    variant = name.partition(":")[2]
    path = package_file(PACKAGE, "data.anb", name, "'nasgoat[data]'")
    graphs, accuracies = read(path)
    units = dict.fromkeys(accuracies, "%")
    columns = {"value": 100 - accuracies[VARIANTS[variant]], **accuracies}
    table = Table.of(nasbench201("any"), graphs, columns, cells.SIZE, units)
    objective = f"100 - {VARIANTS[variant]} of AnalogNAS-Bench on CIFAR-10, %"
    return TableEvaluator(name, nasbench201(), objective, table)


def read(path: Path) -> tuple[GraphBatch, dict[str, NDArray[np.float64]]]:
    """The cells of the package's file, and their accuracies in % by ``VARIANTS``' attributes.

    Raises:
        BadDataError: the file is not what version 0.1.3 of the package holds.
    """
    rows = load_plain(path, STAND_INS)
    order = [EDGES.index(edge) for edge in cells.EDGES]
    try:
        keys = np.array(list(rows), dtype=np.int64).reshape(-1, len(EDGES))
        accuracies = {column: _column(rows, column) for column in VARIANTS.values()}
        codes = CODES[keys[:, order]]
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        msg = (
            f"{path} is not a file of AnalogNAS-Bench ({error!r}); that of the package comes with "
            "pip install 'nasgoat[data]'"
        )
        raise BadDataError(msg) from error
    return cells.graphs_of(codes), accuracies


def _column(data: dict[Any, Any], attribute: str) -> NDArray[np.float64]:
    return np.array([getattr(row, attribute) for row in data.values()], dtype=np.float64)
