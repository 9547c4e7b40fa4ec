"""ENAS networks of D-VAE, from ``final_structures6.txt``.

A line is ``[[op], [op, b], [op, b, b], ...], accuracy``: for each of six layers its operation and
whether the input, layer 1, layer 2, ... feed it; every layer is also fed by the one before. The
accuracy is a fraction, on CIFAR-10's validation images, with the weights of a shared super-network.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import ENAS_OPS
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.base import ImportProgress
from nasgoat.tabular.importers.repeats import Gathered

LAYERS = 6
BURN_IN = 1000  # lines at the start that D-VAE leaves out
TRAIN_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class EnasImporter:
    """See the module.

    Args:
        burn_in: lines at the start to leave out.
    """

    name: str = "enas"
    accepts: tuple[str, ...] = ("final_structures6.txt",)
    burn_in: int = BURN_IN

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``); a second for all 20,020 lines."""
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
        rows = np.zeros((len(lines), LAYERS, LAYERS), dtype=np.int64)
        accuracies = np.zeros(len(lines))
        for i, line in enumerate(lines):
            try:
                rows[i], accuracies[i] = _network(line)
            except (TypeError, ValueError, RecursionError) as error:
                msg = f"{path} is not a file of ENAS networks: line {i + 1}: {error}"
                raise BadDataError(msg) from error
        progress(path.stat().st_size, path.stat().st_size)
        if len(lines) <= self.burn_in:
            msg = f"{path} has {len(lines)} lines; the first {self.burn_in} are left out"
            raise BadDataError(msg)
        kept = slice(self.burn_in, None)
        in_test_set = _in_test_set(len(rows) - self.burn_in)
        return table_of(
            graphs_of(rows[kept]), accuracies[kept], in_test_set, path.name, self.burn_in
        )


def _network(line: str) -> tuple[NDArray[np.int64], float]:
    """Operations on the diagonal and skip connections left of it; the accuracy."""
    layers, accuracy = json.loads(f"[{line}]")
    numbers = np.zeros((LAYERS, LAYERS), dtype=np.int64)
    if [len(layer) for layer in layers] != list(range(1, LAYERS + 1)):
        msg = f"not {LAYERS} layers of 1 to {LAYERS} numbers"
        raise ValueError(msg)
    for layer, (op, *feeds) in enumerate(layers):
        if op not in range(len(ENAS_OPS)) or not set(feeds) <= {0, 1}:
            msg = f"layer {layer + 1} is {[op, *feeds]}"
            raise ValueError(msg)
        numbers[layer, layer], numbers[layer, :layer] = op, feeds
    if not 0 <= accuracy <= 1:
        msg = f"an accuracy of {accuracy}"
        raise ValueError(msg)
    return numbers, float(accuracy)


def graphs_of(rows: NDArray[np.int64]) -> GraphBatch:
    """The networks of ``(N, 6, 6)``: operations on the diagonal, skip connections left of it."""
    count, n = len(rows), LAYERS + 2
    adjacency = np.zeros((count, n, n), dtype=np.bool_)
    adjacency[:, np.arange(n - 1), np.arange(1, n)] = True
    for layer in range(LAYERS):
        adjacency[:, :layer, layer + 1] |= rows[:, layer, :layer] == 1
    labels = np.full((count, n), len(ENAS_OPS) + 1, dtype=np.int8)
    labels[:, 0] = 0
    labels[:, 1:-1] = 1 + rows[:, np.arange(LAYERS), np.arange(LAYERS)]
    no_labels = np.full((count, n, n), -1, dtype=np.int8)
    return GraphBatch(np.full(count, n, dtype=np.int64), adjacency, labels, no_labels)


def _in_test_set(count: int) -> NDArray[np.float64]:
    """D-VAE's split: the last tenth of the networks, shuffled by Python's generator with seed 0."""
    order = list(range(count))
    random.Random(0).shuffle(order)  # noqa: S311  (D-VAE's, not for secrets)
    flags = np.zeros(count)
    flags[order[int(count * TRAIN_SHARE) :]] = 1.0
    return flags


def table_of(
    batch: GraphBatch,
    accuracies: NDArray[np.float64],
    in_test_set: NDArray[np.float64],
    filename: str,
    burn_in: int,
) -> TableData:
    """The table of ``N`` lines.

    Args:
        batch: the networks.
        accuracies: ``(N,)``, fractions.
        in_test_set: ``(N,)``, 1 for D-VAE's test set, else 0.
        filename: of the source.
        burn_in: number of lines that were left out.
    """
    space = SpaceInfo.of_preset("enas", layers=LAYERS)
    gathered = Gathered.of(space.code.encode(batch))
    columns = (
        ColumnInfo(
            name="valid",
            metric="validation accuracy with shared weights",
            role="objective",
            dataset="cifar10",
            split="valid",
            unit="fraction",
            better="higher",
            repeats=gathered.repeats,
        ),
        ColumnInfo(
            name="in_test_set",
            metric="1 in D-VAE's test set, 0 in its training set",
            role="metric",
            repeats=gathered.repeats,
        ),
    )
    about = entry("enas")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=space,
        datasets={
            "cifar10": DatasetInfo(
                title="CIFAR-10", objective="validation error on CIFAR-10 with shared weights, %"
            )
        },
        columns=columns,
        rows=len(gathered.first),
        complete=False,
        sources=(SourceInfo(file=filename),),
        licence=about.licence,
        citation=about.citation,
        note=f"{len(batch):,} lines after the first {burn_in:,}. A network that comes in several "
        "lines has one row with as many repeats.",
    )
    values = {"valid": accuracies, "in_test_set": in_test_set}
    spread = {name: gathered.spread(column) for name, column in values.items()}
    return TableData.of(header, batch.take(gathered.first), spread)
