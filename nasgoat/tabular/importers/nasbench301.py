"""The training data of NAS-Bench-301: real trainings of DARTS networks on CIFAR-10.

A zip file, or the folder it was unpacked to, with a JSON file ``results_*.json`` per training:
``optimized_hyperparamater_config`` (so spelt) is the configuration (see ``from_config``), ``info``
a list whose first entry has the validation accuracy, ``test_accuracy`` and ``runtime`` are those of
the training; accuracies are in %, times in seconds.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nasgoat.errors import BadDataError, OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.nb301 import from_config
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, Role, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.base import ImportProgress
from nasgoat.tabular.importers.repeats import Gathered

RESULT = re.compile(r"results_\d+(_\w+)?\.json")
RECIPE = (
    "NetworkSelectorDatasetInfo:darts:init_channels",
    "NetworkSelectorDatasetInfo:darts:layers",
)
# what zipfile raises for archives that are damaged, encrypted or compressed in another way
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
# what reading a result raises that is none; the last one is of JSON nested too deeply
WRONG = (KeyError, TypeError, ValueError, IndexError, OutsideSpaceError, RecursionError)
LARGEST = 1 << 26  # bytes of a JSON file; those with learning curves have about 100,000


class Training(NamedTuple):
    """One JSON file."""

    graph: LabeledGraph
    recipe: tuple[int, ...]  # epochs of the schedule, channels, layers
    valid: float
    test: float
    seconds: float
    parameters: float


@dataclass(frozen=True, slots=True)
class NasBench301Importer:
    """See the module."""

    name: str = "nasbench301-trainings"
    accepts: tuple[str, ...] = ("nasbench301_data.zip", "nasbench301_full_data.zip")

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file or folder (see ``Importer``); a few KB of memory per training."""
        trainings = []
        for name, text, position, total in _results(path):
            try:
                trainings.append(_training(json.loads(text)))
            except WRONG as error:
                msg = f"{path}: {name} is not a result of NAS-Bench-301: {error!r}"
                raise BadDataError(msg) from error
            progress(position, total)
        if not trainings:
            msg = f"{path} holds no files results_*.json; it is not the data of NAS-Bench-301"
            raise BadDataError(msg)
        return _table(trainings, path.name)


def _results(path: Path) -> Iterator[tuple[str, bytes, int, int]]:
    """Name and content of each JSON file, bytes read so far and in all."""
    position = 0
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.json") if RESULT.fullmatch(file.name))
        total = sum(file.stat().st_size for file in files)
        for file in files:
            position += file.stat().st_size
            yield str(file.relative_to(path)), file.read_bytes(), position, total
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [e for e in archive.infolist() if RESULT.fullmatch(Path(e.filename).name)]
            total = sum(entry.file_size for entry in entries)
            for entry in sorted(entries, key=lambda entry: entry.filename):
                if entry.file_size > LARGEST:
                    msg = f"{path}: {entry.filename} has {entry.file_size:,} bytes"
                    raise BadDataError(msg)
                position += entry.file_size
                yield entry.filename, archive.read(entry), position, total
    except DAMAGED as error:
        msg = f"{path} is not a zip file, or damaged: {error}; download it again"
        raise BadDataError(msg) from error


def _training(result: dict[str, Any]) -> Training:
    config, info = result["optimized_hyperparamater_config"], result["info"][0]
    recipe = (int(result["budget"]), *(int(config[key]) for key in RECIPE))
    accuracies = float(info["val_accuracy"]), float(result["test_accuracy"])
    if not all(0 <= value <= 100 for value in accuracies):
        msg = f"the accuracies {accuracies}"
        raise ValueError(msg)
    parameters = float(info.get("model_parameters", "nan"))
    return Training(from_config(config), recipe, *accuracies, float(result["runtime"]), parameters)


def _table(trainings: list[Training], filename: str) -> TableData:
    recipes = Counter(training.recipe for training in trainings)
    recipe = recipes.most_common(1)[0][0]
    left_out = len(trainings) - recipes[recipe]
    trainings = [training for training in trainings if training.recipe == recipe]
    batch = GraphBatch.of(training.graph for training in trainings)
    space = SpaceInfo.of_preset("darts")
    gathered = Gathered.of(space.code.encode(batch))
    columns = {
        name: gathered.spread(np.array([getattr(training, name) for training in trainings]))
        for name in ("valid", "test", "seconds", "parameters")
    }
    columns["parameters"] = columns["parameters"].reshape(len(gathered.first), -1)[:, 0]
    note = f"{recipe[0]} epochs, {recipe[1]} channels, {recipe[2]} layers."
    if left_out:
        note += f" {left_out:,} results of other settings were left out."
    about = entry("nasbench301-trainings")
    header = TableHeader(
        name=about.name,
        title=about.title,
        space=space,
        datasets={
            "cifar10": DatasetInfo(title="CIFAR-10", objective="validation error on CIFAR-10, %")
        },
        columns=tuple(_column_infos(recipe[0], gathered.repeats)),
        rows=len(gathered.first),
        complete=False,
        sources=(SourceInfo(file=filename),),
        licence=about.licence,
        citation=about.citation,
        note=note,
    )
    return TableData.of(header, batch.take(gathered.first), columns)


def _column_infos(epochs: int, repeats: int) -> Iterator[ColumnInfo]:
    common: dict[str, Any] = {"dataset": "cifar10", "epochs": epochs}
    accuracies: tuple[tuple[str, Role, str], ...] = (
        ("valid", "objective", "validation accuracy"),
        ("test", "test", "test accuracy"),
    )
    for name, role, title in accuracies:
        yield ColumnInfo(
            name=name,
            metric=title,
            role=role,
            split=name,
            unit="%",
            better="higher",
            repeats=repeats,
            **common,
        )
    yield ColumnInfo(
        name="seconds", metric="run time", role="seconds", unit="s", repeats=repeats, **common
    )
    yield ColumnInfo(name="parameters", metric="parameters", role="metric", **common)
