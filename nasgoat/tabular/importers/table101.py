"""The table of NAS-Bench-101: its columns, and cells as its files write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH101_OPS
from nasgoat.spaces.nb101 import MAX_NODES
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.compact.nasbench101 import SIZE
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, Role, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.model_metrics import Evaluation

REPEATS = 3
HALFWAY, FINAL = 1, 2  # places of these evaluations; place 0 is that before the training
NAMES = ("input", *NASBENCH101_OPS, "output")


class Measure(NamedTuple):
    """A column for each number of epochs: an attribute of one of a training's evaluations."""

    column: str
    role: Role
    evaluation: int
    attribute: str

    @property
    def is_time(self) -> bool:
        """In seconds; the others are fractions."""
        return self.attribute == "training_time"

    def of(self, evaluations: tuple[Evaluation, ...]) -> float:
        """The number, from the evaluations of a training."""
        value: float = getattr(evaluations[self.evaluation], self.attribute)
        return value

    def info(self, epochs: int, dataset: str) -> ColumnInfo:
        """The header's entry."""
        name = self.attribute.replace("_", " ")
        return ColumnInfo(
            name=f"{self.column}_e{epochs}",
            metric=f"{name} halfway" if self.evaluation == HALFWAY else name,
            role=self.role,
            dataset=dataset,
            split=None if self.is_time else self.column.split("_")[0],
            unit="s" if self.is_time else "fraction",
            better=None if self.is_time else "higher",
            repeats=REPEATS,
            epochs=epochs,
        )


MEASURES = (
    Measure("valid", "objective", FINAL, "validation_accuracy"),
    Measure("test", "test", FINAL, "test_accuracy"),
    Measure("seconds", "seconds", FINAL, "training_time"),
    Measure("valid_half", "metric", HALFWAY, "validation_accuracy"),
    Measure("test_half", "metric", HALFWAY, "test_accuracy"),
    Measure("seconds_half", "metric", HALFWAY, "training_time"),
)


def cells_of(specs: list[tuple[str, str]]) -> GraphBatch:
    """The cells of adjacency strings and operation lists.

    Raises:
        BadDataError: a spec is none of NAS-Bench-101.
    """
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
    if n * n != len(text) or not 2 <= n <= MAX_NODES or set(text) - {"0", "1"}:
        msg = f"an adjacency matrix {text!r}"
        raise BadDataError(msg)
    matrix: NDArray[np.bool_] = np.array(list(text)).reshape(n, n) == "1"
    return matrix


def _labels(text: str) -> list[int]:
    names = text.split(",")
    unknown = sorted(set(names) - set(NAMES))
    if unknown or len(names) > MAX_NODES:
        msg = f"the operations {text!r}; NAS-Bench-101 has up to {MAX_NODES} of {NAMES}"
        raise BadDataError(msg)
    return [NAMES.index(name) for name in names]


def header_of(epochs: list[int], rows: int, filename: str) -> TableHeader:
    """The header of a table.

    Args:
        epochs: lengths of the trainings; the longest is the dataset ``cifar10``, a shorter one
            ``cifar10-e36``.
        rows: number of cells.
        filename: of the source.
    """
    names = {e: "cifar10" if e == max(epochs) else f"cifar10-e{e}" for e in epochs}
    about = entry("nasbench101")
    return TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("nasbench101", nodes=list(range(2, MAX_NODES + 1))),
        datasets={
            name: DatasetInfo(
                title="CIFAR-10", objective=f"validation error on CIFAR-10 after {e} epochs, %"
            )
            for e, name in names.items()
        },
        columns=tuple(_columns(names)),
        rows=rows,
        complete=rows == SIZE,
        sources=(SourceInfo(file=filename),),
        licence=about.licence,
        citation=about.citation,
        note="Three trainings of each cell and length; the files do not name their seeds.",
    )


def _columns(names: dict[int, str]) -> Iterator[ColumnInfo]:
    for epochs, dataset in names.items():
        for measure in MEASURES:
            yield measure.info(epochs, dataset)
    yield ColumnInfo(name="parameters", metric="trainable parameters", role="metric")
