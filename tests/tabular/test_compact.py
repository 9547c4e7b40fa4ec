"""The compact files hold what was published, and files that do not are refused."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat.spaces import TableSpace, darts, enas, nasbench101, nasbench_macro
from nasgoat.spaces.nb101 import module_hashes
from nasgoat.tabular import TableEvaluator, benchmark, compact
from nasgoat.tabular.compact.nasbench101 import SPACE_FILE, cells_of
from nasgoat.tabular.format import read_table, write_table
from nasgoat.tabular.stored import Reader

FOLDER = Path(os.environ.get("NASGOAT_DATA", ""))


def needs(*names: str) -> pytest.MarkDecorator:
    lacking = [name for name in names if not (FOLDER / name).is_file()]
    return pytest.mark.skipif(
        bool(lacking), reason=f"needs {lacking} in the folder that NASGOAT_DATA names"
    )


def table_of(name: str) -> TableEvaluator:
    evaluator = benchmark(name)
    assert isinstance(evaluator, TableEvaluator)
    return evaluator


@needs("enas6.npz")
def test_enas_has_its_rows_and_its_split() -> None:
    evaluator = table_of("enas")
    values = evaluator.table.value.values
    assert (~np.isnan(values)).sum() == 19_020
    assert evaluator.space.size() == len(evaluator.table) == 19_015  # five networks come twice
    in_test_set = evaluator.table.metrics["in_test_set"].values
    assert (np.nansum(in_test_set == 0), np.nansum(in_test_set)) == (17_118, 1_902)
    assert evaluator.optimum == pytest.approx(100 * (1 - 0.7502))
    assert isinstance(evaluator.space, TableSpace)
    assert evaluator.space.cells == enas()
    assert len(enas().members(evaluator.space.listing())) == 19_015
    raw = np.load(FOLDER / "enas6.npz")
    best = int(np.where(raw["split"] < 0, 0.0, raw["acc"]).argmax())
    graph = evaluator.best().graph
    np.testing.assert_array_equal(graph.adjacency, raw["adj"][best] > 0)
    assert "shared weights" in evaluator.objective


@needs("enas6.npz")
def test_a_table_of_enas_serves_like_the_compact_file(tmp_path: Path) -> None:
    write_table(tmp_path / "enas.parquet", compact.read_enas(FOLDER / "enas6.npz"))
    ours, theirs = benchmark("enas", tmp_path), table_of("enas")
    assert isinstance(ours, TableEvaluator)
    assert ours.space == theirs.space
    np.testing.assert_array_equal(ours.table.value.mean, theirs.table.value.mean)
    assert read_table(tmp_path / "enas.parquet").header == theirs.about


@needs("nasbenchmacro.npz")
def test_macro_is_complete_and_has_three_trainings() -> None:
    evaluator = table_of("nasbench-macro")
    assert evaluator.table.complete
    assert evaluator.space == nasbench_macro()
    assert evaluator.space.size() == len(evaluator.table) == 6_561
    assert evaluator.objective == "test error on CIFAR-10, %"
    raw = np.load(FOLDER / "nasbenchmacro.npz")
    assert evaluator.optimum == pytest.approx(100 - raw["test_acc"].mean(axis=1).max(), abs=1e-5)
    best = evaluator.best().graph.node_labels or ()
    blocks = raw["arch"][raw["test_acc"].mean(axis=1).argmax()]
    assert [label - 1 for label in best[1:-1]] == blocks.tolist()
    drawn = evaluator.noisy(3)(evaluator.best().graph).value
    trainings = 100 - raw["test_acc"][raw["test_acc"].mean(axis=1).argmax()]
    assert np.isclose(drawn, trainings).any()


SURROGATE = needs("nasbench101_space.npz", "nasbench101_surrogate.npz")
MEASURED = needs("nasbench101_space.npz", "nasbench101_30k.npz")


@SURROGATE
def test_the_surrogate_has_its_best_cell_and_says_what_it_is() -> None:
    evaluator = table_of("nasbench101-surrogate")
    assert len(evaluator.table) == 423_624
    assert evaluator.table.complete
    assert evaluator.optimum == pytest.approx(100 * (1 - 0.94827), abs=0.0005)
    best = evaluator.best()
    assert evaluator.rows([best.graph]).tolist() == [110_805]
    assert best.graph.n == 6
    assert "surrogate" in evaluator.name
    assert "surrogate" in evaluator.objective
    whole = evaluator.within(nasbench101(range(2, 8)))
    rows = np.arange(0, 423_624, 97)
    cells = whole.table.index.graphs(rows)
    copies = [list(nasbench101().identity.copies(cell, ordered=True))[-1] for cell in cells]
    np.testing.assert_array_equal(whole.rows(copies), rows)


@SURROGATE
def test_cells_have_their_official_hashes() -> None:
    raw = np.load(FOLDER / SPACE_FILE)
    rows = np.arange(0, 423_624, 997)
    cells = cells_of(raw["num_vertices"][rows], raw["edges"][rows], raw["ops"][rows])
    expected = [digest.tobytes().hex() for digest in raw["module_hash"][rows]]
    np.testing.assert_array_equal(module_hashes(cells), raw["module_hash"][rows])
    assert len(set(expected)) == len(rows)


@MEASURED
def test_the_measured_cells_are_a_listed_space() -> None:
    evaluator = table_of("nasbench101-30k")
    assert isinstance(evaluator.space, TableSpace)
    assert evaluator.space.size() == 30_001
    raw = np.load(FOLDER / "nasbench101_30k.npz")
    assert evaluator.optimum == pytest.approx(100 * (1 - raw["valid_e108"].max()))
    best = evaluator.best()
    row = int(raw["valid_e108"].argmax())
    assert best.seconds == raw["train_time_108_s"][row]
    assert best.metrics["params"] == raw["params"][row]
    assert best.metrics["valid_e12"] == raw["valid_e12"][row]


@needs("nasbench301_naslib_sample.csv.gz")
def test_the_sample_of_nasbench301_is_a_listed_space() -> None:
    evaluator = table_of("nasbench301-sample")
    assert isinstance(evaluator.space, TableSpace)
    assert evaluator.space.cells == darts()
    assert evaluator.space.size() == 1_218
    assert "surrogate" in evaluator.objective
    with gzip.open(FOLDER / "nasbench301_naslib_sample.csv.gz", "rt") as file:
        text = file.read().splitlines()[1:]
    values = [float(line.rsplit(']",', 1)[1].split(",")[0]) for line in text]
    assert evaluator.optimum == pytest.approx(100 - max(values))
    graph = evaluator.best().graph
    pairs = json.loads(text[int(np.argmax(values))].split('"')[1])
    normal = sorted((u, 2 + i // 2, op) for i, (u, op) in enumerate(pairs))
    found = [(u, v, op) for (u, v), op in graph.edge_label_of.items() if v < 6]
    assert sorted(found) == normal


@pytest.mark.parametrize(
    ("reader", "arrays", "complaint"),
    [
        (compact.read_enas, {"adj": np.zeros((1, 8, 8))}, "does not hold the arrays adj, types"),
        (
            compact.read_macro,
            {
                "arch": np.zeros((2, 8)),
                **dict.fromkeys(("test_acc", "params", "flops"), np.zeros(1)),
            },
            "arrays of different lengths",
        ),
        (
            compact.read_macro,
            dict.fromkeys(("arch", "test_acc", "params", "flops"), np.zeros((2, 7))),
            "no networks of 8 blocks",
        ),
        (
            compact.read_enas,
            {
                "adj": np.zeros((1, 8, 8)),
                "types": np.array([[0, 2, 2, 2, 2, 2, 2, 1]]),
                "acc": np.zeros(1),
                "split": np.zeros(1),
            },
            "every layer feeds the next",
        ),
        (compact.read_surrogate, {"valid_e108_pred": np.zeros(3)}, "which is not beside it"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, reader: Reader, arrays: dict[str, Any], complaint: str
) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, **arrays)
    with pytest.raises((BadDataError, MissingDataError), match=complaint):
        reader(path)


def test_files_without_arrays_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(BadDataError, match="does not hold the arrays"):
        compact.read_macro(path)
    np.savez(path, arch=np.array([{}], dtype=object))
    with pytest.raises(BadDataError, match="does not hold the arrays"):
        compact.read_macro(path)
    sample = tmp_path / "x.csv.gz"
    for text in ("", "normal,reduce\n1,2\n"):
        sample.write_bytes(gzip.compress(text.encode()))
        with pytest.raises(BadDataError, match="is not a sample of NAS-Bench-301"):
            compact.read_sample(sample)


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 9, 4000)
    path, sample = tmp_path / "x.npz", tmp_path / "x.csv.gz"
    np.savez_compressed(path, arch=values, test_acc=values, params=values, flops=values)
    sample.write_bytes(gzip.compress(values.tobytes()))
    for file, read in ((path, compact.read_macro), (sample, compact.read_sample)):
        whole = file.read_bytes()
        for place in range(40, 400, 20):  # in the compressed bytes
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
            with pytest.raises(BadDataError):
                read(file)


def test_cells_out_of_range_are_refused() -> None:
    fine = np.array([[0, 3, 3, 3, 3]])
    assert cells_of(np.array([3]), np.array([0b101]), fine)[0].edges == ((0, 1), (1, 2))
    for vertices, ops in ((1, fine), (8, fine), (4, fine), (3, fine[:, :4])):
        with pytest.raises(BadDataError, match="2 to 7 nodes"):
            cells_of(np.array([vertices]), np.array([1]), ops)
