"""Benchmarks by name: those of nasgoat, and those that entry points bring."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from nasgoat.errors import BadDataError, MissingDataError, UnknownNameError
from nasgoat.spaces import nasbench101
from nasgoat.tabular import analog, compact, nasbench201, nasbench301, nasbench_graph
from nasgoat.tabular.base import Evaluator, Family
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import data_directory
from nasgoat.tabular.format import read_header, read_table
from nasgoat.tabular.predicted import PredictedEvaluator
from nasgoat.tabular.serve import serve
from nasgoat.tabular.stored import Stored

STORED = (
    Stored(
        "nasbench101",
        ("cifar10", "cifar10-e36", "cifar10-e12", "cifar10-e4"),
        search=nasbench101(),
    ),
    Stored(
        "nasbench101-surrogate",
        ("cifar10",),
        ("nasbench101_surrogate.npz", compact.read_surrogate),
        nasbench101(),
    ),
    Stored("nasbench101-30k", ("cifar10",), ("nasbench101_30k.npz", compact.read_measured)),
    nasbench301.SAMPLE,
    Stored("nasbench301-trainings", ("cifar10",)),
    Stored("enas", ("cifar10",), ("enas6.npz", compact.read_enas)),
    Stored("nasbench-macro", ("cifar10",), ("nasbenchmacro.npz", compact.read_macro)),
)

GROUP = "nasgoat.benchmarks"  # of entry points, each named after its family
SUFFIX = ".parquet"
FAMILIES: dict[str, Family] = {
    "nasbench-graph": nasbench_graph,
    "nasbench201": nasbench201,
    "analog-nasbench": analog,
    "nasbench301": nasbench301.ENSEMBLE,
    "nasbench301-sample-surrogate": nasbench301.SURROGATE,
}
FAMILIES |= {stored.name: stored for stored in STORED}


def benchmark_names() -> list[str]:
    """Every name that ``benchmark`` knows, whether or not its data are on this machine.

    Families of entry points are imported for it; one that fails is left out with a warning.
    """
    names = [name for family in FAMILIES.values() for name in family.names()]
    for point in _points():
        try:
            names += _family(point).names()
        except Exception as error:
            warnings.warn(_broken(point, error), stacklevel=2)
    return names


def benchmark(name: str, data: Path | None = None) -> Evaluator:
    """Load a benchmark; tables stay in memory, so that a second call is cheap.

    Args:
        name: one of ``benchmark_names()``, or ``FILE.parquet:DATASET`` for any file in the table
            format. What stands behind the colon can be left out where there is only one. Those of
            entry points may take settings behind an ``@``.
        data: directory with tables; None for the one that ``NASGOAT_DATA`` names, or the user's own
            (``data_directory``). Tables that come with packages need none.

    Raises:
        UnknownNameError: there is no such benchmark.
        MissingDataError: its data are not on this machine; says how to get them.
        BadDataError: its data cannot be read, or its entry point cannot be loaded.
    """
    file, _, dataset = name.rpartition(":")
    for path, chosen in ((name, None), (file, dataset)):
        if path.endswith(SUFFIX):
            return _of_file(Path(path).resolve(), chosen)
    family = name.partition(":")[0]
    if family in FAMILIES:
        names = FAMILIES[family].names()
        if name == family and len(names) == 1:
            name = names[0]
        UnknownNameError.unless_among("benchmark", name, names)
        return _loaded(name, data_directory(data).resolve())
    for point in _points():
        if point.name == family:
            return _of_point(point, name, data)
    UnknownNameError.unless_among("benchmark", name, benchmark_names())
    msg = f"{name!r} is listed by an entry point that is not named {family!r}"
    raise BadDataError(msg)


def _loaded(name: str, folder: Path) -> TableEvaluator | PredictedEvaluator:
    evaluator = _load(name, folder)
    again: Any = partial(_loaded, name, folder)
    return replace(evaluator, reload=again)


@lru_cache(maxsize=4)
def _load(name: str, folder: Path) -> TableEvaluator | PredictedEvaluator:
    evaluator = FAMILIES[name.partition(":")[0]].load(name, folder)
    assert isinstance(evaluator, TableEvaluator | PredictedEvaluator)
    return evaluator


@lru_cache(maxsize=4)
def _read(path: Path, dataset: str | None) -> TableEvaluator:
    header = read_header(path)
    datasets = [] if header is None else sorted(header.datasets)
    if dataset is None and len(datasets) == 1:
        dataset = datasets[0]
    if dataset is None and len(datasets) > 1:
        msg = f"{path} holds the datasets {datasets}; name one as FILE.parquet:DATASET"
        raise BadDataError(msg)
    table = read_table(path, dataset)
    return serve(table, dataset or "", f"{table.header.name}:{dataset}")


def _of_file(path: Path, dataset: str | None) -> TableEvaluator:
    if not path.is_file():
        msg = f"there is no table {path}"
        raise MissingDataError(msg)
    return replace(_read(path, dataset), reload=partial(_of_file, path, dataset))


def _points() -> list[EntryPoint]:
    return [point for point in entry_points(group=GROUP) if point.name not in FAMILIES]


def _family(point: EntryPoint) -> Family:
    family: Family = point.load()
    return family


def _of_point(point: EntryPoint, name: str, data: Path | None) -> Evaluator:
    try:
        family = _family(point)
        names = family.names()
    except Exception as error:
        raise BadDataError(_broken(point, error)) from error
    UnknownNameError.unless_among("benchmark", name.partition("@")[0], names)
    return family.load(name, data)


def _broken(point: EntryPoint, error: Exception) -> str:
    return (
        f"the benchmarks {point.name!r} of {point.value} cannot be loaded: {error!r}; repair or "
        "uninstall the package that brings them"
    )
