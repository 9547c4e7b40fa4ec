"""The benchmarks hold what was published, row by row where that is known."""

import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nasgoat.errors import BadDataError, MissingDataError, UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import MaxEdges, SearchSpace, TableSpace, nasbench201, nasbench_graph
from nasgoat.tabular import TableEvaluator, analog, benchmark, benchmark_names
from nasgoat.tabular import nasbench201 as cells
from nasgoat.tabular import nasbench_graph as graphs
from nasgoat.tabular.files import package_file

FOLDER = os.environ.get("NASGOAT_DATA", "")
needs_201 = pytest.mark.skipif(
    not (Path(FOLDER) / cells.FILENAME).is_file(),
    reason=f"needs the table {cells.FILENAME} in the folder that NASGOAT_DATA names",
)
needs_analog = pytest.mark.skipif(
    importlib.util.find_spec("analognasbench") is None,
    reason="needs the package analog-nasbench: pip install 'nasgoat[data]'",
)


def table_of(name: str, data: Path | None = None) -> TableEvaluator:
    evaluator = benchmark(name, data)
    assert isinstance(evaluator, TableEvaluator)
    return evaluator


# NAS-Bench-Graph


@pytest.mark.parametrize("dataset", graphs.TITLES)
def test_rows_are_exactly_the_space(dataset: str) -> None:
    table = table_of(f"nasbench-graph:{dataset}")
    space, rows = table.space, table.table.index.graphs()
    assert len(rows) == (2021 if dataset == "proteins" else 26206)
    assert set(space.keys(rows)) == keys_of(space)
    assert len(space.members(rows)) == len(rows)
    assert table.table.complete


@lru_cache
def keys_of(space: SearchSpace) -> frozenset[str]:
    """The identities of all members."""
    return frozenset(space.keys(space.listing()))


def test_cora_has_its_known_numbers() -> None:
    cora = table_of("nasbench-graph:cora")
    assert cora.optimum == pytest.approx(100 * (1 - 0.8193), abs=0.005)
    assert cora.table.test_value is not None
    assert cora.table.test_value.mean.min() == pytest.approx(100 * (1 - 0.8313), abs=0.005)
    four_gats = LabeledGraph(
        6,
        (*((0, v) for v in range(1, 5)), *((v, 5) for v in range(1, 5))),
        (0, 1, 1, 1, 1, len(cora.space.node_alphabet) - 1),
    )
    seen = cora(four_gats)
    assert seen.value == pytest.approx(100 * (1 - 0.7733), abs=0.005)
    assert seen.test_value == pytest.approx(100 * (1 - 0.7970), abs=0.005)
    assert seen.metrics == pytest.approx({"latency": 0.0059222, "para": 1.736711}, abs=1e-6)
    assert cora.objective == "validation error on Cora, %"
    assert cora(cora.best().graph).value == cora.optimum


def test_hashes_name_links_and_operations() -> None:
    space = nasbench_graph()
    [graph] = graphs.graphs_of(np.array([40128]), space)
    assert graph.edges == ((0, 1), (0, 2), (1, 3), (2, 5), (3, 4), (4, 5))
    assert [space.node_alphabet[label] for label in graph.node_labels or ()] == [
        *("input", "gat", "gcn", "gin", "skip", "output")
    ]


@pytest.mark.parametrize("wrong", [90000, -1, 9])
def test_hashes_without_an_architecture_are_refused(wrong: int) -> None:
    with pytest.raises(BadDataError, match=f"{wrong} names no architecture"):
        graphs.graphs_of(np.array([0, wrong]), nasbench_graph())


def test_proteins_knows_five_operations_only() -> None:
    with pytest.raises(BadDataError, match="names no architecture"):
        graphs.graphs_of(np.array([2]), nasbench_graph(graphs.PROTEINS_OPS))
    assert "validation performance" in table_of("nasbench-graph:proteins").objective


