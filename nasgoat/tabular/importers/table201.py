"""The table of NAS-Bench-201: which training and which split each of its columns is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, Role, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.arch_strings import codes_of
from nasgoat.tabular.importers.trials201 import SETS, Architecture, Trial
from nasgoat.tabular.nasbench201 import SIZE, graphs_of

EPOCHS = (200, 12)


class Split(NamedTuple):
    """A column of accuracies: trained on one dataset, measured on one of its sets."""

    suffix: str
    metric: str
    role: Role
    trained_on: str
    measured_on: str


class Dataset(NamedTuple):
    """A benchmark, and where its columns come from."""

    name: str
    prefix: str
    title: str
    splits: tuple[Split, ...]

    @property
    def objective(self) -> Split:
        """The split whose error is minimised."""
        return self.splits[0]


def _halves(name: str) -> tuple[Split, ...]:
    """Datasets whose official test set was cut in two, one half to validate on."""
    return (
        Split("valid", "validation accuracy", "objective", name, "x-valid"),
        Split("test", "test accuracy", "test", name, "x-test"),
        Split("valid_and_test", "accuracy on both halves", "metric", name, "ori-test"),
    )


DATASETS = (
    Dataset(
        "cifar10",
        "cifar10",
        "CIFAR-10",
        (
            Split("valid", "validation accuracy", "objective", "cifar10-valid", "x-valid"),
            Split("test", "test accuracy", "test", "cifar10", "ori-test"),
            Split("valid_test", "test accuracy", "metric", "cifar10-valid", "ori-test"),
        ),
    ),
    Dataset("cifar100", "cifar100", "CIFAR-100", _halves("cifar100")),
    Dataset("imagenet16-120", "imagenet16", "ImageNet16-120", _halves("ImageNet16-120")),
)
COSTS = {  # column suffix: (attribute of a trial, metric, unit)
    "flops": ("flops", "multiply-adds", "million"),
    "parameters": ("parameters", "parameters", "million"),
    "latency": ("latency", "latency of a batch of 256", "s"),
}


@dataclass(slots=True)
class Cells:
    """The trainings of the cells read so far."""

    texts: list[str]  # every architecture of the file, in the order of its indices
    trials: dict[int, dict[int, dict[tuple[str, int], Trial]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.texts)) < len(self.texts) or not self.texts:
            msg = f"its list of {len(self.texts)} architectures is empty, or names one twice"
            raise BadDataError(msg)

    def add(self, index: int, epochs: int, architecture: Architecture) -> None:
        """Take in the trainings of a cell.

        Raises:
            BadDataError: the cell is not the one of that index, or was there before.
        """
        by_index = self.trials.setdefault(epochs, {})
        if index in by_index:
            msg = f"the architecture {index} is in it twice"
            raise BadDataError(msg)
        if not 0 <= index < len(self.texts) or self.texts[index] != architecture.text:
            msg = f"the architecture {index} is {architecture.text!r}, not what its list says"
            raise BadDataError(msg)
        by_index[index] = architecture.trials

    def table(self, filename: str) -> TableData:
        """The table of all cells.

        Raises:
            BadDataError: cells or trainings are missing.
        """
        lacking = [i for i in range(len(self.texts)) if i not in self.trials.get(200, {})]
        if lacking:
            msg = (
                f"{len(lacking):,} of {len(self.texts):,} architectures have no results with 200 "
                f"epochs, first {lacking[0]}; the file is incomplete"
            )
            raise BadDataError(msg)
        columns: list[tuple[ColumnInfo, NDArray[np.float64]]] = []
        infos: dict[str, DatasetInfo] = {}
        seeds = []
        for epochs in EPOCHS:
            for dataset in DATASETS:
                if self._has(epochs, dataset):
                    columns += self._columns(epochs, dataset)
                    infos[_name(dataset, epochs)] = DatasetInfo(
                        title=dataset.title,
                        objective=f"validation error on {dataset.title} after {epochs} epochs, %",
                    )
            if found := self._seeds(epochs):
                seeds.append(f"{', '.join(map(str, found))} ({epochs} epochs)")
        header = _header(infos, [info for info, _ in columns], len(self.texts), seeds, filename)
        batch = graphs_of(codes_of(self.texts))
        return TableData.of(header, batch, {info.name: values for info, values in columns})

    def _has(self, epochs: int, dataset: Dataset) -> bool:
        """Whether to write a dataset's columns: always after 200 epochs, else if they are there.

        The first version of NAS-Bench-201 has short trainings for some of the columns only.
        """
        found = {
            (trained_on, name)
            for cell in self.trials.get(epochs, {}).values()
            for (trained_on, _), trial in cell.items()
            for name, accuracy in zip(SETS, trial.accuracy, strict=True)
            if not math.isnan(accuracy)
        }
        wanted = {(split.trained_on, split.measured_on) for split in dataset.splits}
        return epochs == EPOCHS[0] or wanted <= found

    def _seeds(self, epochs: int) -> list[int]:
        cells = self.trials.get(epochs, {}).values()
        return sorted({seed for cell in cells for _, seed in cell})

    def _columns(
        self, epochs: int, dataset: Dataset
    ) -> Iterator[tuple[ColumnInfo, NDArray[np.float64]]]:
        ending = "" if epochs == EPOCHS[0] else f"_e{epochs}"
        common: dict[str, Any] = {"dataset": _name(dataset, epochs), "epochs": epochs}
        for split in dataset.splits:
            values = self._accuracies(epochs, split)
            yield (
                ColumnInfo(
                    name=f"{dataset.prefix}_{split.suffix}{ending}",
                    metric=f"{split.metric}, trained on {split.trained_on}",
                    role=split.role,
                    split=split.measured_on,
                    unit="%",
                    better="higher",
                    repeats=values.shape[1] if values.ndim > 1 else 1,
                    **common,
                ),
                values,
            )
        seconds = self._costs(epochs, dataset.objective.trained_on, "seconds")
        name = f"{dataset.prefix}_seconds{ending}"
        yield (
            ColumnInfo(name=name, metric="training time", role="seconds", unit="s", **common),
            seconds,
        )
        for suffix, (attribute, metric, unit) in COSTS.items():
            name = f"{dataset.prefix}_{suffix}{ending}"
            info = ColumnInfo(name=name, metric=metric, role="metric", unit=unit, **common)
            yield info, self._costs(epochs, dataset.splits[1].trained_on, attribute)

    def _accuracies(self, epochs: int, split: Split) -> NDArray[np.float64]:
        """``(N, seeds)``, NaN where a cell was not trained with a seed; ``(N,)`` for one seed."""
        seeds, place = self._seeds(epochs), SETS.index(split.measured_on)
        values = np.full((len(self.texts), len(seeds)), np.nan)
        for index, cell in self.trials[epochs].items():
            for at, seed in enumerate(seeds):
                if (split.trained_on, seed) in cell:
                    values[index, at] = cell[split.trained_on, seed].accuracy[place]
        lacking = np.flatnonzero(np.isnan(values).all(axis=1))
        if len(lacking):
            msg = (
                f"{len(lacking):,} architectures, first {lacking[0]}, have no accuracy on "
                f"{split.measured_on} of {split.trained_on} with {epochs} epochs"
            )
            raise BadDataError(msg)
        return values[:, 0] if len(seeds) == 1 else values

    def _costs(self, epochs: int, trained_on: str, attribute: str) -> NDArray[np.float64]:
        """``(N,)``, means over the seeds; NaN where nothing is known."""
        values = np.full(len(self.texts), np.nan)
        for index, cell in self.trials[epochs].items():
            found = [
                getattr(trial, attribute) for (name, _), trial in cell.items() if name == trained_on
            ]
            known = [value for value in found if value == value and value > 0]  # noqa: PLR0124 (NaN)
            if known:
                values[index] = sum(known) / len(known)
        return values


def _name(dataset: Dataset, epochs: int) -> str:
    return dataset.name if epochs == EPOCHS[0] else f"{dataset.name}-e{epochs}"


def _header(
    datasets: dict[str, DatasetInfo],
    columns: list[ColumnInfo],
    rows: int,
    seeds: list[str],
    filename: str,
) -> TableHeader:
    about = entry("nasbench201")
    return TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("nasbench201", reachability="any"),
        datasets=datasets,
        columns=tuple(columns),
        rows=rows,
        complete=rows == SIZE,
        sources=(SourceInfo(file=filename),),
        licence=about.licence,
        citation=about.citation,
        note=f"The repeats are the seeds {' and '.join(seeds)}; NaN where a cell was not trained "
        "with one. Training times are the authors' estimates from one short training.",
    )
