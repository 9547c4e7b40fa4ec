"""Benchmarks by name."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from nasgoat.errors import UnknownNameError
from nasgoat.tabular import analog, nasbench201, nasbench_graph
from nasgoat.tabular.files import data_file
from nasgoat.tabular.table import TableEvaluator


def benchmark_names() -> list[str]:
    """Every name that ``benchmark`` knows, whether or not its table is on this machine."""
    return [
        *(f"nasbench-graph:{dataset}" for dataset in nasbench_graph.TITLES),
        *(f"nasbench201:{dataset}" for dataset in nasbench201.DATASETS),
        *(f"analog-nasbench:{variant}" for variant in analog.VARIANTS),
    ]


def benchmark(name: str, data: Path | None = None) -> TableEvaluator:
    """Load a benchmark; tables stay in memory, so that a second call is cheap.

    Args:
        name: one of ``benchmark_names()``.
        data: directory with downloaded tables; None for the one that ``NASGOAT_DATA`` names. The
            tables of nasbench-graph and analog-nasbench come with packages and need none.

    Raises:
        UnknownNameError: there is no such benchmark.
        MissingDataError: its table is not on this machine; says how to get it.
        BadDataError: its table cannot be read.
    """
    UnknownNameError.unless_among("benchmark", name, benchmark_names())
    path = None
    if name.startswith("nasbench201:"):
        path = data_file(nasbench201.FILENAME, name, data)
    folder = None if path is None else path.parent
    return replace(_load(name, path), reload=partial(benchmark, name, folder))


@lru_cache(maxsize=4)
def _load(name: str, path: Path | None) -> TableEvaluator:
    family, _, dataset = name.partition(":")
    if path is not None:
        return nasbench201.load(dataset, path)
    return nasbench_graph.load(dataset) if family == "nasbench-graph" else analog.load(dataset)