def test_neither_package_is_imported() -> None:
    program = (
        "import sys; from nasgoat.tabular import benchmark; benchmark('nasbench-graph:cora');"
        "assert not {'nas_bench_graph', 'analognasbench', 'pyarrow', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_changed_package_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cora.bench"
    monkeypatch.setattr(graphs, "package_file", lambda *_: path)
    for content in ([1, 2], {0: {"perf": 1.0}}, {"x": {}}, {0: 3.0}):
        path.write_bytes(pickle.dumps(content))
        with pytest.raises(BadDataError, match="is not a file of NAS-Bench-Graph"):
            graphs.load("nasbench-graph:cora")


# NAS-Bench-201


@needs_201
@pytest.mark.parametrize(
    ("dataset", "valid", "test"), [("cifar10", 91.6067, 94.3733), ("cifar100", 73.4933, 73.5133)]
)
def test_nasbench201_has_its_published_optima(dataset: str, valid: float, test: float) -> None:
    table = table_of(f"nasbench201:{dataset}")
    assert len(table.table) == 15625
    assert table.table.complete
    assert table.optimum == pytest.approx(100 - valid, abs=1e-4)
    assert table.table.value.mean.min() == table.optimum  # it lies inside the default space
    best = table.best()
    assert nasbench201().contains(best.graph)
    assert table.table.test_value is not None
    assert table.table.test_value.mean.min() == pytest.approx(100 - test, abs=1e-4)
    assert best.metrics["params_M"] > 0
    assert best.seconds > 0
    everything = table.within(nasbench201("any"))
    np.testing.assert_array_equal(
        np.sort(everything.rows(everything.space.listing())), np.arange(15625)
    )


@needs_201
def test_nasbench201_rows_agree_with_the_arch_strings() -> None:
    table = table_of("nasbench201:cifar100")
    raw = pq.read_table(Path(FOLDER) / cells.FILENAME, columns=["arch_str", "cifar100_valid"])
    strings, valid = raw["arch_str"].to_pylist(), raw["cifar100_valid"].to_numpy()
    assert int(valid.argmax()) == 9930
    for row in [*range(0, len(strings), 500), 9930]:
        edges, labels = [], []
        for head, part in enumerate(strings[row].strip("|").split("|+|"), start=1):
            for item in part.split("|"):
                name, tail = item.split("~")
                if name != "none":
                    edges.append((int(tail), head))
                    labels.append(table.space.edge_alphabet.index(name))
        graph = LabeledGraph(4, tuple(edges), None, tuple(labels))
        assert table.within(nasbench201("any"))(graph).value == 100 - valid[row]


def small_table(**changes: Any) -> dict[str, Any]:
    columns = {name: [0, 1, 2] for name in cells.OP_COLUMNS}
    columns |= {"imagenet16_valid": [40.0, 41.5, 46.7], "imagenet16_test": [40.0, 42.0, 47.0]}
    return {key: value for key, value in (columns | changes).items() if value is not None}


def write(folder: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), folder / cells.FILENAME)
    return folder


def test_imagenet_columns_are_read_where_there_are_any(tmp_path: Path) -> None:
    table = table_of("nasbench201:imagenet16-120", write(tmp_path, small_table()))
    assert isinstance(table.space, TableSpace)  # not all cells are there: the rows are the space
    assert table.space.size() == 3
    assert table.optimum == pytest.approx(53.3)
    assert table.best().value == pytest.approx(53.3)
    assert table.best().test_value == pytest.approx(53.0)
    assert table.best().seconds == 0.0
    with pytest.raises(MissingDataError, match=r"cifar10_valid, which .* it holds \['imagenet16"):
        table_of("nasbench201:cifar10", tmp_path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"op_0_1": None, "op_2_3": None}, "lacks the columns op_0_1, op_2_3; docs/tables.md"),
        ({"op_0_1": [0, 1, 5]}, r"row 2 has the operation codes \[5"),
        ({name: [1, 2, 1] for name in cells.OP_COLUMNS}, "1 rows repeat an architecture"),
        ({"imagenet16_valid": [1.0, float("nan"), 2.0]}, "'value' is NaN or infinite in 1 rows"),
        ({"imagenet16_valid": [1.0, None, 2.0]}, "'value' is NaN or infinite in 1 rows"),
        ({"imagenet16_valid": ["a", "b", "c"]}, "cannot be read as a table of numbers"),
    ],
)
def test_malformed_tables_are_refused(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadDataError, match=complaint):
        table_of("nasbench201:imagenet16-120", write(tmp_path, small_table(**changes)))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / cells.FILENAME).write_text("index,arch\n")
    with pytest.raises(BadDataError, match="is not a parquet file"):
        table_of("nasbench201:cifar10", tmp_path)


