"""The experiments in latent spaces, on spaces small enough to know the answers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the networks need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")

from benchmarks.latent import __main__ as command
from benchmarks.latent import pictures, predictors, searches
from benchmarks.latent.rows import Options, table, told
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH201_OPS, nasbench201
from nasgoat.tabular import Table, TableEvaluator
from nasgoat_models.crlso.training import Recipe
from nasgoat_models.crlso.vae import Sizes
from nasgoat_models.grabnas import meta

CELLS = nasbench201("all-on-path")
CONV = NASBENCH201_OPS.index("nor_conv_3x3")


def errors(graphs: GraphBatch) -> "np.ndarray[Any, Any]":
    """Fewer 3 x 3 convolutions, greater error; ties are broken by the first edge."""
    return 60.0 - 9 * (graphs.edge_labels == CONV).sum(axis=(1, 2)) + graphs.edge_labels[:, 0, 1]


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> TableEvaluator:
    graphs = CELLS.listing()
    columns = {"value": errors(graphs), "test_value": errors(graphs) + 1}
    rows = Table.of(CELLS, graphs, columns, len(graphs))
    made = TableEvaluator("nasbench201:cifar10", CELLS, "error, %", rows)
    for module in (searches, predictors):
        monkeypatch.setattr(module, "benchmark", lambda name, data: made)
    monkeypatch.setattr(meta, "_table", lambda name, space: made)
    return made


def options(out: Path, **chosen: Any) -> Options:
    return Options(
        **{
            "benchmark": "nasbench201:cifar10",
            "seeds": 1,
            "full": False,
            "data": None,
            "out": out,
            **chosen,
        }
    )


def test_the_pruned_pool_lacks_the_best_and_only_decoding_can_find_them(
    evaluator: TableEvaluator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = {
        "graphs": 100,
        "pairs": 20,
        "epochs": 2,
        "width": 16,
        "pool": 100,
        "initial": 5,
        "warm_up": 2,
        "tuning": 3,
    }
    grab = searches.grab_settings
    monkeypatch.setattr(searches, "grab_settings", lambda o, **kw: grab(o, **{**small, **kw}))
    monkeypatch.setitem(searches.BUDGETS, "pruned", (14, 14))
    rows = {row["mode"]: row for row in searches.pruned(options(tmp_path))}
    values = np.sort(errors(CELLS.listing()))
    assert rows["bo"]["left"] == rows["hybrid"]["left"] == values[int(0.05 * len(values))]
    assert rows["bo"]["outside"] == rows["bo"]["decoded"] == 0
    assert rows["bo"]["error"] >= rows["bo"]["left"]
    hybrid = rows["hybrid"]
    assert 0 <= hybrid["outside"] <= hybrid["decoded"] == 4
    if hybrid["error"] < hybrid["left"]:
        assert hybrid["error"] == hybrid["decoded_best"]


def test_an_ablation_ranks_the_cells_that_it_was_not_told(
    evaluator: TableEvaluator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def small(given: Options, encoder: Any, regulariser: Any) -> Recipe:
        sizes = Sizes(4, 24, 24)
        return Recipe(encoder, regulariser, sizes, pool=300, predictor_epochs=20, epochs=4)

    monkeypatch.setattr(predictors, "recipe", small)
    monkeypatch.setattr(predictors, "LABELS", ((100,), ()))
    rows = list(predictors.ablation(options(tmp_path), ("gnn",), ("icnn", "mlp")))
    assert [(row["labels"], row["regulariser"]) for row in rows] == [(100, "icnn"), (100, "mlp")]
    assert all(row["kendall"] > 0.2 for row in rows)
    assert all(0 <= row["valid"] <= row["valid"] + row["repaired"] <= 1 for row in rows)


def test_labels_and_epochs_can_be_chosen(
    evaluator: TableEvaluator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = options(tmp_path, labels=(30, 60), epochs=7)
    assert predictors.recipe(given, "gnn", "icnn").epochs == 7
    assert predictors.recipe(options(tmp_path), "gnn", "icnn").epochs == 15
    monkeypatch.setattr(
        predictors, "_measured", lambda cells, plan, order, count, seed: {"n": count}
    )
    rows = list(predictors.ablation(given, ("gnn",), ("icnn",)))
    assert [row["n"] for row in rows] == [30, 60]


def test_similarities_are_cosines_and_their_blocks_are_means() -> None:
    points = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]])
    similar = pictures.cosines(points)
    assert similar == pytest.approx(
        np.array([[1, 1, 0, -1], [1, 1, 0, -1], [0, 0, 1, 0], [-1, -1, 0, 1]])
    )
    assert pictures.blocks(similar) == {"best_and_best": 1.0, "best_and_worst": -0.5}


def test_rows_are_kept_and_averaged(tmp_path: Path) -> None:
    made = [{"arm": "a", "x": 1.0}, {"arm": "a", "x": 3.0}, {"arm": "b", "x": 5.0}]
    kept = options(tmp_path / "new" / "rows.jsonl")
    assert list(told(made, "trial", kept)) == made
    lines = [json.loads(line) for line in kept.out.read_text().splitlines()]
    assert [line["x"] for line in lines] == [1.0, 3.0, 5.0]
    assert {line["experiment"] for line in lines} == {"trial"}
    shown = table(made, ("arm",), ("x",))
    assert shown[1].split() == ["a", "2.000", "(1.414)"]
    assert shown[2].split() == ["b", "5.000"]


def test_the_command_draws_three_pictures(
    evaluator: TableEvaluator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def small(given: Options, encoder: Any, regulariser: Any) -> Recipe:
        return Recipe(encoder, regulariser, Sizes(3, 8, 8), pool=50, predictor_epochs=1, epochs=1)

    monkeypatch.setattr(pictures, "recipe", small)
    monkeypatch.setattr(pictures, "SHOWN", (60, 60))
    monkeypatch.setattr("sys.argv", ["latent", "pictures", "--out", str(tmp_path)])
    command.main()
    for name in ("pca.png", "tsne.png", "cosine.png"):
        assert (tmp_path / name).stat().st_size > 5000
    assert "ICNN regulariser" in capsys.readouterr().out
