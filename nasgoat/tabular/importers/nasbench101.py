"""NAS-Bench-101 from ``nasbench_only108.tfrecord`` or ``nasbench_full.tfrecord``.

A record is a JSON list: module hash, epochs, adjacency matrix as a string of 0 and 1 (row by row),
operations joined by commas, and a ``ModelMetrics`` message in base64. There are three records, one
per training, for each cell and number of epochs.
"""

from __future__ import annotations

import base64
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, OutsideSpaceError
from nasgoat.spaces.nb101 import module_hashes
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers.base import ImportProgress
from nasgoat.tabular.importers.model_metrics import decode
from nasgoat.tabular.importers.table101 import FINAL, MEASURES, REPEATS, cells_of, header_of
from nasgoat.tabular.importers.tfrecord import records

DIGEST = 16  # bytes of a module hash
HASHED_AT_ONCE = 4096  # cells; a fraction of a second


@dataclass(frozen=True, slots=True)
class NasBench101Importer:
    """See the module."""

    name: str = "nasbench101"
    accepts: tuple[str, ...] = ("nasbench_only108.tfrecord", "nasbench_full.tfrecord")

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``); under 1 GB of memory for all 423,624 cells."""
        trainings, size, seen = _Trainings(), path.stat().st_size, 0
        for batch, position in records(path):
            for record in batch:
                try:
                    trainings.add(*json.loads(record))
                except (TypeError, ValueError, RecursionError) as error:
                    msg = f"{path} is not a file of NAS-Bench-101: record {seen:,}: {error}"
                    raise BadDataError(msg) from error
                seen += 1
            with _about(path):
                trainings.check_hashes(HASHED_AT_ONCE)
            progress(position, size)
        with _about(path):
            return trainings.table(path.name)


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Errors about cells name the file."""
    try:
        yield
    except (OutsideSpaceError, BadDataError) as error:
        msg = f"{path}: {error}"
        raise BadDataError(msg) from error


@dataclass(slots=True)
class _Trainings:
    """What was read so far: a row per cell, in the order in which they came."""

    rows: dict[bytes, int] = field(default_factory=dict)  # by module hash
    names: list[bytes] = field(default_factory=list)
    specs: list[tuple[str, str]] = field(default_factory=list)
    checked: int = 0  # cells whose hashes were computed
    parameters: list[int] = field(default_factory=list)
    values: dict[int, NDArray[np.float32]] = field(default_factory=dict)  # by epochs
    repeats: dict[int, NDArray[np.uint8]] = field(default_factory=dict)  # trainings seen

    def add(self, name: str, epochs: int, adjacency: str, operations: str, metrics: str) -> None:
        """Take in one record.

        Raises:
            TypeError, ValueError: it does not make sense, alone or with those before it.
        """
        training = decode(base64.b64decode(metrics, validate=True))
        if len(training.evaluations) <= FINAL:
            msg = f"{len(training.evaluations)} evaluations of a training, not three"
            raise ValueError(msg)
        key = bytes.fromhex(name)
        if len(key) != DIGEST:
            msg = f"a module hash {name!r}"
            raise ValueError(msg)
        row = self.rows.setdefault(key, len(self.rows))
        spec = (sys.intern(adjacency), sys.intern(operations))
        if row == len(self.specs):
            self.specs.append(spec)
            self.names.append(key)
            self.parameters.append(training.trainable_parameters)
        elif self.specs[row] != spec:
            msg = f"two different cells with the module hash {name}"
            raise ValueError(msg)
        self._make_room(epochs, row)
        repeat = int(self.repeats[epochs][row])
        if repeat == REPEATS:
            msg = f"a fourth training of the cell {name} with {epochs} epochs"
            raise ValueError(msg)
        self.repeats[epochs][row] += 1
        values = [measure.of(training.evaluations) for measure in MEASURES]
        if not all(map(math.isfinite, values)):
            msg = f"a training of the cell {name} without all of its metrics"
            raise ValueError(msg)
        self.values[epochs][row, :, repeat] = values

    def _make_room(self, epochs: int, row: int) -> None:
        if epochs not in self.values:
            if not (isinstance(epochs, int) and epochs > 0):
                msg = f"{epochs!r} epochs"
                raise ValueError(msg)
            self.values[epochs] = np.zeros((0, len(MEASURES), REPEATS), dtype=np.float32)
            self.repeats[epochs] = np.zeros(0, dtype=np.uint8)
        have = len(self.repeats[epochs])
        if row >= have:
            more = max(row + 1, have + have // 2) - have
            grown = np.zeros((more, len(MEASURES), REPEATS), dtype=np.float32)
            self.values[epochs] = np.concatenate([self.values[epochs], grown])
            self.repeats[epochs] = np.pad(self.repeats[epochs], (0, more))

    def check_hashes(self, least: int = 1) -> None:
        """Compute the hashes of the cells that came since the last call, if they are enough.

        Raises:
            BadDataError: a cell does not have the hash that names it.
            OutsideSpaceError: it is no cell of NAS-Bench-101.
        """
        new = slice(self.checked, len(self.names))
        if new.stop - new.start < least:
            return
        found = module_hashes(cells_of(self.specs[new]))
        given = np.frombuffer(b"".join(self.names[new]), dtype=np.uint8).reshape(found.shape)
        wrong = np.flatnonzero((found != given).any(axis=1))
        if len(wrong):
            name = given[wrong[0]].tobytes().hex()
            msg = f"{len(wrong):,} cells do not have the module hash given, the first is {name}"
            raise BadDataError(msg)
        self.checked = new.stop

    def table(self, filename: str) -> TableData:
        """The table of all cells.

        Raises:
            BadDataError: trainings are missing, or a cell is not what its hash says.
            OutsideSpaceError: a cell breaks a rule of the space.
        """
        count, lengths = len(self.rows), sorted(self.values, reverse=True)
        if count == 0:
            msg = "it holds no records"
            raise BadDataError(msg)
        for epochs in lengths:
            lacking = count - int((self.repeats[epochs][:count] == REPEATS).sum())
            if lacking:
                msg = (
                    f"{lacking:,} of {count:,} cells have fewer than {REPEATS} trainings with "
                    f"{epochs} epochs; the file is incomplete"
                )
                raise BadDataError(msg)
        self.check_hashes()
        columns: dict[str, NDArray[Any]] = {
            f"{measure.column}_e{epochs}": self.values[epochs][:count, at]
            for epochs in lengths
            for at, measure in enumerate(MEASURES)
        }
        columns["parameters"] = np.array(self.parameters, dtype=np.int32)
        return TableData.of(header_of(lengths, count, filename), cells_of(self.specs), columns)
