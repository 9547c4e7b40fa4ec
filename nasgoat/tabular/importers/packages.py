"""The data files of the packages nas-bench-graph and analog-nasbench, as tables.

The packages' own tables are read where they are installed; importing makes a copy in the table
format, which needs neither package.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.spaces import NASBENCH_GRAPH_OPS
from nasgoat.tabular import analog, nasbench_graph
from nasgoat.tabular import nasbench201 as cells201
from nasgoat.tabular.catalogue import entry
from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SourceInfo, SpaceInfo, TableHeader
from nasgoat.tabular.importers.base import ImportProgress

PROTEINS = "proteins"
GRAPH_COLUMNS = {  # in a file: (metric, role, split, unit)
    "valid_perf": ("validation performance", "objective", "valid", "fraction"),
    "perf": ("test performance", "test", "test", "fraction"),
    "latency": ("latency", "metric", None, None),
    "para": ("parameters", "metric", None, "million"),
}


@dataclass(frozen=True, slots=True)
class NasBenchGraphImporter:
    """NAS-Bench-Graph: one file ``DATASET.bench``, or the folder ``light`` with all of them.

    Args:
        proteins: read the dataset proteins, whose space has five operations, and no other.
    """

    name: str = "nasbench-graph"
    accepts: tuple[str, ...] = ("*.bench", "light")
    proteins: bool = False

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file or folder (see ``Importer``)."""
        files = sorted(path.glob("*.bench")) if path.is_dir() else [path]
        files = [f for f in files if f.stem in nasbench_graph.TITLES and self._is_mine(f.stem)]
        if not files:
            wanted = [name for name in nasbench_graph.TITLES if self._is_mine(name)]
            msg = f"{path} is none, and holds none, of the files {', '.join(wanted)} (.bench)"
            raise BadDataError(msg)
        ops = nasbench_graph.PROTEINS_OPS if self.proteins else NASBENCH_GRAPH_OPS
        space = SpaceInfo.of_preset("nasbench-graph", ops=list(ops))
        columns: dict[str, NDArray[np.float64]] = {}
        hashes: NDArray[np.int64] | None = None
        total, position = sum(file.stat().st_size for file in files), 0
        for file in files:
            found, values = nasbench_graph.read(file)
            order = np.argsort(found, kind="stable")
            if hashes is None:
                hashes = found[order]
            elif not np.array_equal(hashes, found[order]):
                msg = f"{file} has other architectures than {files[0]}"
                raise BadDataError(msg)
            columns |= {f"{file.stem}_{name}": column[order] for name, column in values.items()}
            position += file.stat().st_size
            progress(position, total)
        assert hashes is not None
        header = self._header([file.stem for file in files], space, len(hashes), path.name)
        return TableData.of(header, nasbench_graph.graphs_of(hashes, space.make()), columns)

    def _is_mine(self, dataset: str) -> bool:
        return (dataset == PROTEINS) == self.proteins

    def _header(
        self, datasets: list[str], space: SpaceInfo, rows: int, filename: str
    ) -> TableHeader:
        about = entry("nasbench-graph")
        return TableHeader(
            name=self.name,
            title=about.title,
            space=space,
            datasets={
                name: DatasetInfo(
                    title=nasbench_graph.TITLES[name],
                    objective=f"100 (1 - validation performance) on {nasbench_graph.TITLES[name]}",
                )
                for name in datasets
            },
            columns=tuple(_graph_column(name, key) for name in datasets for key in GRAPH_COLUMNS),
            rows=rows,
            complete=rows
            == (nasbench_graph.PROTEINS_SIZE if self.proteins else nasbench_graph.SIZE),
            sources=(SourceInfo(file=f"{filename} of the package nas-bench-graph"),),
            licence=about.licence,
            citation=about.citation,
            note="The package states no unit of the latency; its size speaks for seconds.",
        )


def _graph_column(dataset: str, key: str) -> ColumnInfo:
    metric, role, split, unit = GRAPH_COLUMNS[key]
    return ColumnInfo.model_validate(
        {
            "name": f"{dataset}_{key}",
            "metric": metric,
            "role": role,
            "dataset": dataset,
            "split": split,
            "unit": unit,
            "better": "higher" if split else None,
        }
    )


@dataclass(frozen=True, slots=True)
class AnalogNasBenchImporter:
    """AnalogNAS-Bench: ``data.anb``."""

    name: str = "analog-nasbench"
    accepts: tuple[str, ...] = ("data.anb",)

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``)."""
        graphs, columns = analog.read(path)
        progress(path.stat().st_size, path.stat().st_size)
        return TableData.of(_analog_header(len(graphs), path.name), graphs, columns)


def _analog_header(rows: int, filename: str) -> TableHeader:
    columns: list[dict[str, Any]] = [
        {
            "name": column,
            "metric": column.replace("_", " "),
            "role": "objective",
            "dataset": dataset,
            "unit": "%",
            "better": "higher",
        }
        for dataset, column in analog.VARIANTS.items()
    ]
    about = entry("analog-nasbench")
    return TableHeader(
        name=about.name,
        title=about.title,
        space=SpaceInfo.of_preset("nasbench201", reachability="any"),
        datasets={
            dataset: DatasetInfo(
                title="CIFAR-10", objective=f"100 - {column} of AnalogNAS-Bench on CIFAR-10, %"
            )
            for dataset, column in analog.VARIANTS.items()
        },
        columns=tuple(ColumnInfo.model_validate(column) for column in columns),
        rows=rows,
        complete=rows == cells201.SIZE,
        sources=(SourceInfo(file=f"{filename} of the package analog-nasbench"),),
        licence=about.licence,
        note="The authors' own trainings of NAS-Bench-201's cells, on digital and analog hardware. "
        "The package states no licence.",
    )
