"""The packages' data files as tables, against the benchmarks that read them in place."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.spaces import CellSpace
from nasgoat.tabular import benchmark, nasbench_graph
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import package_file
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS
from nasgoat.tabular.serve import serve
from tests.tabular.importers.villain import Villain

needs_analog = pytest.mark.skipif(
    importlib.util.find_spec("analognasbench") is None,
    reason="needs the package analog-nasbench: pip install 'nasgoat[data]'",
)


def bench(dataset: str) -> Path:
    return package_file("nas_bench_graph", f"light/{dataset}.bench", "a test", "nas-bench-graph")


def read(name: str, path: Path) -> TableData:
    return IMPORTERS[name].read(path, lambda done, total: None)


def search_of(direct: TableEvaluator) -> CellSpace:
    assert isinstance(direct.space, CellSpace)
    return direct.space


def compare(table: TableData, dataset: str, name: str) -> None:
    """Every row of the benchmark, found by its graph in the imported table."""
    direct = benchmark(name)
    assert isinstance(direct, TableEvaluator)
    served = serve(table, dataset, name, search_of(direct))
    rows = served.table.rows(direct.table.index.graphs())
    assert (rows >= 0).all()
    np.testing.assert_allclose(
        served.table.value.mean[rows], direct.table.value.mean, rtol=0, atol=1e-12
    )
    assert served.optimum == pytest.approx(direct.optimum)


@pytest.mark.parametrize("dataset", ["cora", "proteins"])
def test_a_file_becomes_a_table_of_one_dataset(dataset: str) -> None:
    importer = "nasbench-graph-proteins" if dataset == "proteins" else "nasbench-graph"
    data = read(importer, bench(dataset))
    assert list(data.header.datasets) == [dataset]
    assert data.header.complete
    compare(data, dataset, f"nasbench-graph:{dataset}")


def test_the_folder_becomes_a_table_of_eight_datasets() -> None:
    data = read("nasbench-graph", bench("cora").parent)
    assert set(data.header.datasets) == set(nasbench_graph.TITLES) - {"proteins"}
    assert (data.header.rows, data.header.complete) == (26206, True)
    assert data.columns["cora_valid_perf"].max() == pytest.approx(0.8193, abs=5e-5)
    for dataset in ("cora", "physics"):
        compare(data, dataset, f"nasbench-graph:{dataset}")


@needs_analog
def test_analog_nasbench_becomes_a_table() -> None:
    data = read("analog-nasbench", package_file("analognasbench", "data.anb", "a test", ""))
    assert (data.header.rows, data.header.complete) == (15625, True)
    compare(data, "cifar10-analog", "analog-nasbench:cifar10-analog")


@pytest.mark.parametrize(
    ("name", "filename"), [("nasbench-graph", "cora.bench"), ("analog-nasbench", "data.anb")]
)
def test_other_and_malicious_files_are_refused(name: str, filename: str, tmp_path: Path) -> None:
    path, trace = tmp_path / filename, tmp_path / "trace"
    for content in (b"", b"hello", pickle.dumps([1, 2]), pickle.dumps({"x": {}})):
        path.write_bytes(content)
        with pytest.raises(BadDataError, match=f"{filename} is not"):
            read(name, path)
    path.write_bytes(pickle.dumps({0: Villain(trace)}))
    with pytest.raises(BadDataError, match=r"asks for (posix|nt)\.system; refused"):
        read(name, path)
    assert not trace.exists()


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    row = {"valid_perf": 0.5, "perf": 0.5, "latency": 0.1, "para": 1.0}
    for name, hashes in (("cora", [0, 1]), ("photo", [0, 2])):
        (tmp_path / f"{name}.bench").write_bytes(pickle.dumps(dict.fromkeys(hashes, row)))
    with pytest.raises(BadDataError, match=r"photo\.bench has other architectures than"):
        read("nasbench-graph", tmp_path)
    with pytest.raises(BadDataError, match=r"is none, and holds none, of the files proteins"):
        read("nasbench-graph-proteins", tmp_path)
