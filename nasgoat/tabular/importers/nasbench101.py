"""NAS-Bench-101 from its TFRecord files, ``nasbench_only108.tfrecord`` or ``nasbench_full.tfrecord``.

A record is a JSON list: module hash, epochs, adjacency matrix as a string of 0 and 1 (row by row),
operations joined by commas, and a ``ModelMetrics`` message in base64. There are three records, one
per training, for each cell and number of epochs.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, OutsideSpaceError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH101_OPS
from nasgoat.spaces.nb101 import MAX_NODES, module_hashes
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.base import ImportProgress
from nasgoat.tabular.importers.model_metrics import Evaluation, decode
from nasgoat.tabular.importers.tfrecord import records

SIZE = 423_624
REPEATS = 3
HALFWAY, FINAL = 1, 2  # places of these evaluations; place 0 is that before the training
NAMES = ("input", *NASBENCH101_OPS, "output")
# name: (metric, split, role, evaluation, attribute, unit)
MEASURES = {
    "valid": ("validation accuracy", "valid", "objective", FINAL, "validation_accuracy"),
    "test": ("test accuracy", "test", "test", FINAL, "test_accuracy"),
    "seconds": ("training time", None, "seconds", FINAL, "training_time"),
    "valid_half": ("validation accuracy halfway", "valid", "metric", HALFWAY, "validation_accuracy"),
    "test_half": ("test accuracy halfway", "test", "metric", HALFWAY, "test_accuracy"),
    "seconds_half": ("training time until halfway", None, "metric", HALFWAY, "training_time"),
}


@dataclass(frozen=True, slots=True)
class NasBench101Importer:
    """See the module."""

    name: str = "nasbench101"
    accepts: tuple[str, ...] = ("nasbench_only108.tfrecord", "nasbench_full.tfrecord")

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``); some 250 MB of memory for all 423,624 cells."""
        cells, size, seen = _Cells(), path.stat().st_size, 0
        for batch, position in records(path):
            for record in batch:
                try:
                    cells.add(*json.loads(record))
                except (TypeError, ValueError) as error:
                    msg = f"{path} is not a file of NAS-Bench-101: record {seen:,}: {error}"
                    raise BadDataError(msg) from error
                seen += 1
            progress(position, size)
        try:
            return _table(cells, path.name)
        except (OutsideSpaceError, BadDataError) as error:
            msg = f"{path}: {error}"
            raise BadDataError(msg) from error


@dataclass(slots=True)
class _Cells:
    """What was read so far: a row per cell, in the order in which they came."""

    rows: dict[bytes, int] = field(default_factory=dict)  # by module hash
    specs: list[tuple[str, str]] = field(default_factory=list)
    parameters: list[int] = field(default_factory=list)
    values: dict[int, NDArray[np.float32]] = field(default_factory=dict)  # by epochs
    repeats: dict[int, NDArray[np.uint8]] = field(default_factory=dict)  # trainings seen

    def add(self, name: str, epochs: int, adjacency: str, operations: str, metrics: str) -> None:
        """Take in one record.

        Raises:
            ValueError: it does not make sense, alone or with those before it.
        """
        training = decode(base64.b64decode(metrics, validate=True))
        if len(training.evaluations) <= FINAL:
            msg = f"{len(training.evaluations)} evaluations of a training, not three"
            raise ValueError(msg)
        key = bytes.fromhex(name)
        row = self.rows.setdefault(key, len(self.rows))
        spec = (sys.intern(adjacency), sys.intern(operations))
        if row == len(self.specs):
            self.specs.append(spec)
            self.parameters.append(training.trainable_parameters)
        elif self.specs[row] != spec:
            msg = f"two different cells with the module hash {name}"
            raise ValueError(msg)
        self._room(epochs, row)
        repeat = int(self.repeats[epochs][row])
        if repeat == REPEATS:
            msg = f"a fourth training of the cell {name} with {epochs} epochs"
            raise ValueError(msg)
        self.repeats[epochs][row] += 1
        self.values[epochs][row, :, repeat] = _measured(training.evaluations)

    def _room(self, epochs: int, row: int) -> None:
        if epochs not in self.values:
            self.values[epochs] = np.zeros((0, len(MEASURES), REPEATS), dtype=np.float32)
            self.repeats[epochs] = np.zeros(0, dtype=np.uint8)
        have = len(self.repeats[epochs])
        if row >= have:
            more = max(row + 1, 2 * have) - have
            grown = np.zeros((more, len(MEASURES), REPEATS), dtype=np.float32)
            self.values[epochs] = np.concatenate([self.values[epochs], grown])
            self.repeats[epochs] = np.pad(self.repeats[epochs], (0, more))