def test_a_missing_table_says_how_to_give_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    how = r"--data DIR or in the environment variable NASGOAT_DATA"
    with pytest.raises(MissingDataError, match=f"which is not in .*share/nasgoat; .*{how}"):
        table_of("nasbench201:cifar10")
    with pytest.raises(MissingDataError, match=f"which is not in .*{tmp_path.name}; .*{how}"):
        table_of("nasbench201:cifar10", tmp_path)
    monkeypatch.setenv("NASGOAT_DATA", str(write(tmp_path, small_table())))
    assert table_of("nasbench201:imagenet16-120").best().value == pytest.approx(53.3)


# AnalogNAS-Bench


@needs_analog
def test_analog_nasbench_has_its_known_row() -> None:
    table = table_of("analog-nasbench:cifar10")
    assert table.table.complete
    assert table.optimum == pytest.approx(100 - 94.0664, abs=1e-4)
    # operations (2, 2, 0, 2, 3, 2) on 0-1, 0-2, 0-3, 1-2, 1-3, 2-3
    conv3, conv1, skip = 2, 1, 0
    edges = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    graph = LabeledGraph(4, edges, None, (conv3, conv3, skip, conv3, conv1, conv3))
    assert table(graph).value == pytest.approx(100 - 94.0664, abs=1e-4)
    assert table(graph).test_value is None
    analog = table_of("analog-nasbench:cifar10-analog")
    assert analog(graph).value == 100 - table(graph).metrics["analog_accuracy"]


@needs_analog
@needs_201
def test_analog_nasbench_lies_on_the_right_cells() -> None:
    ours = table_of("analog-nasbench:cifar10").within(nasbench201("any"))
    raw = pq.read_table(Path(FOLDER) / cells.FILENAME)
    codes = np.stack([raw[column].to_numpy() for column in cells.OP_COLUMNS], axis=1)
    rows = ours.rows(cells.graphs_of(codes))
    joined = 100 - raw["analog_baseline_cifar10"].to_numpy()
    np.testing.assert_allclose(ours.query(rows), joined, atol=1e-9)


@needs_analog
def test_a_changed_analog_package_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data.anb"
    monkeypatch.setattr(analog, "package_file", lambda *_: path)
    for content in ([1, 2], {(0, 0): 1}, {(0, 0, 0, 0, 0, 0): {}}):
        path.write_bytes(pickle.dumps(content))
        with pytest.raises(BadDataError, match="is not a file of AnalogNAS-Bench"):
            analog.load("analog-nasbench:cifar10")


# Registry


def test_unknown_names_get_the_nearest_first() -> None:
    with pytest.raises(
        UnknownNameError, match=r"'nasbench-graph:coar'; .* are: nasbench-graph:cora"
    ):
        table_of("nasbench-graph:coar")
    with pytest.raises(UnknownNameError) as caught:
        benchmark("")
    assert all(name in str(caught.value) for name in benchmark_names())


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(
        MissingDataError, match="nowhere_at_all, which is not installed: pip install x"
    ):
        package_file("nowhere_at_all", "a", "toy", "x")
    with pytest.raises(MissingDataError, match=r"json, which has no file a\.bench: pip install x"):
        package_file("json", "a.bench", "toy", "x")


def test_evaluators_travel_light() -> None:
    cora = table_of("nasbench-graph:cora")
    narrow = cora.within(cora.space.with_rules(MaxEdges(5)))
    message = pickle.dumps(narrow)
    assert len(message) < 2000
    copy = pickle.loads(message)  # noqa: S301
    assert copy.table is cora.table  # this process has it already
    assert copy.space == narrow.space
    assert copy.optimum == narrow.optimum


def test_a_travelling_evaluator_keeps_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = pickle.dumps(table_of("nasbench201:imagenet16-120", write(tmp_path, small_table())))
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    copy = pickle.loads(message)  # noqa: S301
    assert copy.best().value == pytest.approx(53.3)
    shutil.rmtree(tmp_path)
    assert copy.best().value == pytest.approx(53.3)
