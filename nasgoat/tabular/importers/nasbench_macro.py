"""NAS-Bench-Macro from ``nas-bench-macro_cifar10.json``.

The file is an object: ``"01200112": {"test_acc": [.., .., ..], "mean_acc": .., "std": ..,
"params": .., "flops": ..}``. A digit is the block of a layer. Networks that differ only in where a
stage has its identity layers are one network, trained once: 6,561 entries, 3,969 trainings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH_MACRO_OPS
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.base import ImportProgress

LAYERS, REPEATS = 8, 3
SIZE = len(NASBENCH_MACRO_OPS) ** LAYERS
NAME = re.compile(f"[0-{len(NASBENCH_MACRO_OPS) - 1}]{{{LAYERS}}}")


@dataclass(frozen=True, slots=True)
class NasBenchMacroImporter:
    """See the module."""

    name: str = "nasbench-macro"
    accepts: tuple[str, ...] = ("nas-bench-macro_cifar10.json",)

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``)."""
        try:
            entries = json.loads(path.read_bytes(), object_pairs_hook=_without_repetition)
            wrong = [name for name in entries if not NAME.fullmatch(name)]
            if wrong or not entries:
                _fail(f"{wrong[0]!r} names no network of {LAYERS} layers" if wrong else "empty")
            accuracies = np.array([_accuracies(entry) for entry in entries.values()])
            columns = {
                "test_accuracy": accuracies,
                "parameters": np.array([int(e["params"]) for e in entries.values()]),
                "flops": np.array([int(e["flops"]) for e in entries.values()]),
            }
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            msg = f"{path} is not a file of NAS-Bench-Macro: {error}"
            raise BadDataError(msg) from error
        progress(path.stat().st_size, path.stat().st_size)
        header = header_of(len(entries), path.name)
        return TableData.of(header, graphs_of(_blocks(list(entries))), columns)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        _fail(f"{next(name for name in names if names.count(name) > 1)!r} comes twice")
    return entries


def _accuracies(entry: dict[str, Any]) -> list[float]:
    values = [float(value) for value in entry["test_acc"]]
    if len(values) != REPEATS or not all(0 <= value <= 100 for value in values):
        _fail(f"the accuracies {values}")
    if abs(sum(values) / REPEATS - float(entry["mean_acc"])) > 1e-3:  # they were 4-byte floats
        _fail(f"the mean {entry['mean_acc']} of {values}")
    return values


def _fail(what: str) -> None:
    raise ValueError(what)


def _blocks(names: list[str]) -> NDArray[np.int64]:
    return np.array([list(map(int, name)) for name in names])


def graphs_of(blocks: NDArray[np.int64]) -> GraphBatch:
    """The networks of ``(N, 8)`` block numbers: 0 identity, 1 MB3_K3, 2 MB6_K5."""
    count, n = len(blocks), LAYERS + 2
    adjacency = np.zeros((count, n, n), dtype=np.bool_)
    adjacency[:, np.arange(n - 1), np.arange(1, n)] = True
    labels = np.full((count, n), len(NASBENCH_MACRO_OPS) + 1, dtype=np.int8)
    labels[:, 0] = 0
    labels[:, 1:-1] = 1 + blocks
    no_labels = np.full((count, n, n), -1, dtype=np.int8)
    return GraphBatch(np.full(count, n, dtype=np.int64), adjacency, labels, no_labels)


def header_of(rows: int, filename: str) -> TableHeader:
    """The header of a table with so many rows."""
    about = entry("nasbench-macro")
    return TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("nasbench-macro", layers=LAYERS),
        datasets={"cifar10": DatasetInfo(title="CIFAR-10", objective="test error on CIFAR-10, %")},
        columns=(
            ColumnInfo(
                name="test_accuracy",
                metric="test accuracy",
                role="objective",
                dataset="cifar10",
                split="test",
                unit="%",
                better="higher",
                repeats=REPEATS,
            ),
            ColumnInfo(name="parameters", metric="parameters", role="metric"),
            ColumnInfo(name="flops", metric="multiply-adds", role="metric"),
        ),
        rows=rows,
        complete=rows == SIZE,
        sources=(SourceInfo(file=filename),),
        licence=about.licence,
        citation=about.citation,
        note="The set has no validation accuracies: the objective is a test error.",
    )
