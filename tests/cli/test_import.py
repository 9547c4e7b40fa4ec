"""``nasgoat data import``: every importer from the command line, and what failures leave behind."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat.tabular.files import package_file
from nasgoat.tabular.importers import IMPORTERS
from nasgoat.tabular.importers.enas import EnasImporter
from tests.cli.calls import nasgoat
from tests.tabular.importers import files101, files201, test_enas, test_nasbench301
from tests.tabular.importers.test_nasbench_macro import entry


def made_101(path: Path) -> None:
    files101.write(path, map(files101.record, files101.trainings((12, 108))))


def made_201(path: Path) -> None:
    files201.write_tar(path, files201.nats_members(files201.nats()))


def made_301(path: Path) -> None:
    test_nasbench301.write_zip(path, {"rs/results_0.json": test_nasbench301.result()})


def made_enas(path: Path) -> None:
    path.write_text("\n".join(line for line in test_enas.LINES * 400))


def made_macro(path: Path) -> None:
    path.write_text(json.dumps({"00000000": entry([90.0, 91.0, 92.0])}))


def made_graph(path: Path) -> None:
    row = {"valid_perf": 0.75, "perf": 0.5, "latency": 0.1, "para": 1.0}
    path.write_bytes(pickle.dumps({0: row, 1: row | {"valid_perf": np.float64(0.5)}}))


MADE: dict[str, tuple[str, Callable[[Path], None], str, int]] = {
    # importer: file, its writer, a dataset, rows
    "nasbench101": ("nasbench_full.tfrecord", made_101, "cifar10", 3),
    "nasbench201": ("NATS-tss-v1_0-3ffb9-simple.tar", made_201, "imagenet16-120", 4),
    "nasbench301-trainings": ("nasbench301_data.zip", made_301, "cifar10", 1),
    "enas": ("final_structures6.txt", made_enas, "cifar10", 3),
    "nasbench-macro": ("nas-bench-macro_cifar10.json", made_macro, "cifar10", 1),
    "nasbench-graph": ("cora.bench", made_graph, "cora", 2),
}
every_importer = pytest.mark.parametrize("name", MADE)


@every_importer
def test_a_file_becomes_a_table_that_can_be_searched(name: str, tmp_path: Path) -> None:
    filename, write, dataset, rows = MADE[name]
    write(tmp_path / filename)
    done = nasgoat("data", "import", name, tmp_path / filename, "--data", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    value = json.loads(done.stdout)
    assert (value["rows"], value["complete"]) == (rows, False)
    assert dataset in value["datasets"]
    table = Path(value["path"])
    assert table == tmp_path / f"{name}.parquet"
    evaluator = benchmark(f"{table}:{dataset}")
    assert isinstance(evaluator, TableEvaluator)
    assert len(evaluator.table) == rows
    best = evaluator.best()
    assert evaluator(best.graph).value == best.value == evaluator.optimum


def test_what_a_package_brings_becomes_a_table(tmp_path: Path) -> None:
    file = package_file("nas_bench_graph", "light/proteins.bench", "a test", "nas-bench-graph")
    out = tmp_path / "proteins.parquet"
    done = nasgoat("data", "import", "nasbench-graph-proteins", file, "--out", out)
    assert done.exit_code == 0, done.output
    assert "2,021 architectures, complete; datasets proteins" in " ".join(done.stdout.split())
    direct = benchmark("nasbench-graph:proteins")
    assert benchmark(str(out)).optimum == pytest.approx(direct.optimum, abs=1e-12)


def test_an_imported_table_runs(tmp_path: Path) -> None:
    filename, write, _, _ = MADE["nasbench201"]
    write(tmp_path / filename)
    out = tmp_path / "cells.parquet"
    nasgoat("data", "import", "nasbench201", tmp_path / filename, "--out", out)
    done = nasgoat(
        *("run", "--benchmark", f"{out}:cifar100", "--method", "random", "--budget", "4"),
        *("--noisy", "--out", tmp_path / "run", "--json"),
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["evaluations"] == 4


@every_importer
def test_a_wrong_file_is_told_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    filename = MADE[name][0]
    (tmp_path / filename).write_bytes(b"something else\n" * 100)
    out = tmp_path / "out" / "table.parquet"
    out.parent.mkdir()
    out.write_bytes(b"from before")
    done = nasgoat("data", "import", name, tmp_path / filename, "--out", out)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert filename in done.stderr
    assert [file.name for file in out.parent.iterdir()] == ["table.parquet"]
    assert out.read_bytes() == b"from before"


@every_importer
def test_a_file_cut_short_is_told_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    filename, write, _, _ = MADE[name]
    path = tmp_path / filename
    write(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2 - 3])
    out = tmp_path / "out" / "table.parquet"
    done = nasgoat("data", "import", name, path, "--out", out)
    assert done.exit_code == 1, done.output
    assert done.stderr.startswith("error: ")
    assert not out.parent.exists() or not list(out.parent.iterdir())


def test_interruptions_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "final_structures6.txt", tmp_path / "out" / "table.parquet"
    made_enas(path)

    def half(table: Any, where: Any, **_: Any) -> None:
        Path(where).write_bytes(b"half a table")
        raise KeyboardInterrupt

    monkeypatch.setattr(pq, "write_table", half)
    done = nasgoat("data", "import", "enas", path, "--out", out)
    assert done.exit_code == 130
    assert list(out.parent.iterdir()) == []

    class Slow(EnasImporter):
        def read(self, path: Path, progress: Any) -> Any:
            raise KeyboardInterrupt

    monkeypatch.setitem(IMPORTERS, "enas", Slow())
    done = nasgoat("data", "import", "enas", path, "--out", out)
    assert done.exit_code == 130
    assert list(out.parent.iterdir()) == []


def test_unknown_importers_and_missing_files_are_told(tmp_path: Path) -> None:
    done = nasgoat("data", "import", "nasbench999", tmp_path)
    assert done.exit_code == 1
    assert all(name in done.stderr for name in IMPORTERS)
    done = nasgoat("data", "import", "enas", tmp_path / "nowhere.txt")
    assert done.exit_code == 1
    assert "final_structures6.txt" in done.stderr
