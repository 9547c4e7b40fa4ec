"""The papers' tables: what is compared, in sizes small enough to know the answers."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

pytest.importorskip("torch", reason="the papers' latent spaces need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")
pytest.importorskip("grakel", reason="Table 3 is compared with GraKeL")

from benchmarks.papers import __main__ as command
from benchmarks.papers import crlso_runs as crlso
from benchmarks.papers import curves, kernels, ngae
from benchmarks.papers.grams import grakel_grams, grakel_rw, grakel_wl, walk_grams, walks
from benchmarks.papers.items import Item, Row, Setting, beside, published, summed
from benchmarks.papers.registry import ITEMS
from benchmarks.papers.regression import NOISES, Predicted, by_grams
from benchmarks.papers.show import cell, markdown
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.spaces import CellSpace, nasbench101, nasbench201
from nasgoat.tabular import Table, TableEvaluator
from nasgoat_models.commands.dataset import load_dataset
from nasgoat_models.commands.recipe import Recipe

CELLS = nasbench201("all-on-path")


def setting(folder: Path, **chosen: Any) -> Setting:
    usual = Setting(False, 1, None, folder, lambda text: None)
    return replace(usual, **chosen)


def evaluator(space: CellSpace) -> TableEvaluator:
    """Errors that depend on numbers of edges and labels."""
    graphs = space.listing()
    labels = graphs.edge_labels if space.edge_alphabet else graphs.node_labels
    values = 10.0 + graphs.adjacency.sum(axis=(1, 2)) + labels.reshape(len(graphs), -1).sum(axis=1)
    values += 0.001 * np.arange(len(graphs)) / len(graphs) - values.min()
    columns = {"value": 5 + values, "test_value": 6 + values}
    return TableEvaluator(
        space.name, space, "error, %", Table.of(space, graphs, columns, len(graphs))
    )


# ---- what there is


PLACES = {
    "nasgoat": ["table3", *(f"figure{i}" for i in range(2, 7))],
    "crlso": [*(f"table{i}" for i in range(1, 9)), *(f"figure{i}" for i in range(2, 10))],
    "ngae": ["table1"],
    "grabnas": ["ablation", "pruned"],
}


def test_all_tables_and_figures_are_there() -> None:
    assert set(ITEMS) == {f"{paper}-{place}" for paper, all_ in PLACES.items() for place in all_}


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_what_is_run_says_its_sizes_and_what_is_not_says_why(item: Item) -> None:
    assert all(reason.endswith(".") for reason in item.why)
    assert all(item.sizes) == (item.run is not None)
    for row in item.published:
        assert set(row) <= {*item.keys, *item.measures}
        assert set(row) & set(item.measures)


@pytest.mark.parametrize(
    ("name", "count", "row"),
    [
        (
            "nasgoat-table3",
            9,
            {"data": "NB101", "kernel": "ESP", "rmse": (0.11, 0.02), "mnll": (28.83, 15.02)},
        ),
        ("crlso-table1", 11, {"method": "Yehui", "test": (94.01, 0.12), "ranking": (47.0, None)}),
        (
            "crlso-table2",
            33,
            {"method": "CR-LSO (ours)", "data": "CIFAR100", "test": (73.47, 0.14)},
        ),
        (
            "crlso-table3",
            45,
            {"space": "LS", "method": "TPE", "budget": 800, "valid": (94.63, 0.10)},
        ),
        ("crlso-table4", 12, {"share": 0.25, "queries": 3200, "valid": (95.02, 0.03)}),
        ("crlso-table5", 15, {"K": 15, "queries": 200, "valid": (94.50, 0.09)}),
        ("crlso-table6", 9, {"encoder": "mlp", "queries": 2000, "test": (94.14, 0.01)}),
        ("crlso-table7", 9, {"encoder": "LSTM", "labels": "most", "kendall": (0.64, 0.0)}),
        ("crlso-table8", 6, {"regulariser": "MLP", "labels": 400, "kendall": (0.773, 0.006)}),
        ("ngae-table1", 3, {"epochs": 300, "accuracy": (99.99, None), "novelty": (100.0, None)}),
    ],
)
def test_published_numbers(name: str, count: int, row: Row) -> None:
    rows = ITEMS[name].published
    assert len(rows) == count
    assert any(row.items() <= one.items() for one in rows)


def test_a_published_row_stands_beside_all_rows_that_have_its_keys() -> None:
    item = Item("x", "P", "Table 9", "", ("a", "b"), ("m",), ("because.",), THEIRS)
    rows = [{"a": 1, "b": 1, "m": 2.0}, {"a": 1, "b": 1, "m": 4.0}, {"a": 1, "b": 2, "m": 5.0}]
    means = summed(rows, item.keys, item.measures)
    assert [one["runs"] for one in means] == [2, 1]
    lines = beside(item, means)
    assert [(keys, theirs) for keys, _, theirs in lines] == [
        ({"a": 1, "b": 1}, THEIRS[0]),
        ({"a": 1, "b": 2}, THEIRS[0]),
        ({"a": 3}, THEIRS[1]),
    ]
    assert cell(means[0], "m") == "3.00 (1.41)"
    assert markdown(item, means)[2] == "| 1 | 1 | 3.00 (1.41) | 0.50 |"
    assert markdown(item, means)[4] == "| 3 |  | - | 0.70 (0.10) |"


THEIRS = published(("a", "m"), (1, 0.5), (3, (0.7, 0.1)))


def test_a_missing_number_makes_no_mean() -> None:
    rows: list[Row] = [{"m": 1.0}, {"m": float("nan")}]
    assert summed(rows, (), ("m",)) == [{"runs": 2}]


# ---- kernels


def label_walks(graph: LabeledGraph, length: int) -> list[tuple[int, ...]]:
    """Label sequences of all walks, by trying all sequences of nodes."""
    assert graph.node_labels is not None
    return [
        tuple(graph.node_labels[v] for v in nodes)
        for nodes in product(range(graph.n), repeat=length + 1)
        if all(graph.adjacency[u, v] for u, v in pairwise(nodes))
    ]


def test_random_walks_are_counted_as_by_enumeration() -> None:
    space = nasbench101([3, 4])
    batch = GraphBatch.of(space.samples(6, np.random.default_rng(0)))
    gram = walks(batch, batch, 0.3)
    for (i, one), (j, other) in product(enumerate(batch), repeat=2):
        expected = sum(
            0.3**length
            * sum(a == b for a in label_walks(one, length) for b in label_walks(other, length))
            for length in range(4)
        )
        assert gram[i, j] == pytest.approx(expected)
    own, cross = walk_grams(batch, batch, 0.3)
    assert np.diagonal(own) == pytest.approx(1.0)
    assert cross == pytest.approx(own)
    assert np.linalg.eigvalsh(own).min() > -1e-10


def test_random_walks_of_grakel_also_count_all_pairs_of_nodes() -> None:
    rng = np.random.default_rng(0)
    train, test = (GraphBatch.of(nasbench101([4, 5]).samples(k, rng)) for k in (6, 4))
    decay = 0.3

    def gram(xs: GraphBatch, ys: GraphBatch) -> NDArray[np.float64]:
        alike = np.array(
            [[sum(a == b for a in x.node_labels for b in y.node_labels) for y in ys] for x in xs]
        )
        return walks(xs, ys, decay) - alike + np.outer(xs.sizes, ys.sizes)

    own, cross = grakel_grams(lambda: grakel_rw(decay), train, test)
    scale = np.sqrt(np.diagonal(gram(train, train)))
    assert own == pytest.approx(gram(train, train) / np.outer(scale, scale))
    there = np.sqrt(np.diagonal(gram(test, test)))
    assert cross == pytest.approx(gram(test, train) / np.outer(there, scale))


def test_subtrees_are_those_of_grakel_and_blind_to_edge_labels() -> None:
    rng = np.random.default_rng(0)
    train, test = CELLS.samples(8, rng), CELLS.samples(5, rng)
    for left, right in ((train, test), tuple(OpGraphs(CELLS).of(one) for one in (train, test))):
        for depth, ours in zip(kernels.DEPTHS, kernels.subtree_grams(left, right), strict=True):
            theirs = grakel_grams(lambda d=depth: grakel_wl(d), left, right)
            for one, other in zip(ours, theirs, strict=True):
                assert one == pytest.approx(other)
    other_ops = np.where(train.edge_labels >= 0, (train.edge_labels + 1) % 4, -1).astype(np.int8)
    renamed = GraphBatch(train.sizes, train.adjacency, train.node_labels, other_ops)
    assert kernels.subtree_grams(train, renamed)[0][1] == pytest.approx(
        kernels.subtree_grams(train, train)[0][0]
    )


def test_without_noise_the_process_interpolates_and_knows_nothing_of_strangers() -> None:
    rng = np.random.default_rng(0)
    root = rng.standard_normal((12, 20))
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    gram, targets = root @ root.T, 3 + rng.standard_normal(12)
    found = by_grams([(gram, np.vstack([gram, np.zeros(12)]))], targets, 1e-6)
    assert found.mean[:-1] == pytest.approx(targets, abs=1e-3)
    assert found.mean[-1] == pytest.approx(targets.mean())
    assert found.variance[:-1].max() < 1e-4 < found.variance[-1]


def test_scores() -> None:
    found = Predicted(np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.5, 2.0]))
    truth = np.array([0.5, 0.0, 3.0])
    scores = found.scores(truth)
    expected = -norm.logpdf(truth, found.mean, np.sqrt(found.variance)).mean()
    assert scores["mnll"] == pytest.approx(expected)
    assert scores["rmse"] == pytest.approx(np.sqrt((0.25 + 1 + 1) / 3))
    assert scores["spearman"] == pytest.approx(0.5)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {
        kernels.DATA["NB101"]: evaluator(nasbench101([5])),
        kernels.DATA["NB201"]: evaluator(CELLS),
    }
    monkeypatch.setattr(kernels, "benchmark", lambda name, data: made[name])
    monkeypatch.setattr(kernels, "TRAIN", 25)
    monkeypatch.setattr(kernels.splits, "__defaults__", (30,))


@pytest.mark.usefixtures("tables")
def test_table3_in_small(tmp_path: Path) -> None:
    rows = list(kernels.table3(setting(tmp_path)))
    shown = {(row["data"], row["kernel"], row["by"], row["noise"]) for row in rows}
    assert len(shown) == len(rows) == 2 * (6 + 8)
    assert all(np.isfinite([row["rmse"], row["mnll"], row["spearman"]]).all() for row in rows)
    for data, kernel in product(("NB101", "NB201"), ("WL", "WL-edge")):
        same = [row["rmse"] for row in rows if (row["data"], row["kernel"]) == (data, kernel)]
        assert same[:2] == pytest.approx(same[2:])  # GraKeL's is the same kernel
    good = {row["kernel"]: row["spearman"] for row in rows if row["data"] == "NB201"}
    assert good["WL"] > 0.3


@pytest.mark.usefixtures("tables")
def test_predictions_are_drawn(tmp_path: Path) -> None:
    rows = list(kernels.predictions("NB201", "figure", setting(tmp_path)))
    names = ["RW", "WL", "WL-edge", "SP", "ESP"]
    assert [row["kernel"] for row in rows] == [name for name in names for _ in NOISES]
    assert (tmp_path / "figure.png").stat().st_size > 10_000


# ---- searches


def test_searches_are_paired_and_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(curves, "BENCHMARKS", {False: ("nasbench-graph:proteins",)})
    monkeypatch.setattr(curves, "BUDGETS", {False: 14})
    methods = ("Random=random", "Local search=local-search")
    heard: list[str] = []
    asked = setting(tmp_path, note=heard.append)
    rows = list(curves.searches(methods, "test", asked))
    assert [(row["method"], row["evaluations"]) for row in rows] == [
        (method, at) for method in ("Random", "Local search") for at in (7, 14)
    ]
    assert rows[0]["error"] == rows[2]["error"]  # the same design
    assert all(row["regret"] >= 0 for row in rows)
    assert len(heard) == 2
    assert list(curves.searches(methods, "test", asked)) == rows
    assert len(heard) == 2
    assert list(tmp_path.glob("test-quick/*.png"))


def test_cr_lso_in_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = evaluator(CELLS)
    monkeypatch.setattr(crlso, "benchmark", lambda name, data: table)
    monkeypatch.setattr(crlso, "BUDGETS", {False: (8,)})
    tiny = {"pool": 60, "epochs": 1, "width": 12, "predictor_epochs": 2, "tuning_epochs": 1}
    tiny |= {"seeds": 3}
    monkeypatch.setattr(crlso, "SMALL", tiny)
    rows = list(crlso.searches("x", [{"share": 0.5}, {"share": 0.75}], setting(tmp_path)))
    assert [row["share"] for row in rows] == [0.5, 0.75]
    values = np.sort(table.table.value.mean)
    for row in rows:
        assert row["valid"] == pytest.approx(100 - values[row["ranking"] - 1])
        assert row["test"] == pytest.approx(row["valid"] - 1)
        assert row["queries"] == 8
    named = {(row["data"], row["method"]) for row in crlso.table2(setting(tmp_path))}
    assert named == set(product(("CIFAR10", "CIFAR100"), ("CR-LSO (ours)", "RS")))


def test_ngae_is_measured_within_one_training(tmp_path: Path) -> None:
    plan = Recipe("ngae", "nasbench-graph:proteins", 2, 60, 8, 4, 32, 1e-3, 0.005, 0.01, 5, 1, 0)
    dataset = load_dataset(plan.benchmark, plan.graphs, 0, None)
    rows = list(ngae.trained(plan, dataset, (1, 2), setting(tmp_path)))
    assert [row["epochs"] for row in rows] == [1, 2]
    for row in rows:
        assert all(0 <= row[name] <= 100 for name in ITEMS["ngae-table1"].measures)


# ---- the command


def two_rows(setting: Setting) -> Iterator[Row]:
    yield {"a": 1, "m": 0.25}
    yield {"a": 2, "m": 0.75}


def stopped(setting: Setting) -> Iterator[Row]:
    yield {"a": 1, "m": 0.25}
    raise KeyboardInterrupt


def terminated(setting: Setting) -> Iterator[Row]:
    yield {"a": 1, "m": 0.25}
    os.kill(os.getpid(), signal.SIGTERM)
    yield {"a": 2, "m": 0.75}


ABOUT = ("a",), ("m",), ("because of this.",), THEIRS, ("small", "large")


@pytest.mark.parametrize(("run", "status"), [(two_rows, 0), (stopped, 130), (terminated, 130)])
def test_a_run_is_shown_and_written(
    run: Any,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    item = Item("nasgoat-table3", "NAS-GOAT", "Table 3", "words", *ABOUT, run)
    monkeypatch.setitem(command.ITEMS, item.name, item)
    out = tmp_path / "new" / "papers.jsonl"
    assert command.main([item.name, "--seeds", "3", "--output", str(out)]) == status
    text = capsys.readouterr().out
    assert "0.25" in text
    assert "0.70 (0.10)" in text
    assert "because of this." in text
    (line,) = out.read_text().splitlines()
    record = json.loads(line)
    assert record["command"] == "python -m benchmarks.papers nasgoat-table3 --seeds 3"
    assert record["interrupted"] == (status == 130)
    assert record["measured"][0] == {"a": 1, "m": [0.25, None], "runs": 1}
    assert len(record["rows"]) == (1 if status else 2)
    assert {"commit", "nasgoat"} <= set(record["versions"])
    assert {"date", "published", "why", "seconds", "cpu_seconds", "full"} <= set(record)
    assert str(tmp_path) not in line


def test_what_cannot_be_had_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "papers.jsonl"
    assert command.main(["nasgoat-figure6", "--output", str(out)]) == 0
    assert "one training per cell" in capsys.readouterr().out
    assert not out.exists()


def test_the_list_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ITEMS)


@pytest.mark.parametrize("words", [[], ["no-table"], ["ngae-table1", "--seeds", "0"]])
def test_wrong_words_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(words)
    assert stop.value.code == 2