def _measured(evaluations: tuple[Evaluation, ...]) -> list[float]:
    return [getattr(evaluations[at], attribute) for *_, at, attribute in MEASURES.values()]


def _table(cells: _Cells, filename: str) -> TableData:
    """The table of all cells.

    Raises:
        BadDataError: a cell is not what its hash says, or trainings are missing.
    """
    count = len(cells.rows)
    if count == 0:
        msg = "it holds no records"
        raise BadDataError(msg)
    batch = _batch(cells.specs)
    names = np.frombuffer(b"".join(cells.rows), dtype=np.uint8).reshape(count, -1)
    wrong = np.flatnonzero((module_hashes(batch) != names).any(axis=1))
    if len(wrong):
        msg = f"{len(wrong)} cells do not have the module hash given, first {names[wrong[0]].tobytes().hex()}"
        raise BadDataError(msg)
    columns: dict[str, NDArray[Any]] = {}
    for epochs in sorted(cells.values, reverse=True):
        lacking = np.flatnonzero(cells.repeats[epochs][:count] < REPEATS)
        if len(lacking) or len(cells.repeats[epochs]) < count:
            msg = (
                f"{max(len(lacking), count - len(cells.repeats[epochs])):,} cells have fewer than "
                f"{REPEATS} trainings with {epochs} epochs; the file is incomplete"
            )
            raise BadDataError(msg)
        for at, measure in enumerate(MEASURES):
            columns[f"{measure}_e{epochs}"] = cells.values[epochs][:count, at].copy()
    columns["parameters"] = np.array(cells.parameters, dtype=np.int32)
    return TableData.of(_header(sorted(cells.values, reverse=True), count, filename), batch, columns)


def _batch(specs: list[tuple[str, str]]) -> GraphBatch:
    """The cells of adjacency strings and operation lists."""
    shapes = {adjacency: _matrix(adjacency) for adjacency, _ in specs}
    labels = {operations: _labels(operations) for _, operations in specs}
    sizes = np.array([len(labels[operations]) for _, operations in specs], dtype=np.int64)
    adjacency = np.zeros((len(specs), MAX_NODES, MAX_NODES), dtype=np.bool_)
    node_labels = np.full((len(specs), MAX_NODES), -1, dtype=np.int8)
    for row, (shape, operations) in enumerate(specs):
        n = len(labels[operations])
        if len(shapes[shape]) != n:
            msg = f"a cell of {n} operations and {len(shapes[shape])} nodes"
            raise BadDataError(msg)
        adjacency[row, :n, :n] = shapes[shape]
        node_labels[row, :n] = labels[operations]
    no_labels = np.full(adjacency.shape, -1, dtype=np.int8)
    return GraphBatch(sizes, adjacency, node_labels, no_labels)


def _matrix(text: str) -> NDArray[np.bool_]:
    n = round(len(text) ** 0.5)
    if n * n != len(text) or n > MAX_NODES or set(text) - {"0", "1"}:
        msg = f"an adjacency matrix {text!r}"
        raise BadDataError(msg)
    return np.array(list(text)).reshape(n, n) == "1"


def _labels(text: str) -> list[int]:
    names = text.split(",")
    unknown = set(names) - set(NAMES)
    if unknown:
        msg = f"the operations {sorted(unknown)}, which NAS-Bench-101 does not have"
        raise BadDataError(msg)
    return [NAMES.index(name) for name in names]


def _header(epochs: list[int], count: int, filename: str) -> TableHeader:
    datasets = {
        f"cifar10-e{e}" if e != max(epochs) else "cifar10": DatasetInfo(
            title="CIFAR-10", objective=f"validation error on CIFAR-10 after {e} epochs, %"
        )
        for e in epochs
    }
    columns = [
        ColumnInfo(
            name=f"{measure}_e{e}",
            metric=metric,
            role=role,
            dataset=dataset,
            split=split,
            unit="s" if attribute == "training_time" else "fraction",
            better=None if attribute == "training_time" else "higher",
            repeats=REPEATS,
            epochs=e,
        )
        for e, dataset in zip(epochs, datasets, strict=True)
        for measure, (metric, split, role, _, attribute) in MEASURES.items()
    ]
    columns.append(ColumnInfo(name="parameters", metric="trainable parameters", role="metric"))
    return TableHeader(
        name="nasbench101",
        title="NAS-Bench-101",
        space=SpaceInfo.of_preset("nasbench101", nodes=list(range(2, 8))),
        datasets=datasets,
        columns=tuple(columns),
        rows=count,
        complete=count == SIZE,
        sources=(SourceInfo(file=filename),),
        licence="Apache-2.0",
        citation="Ying et al., NAS-Bench-101: Towards Reproducible Neural Architecture Search, ICML 2019",
        note="Three trainings of each cell; the files do not say by which seeds.",
    )
