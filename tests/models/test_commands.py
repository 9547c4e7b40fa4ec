"""``nasgoat train`` and ``nasgoat audit`` on tiny models."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

pytest.importorskip("torch", reason="the models need PyTorch")

from nasgoat.tabular import benchmark
from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.commands import audit, train
from nasgoat_models.commands.dataset import load_dataset
from nasgoat_models.commands.log import Log
from nasgoat_models.training import Epoch, OnEpoch, Trainer

PROTEINS = "nasbench-graph:proteins"  # its table comes with a package
TINY = (
    *("--benchmark", PROTEINS, "--graphs", "60", "--points", "20"),
    *("--hidden", "8", "--latent", "4"),
)
app = typer.Typer()
app.command("train")(train)
app.command("audit")(audit)


def nasgoat(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> dict[str, Any]:
    result = nasgoat(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("model", ["ngae", "dag-vae", "gin-vae"])
def test_a_model_is_trained_measured_and_audited(model: str, tmp_path: Path) -> None:
    found = answer("train", model, *TINY, "--epochs", "2", "--out", str(tmp_path))
    assert len(found["history"]) == 2
    assert found["training_graphs"] > found["test_graphs"] > 0
    assert 0 <= found["reconstruction"] <= 100
    for name in ("prior", "prior_scaled"):
        assert set(found[name]) == {"points", "times", "valid", "repairable", "unique", "novel"}
    assert ("rmse_test" in found) == (model == "ngae")
    written = json.loads((tmp_path / "summary.json").read_text())
    assert written["reconstruction"] == found["reconstruction"]

    audited = answer("audit", str(tmp_path / "checkpoint.pt"), "--points", "10")
    assert audited["model"] == model
    assert audited["edits"]["pairs"] == 10
    assert ("errors" in audited) == (model == "ngae")
    names = {Path(plot).name for plot in audited["plots"]}
    predictors = {"errors.png", "predicted.png", "plane.png", "ascent.png"}
    assert {"edits.png", "losses.png"} <= names
    assert (predictors <= names) == (model == "ngae")
    for plot in audited["plots"]:
        assert Path(plot).read_bytes().startswith(b"\x89PNG")
    shown = nasgoat("audit", str(tmp_path / "checkpoint.pt"), "--points", "10").stdout
    assert "Spearman" in shown


def test_a_resumed_training_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    options = ("train", "ngae", *TINY, "--epochs", "3", "--out")
    answer(*options, str(whole))

    def interrupt(log: Log, epoch: Epoch) -> None:
        log.save()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Log, "on_epoch", interrupt)
        assert "--resume" in nasgoat(*options, str(parts)).stderr
    assert len(answer(*options, str(parts), "--resume")["history"]) == 3
    ends = [Checkpoint.load(folder / "checkpoint.pt").weights for folder in (whole, parts)]
    assert all(weight.equal(ends[1][name]) for name, weight in ends[0].items())


def test_a_training_that_ends_before_its_first_epoch_goes_on_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("train", "dag-vae", *TINY, "--epochs", "1", "--out", str(tmp_path))

    def interrupt(trainer: Trainer, on_epoch: OnEpoch | None = None) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run", interrupt)
        assert "holds 0 of 1 epochs; --resume goes on" in nasgoat(*options).stderr
    assert len(answer(*options, "--resume")["history"]) == 1


def test_a_folder_is_audited_and_what_no_training_wrote_is_refused(tmp_path: Path) -> None:
    answer("train", "dag-vae", *TINY, "--epochs", "0", "--out", str(tmp_path))
    audited = answer("audit", str(tmp_path), "--points", "10")
    assert audited["checkpoint"] == str(tmp_path / "checkpoint.pt")
    assert "losses.png" not in {Path(plot).name for plot in audited["plots"]}
    Checkpoint("line", {"slope": 1}, {}).save(tmp_path / "line.pt")
    refused = nasgoat("audit", str(tmp_path / "line.pt"))
    assert refused.exit_code == 1
    assert "slope" in refused.stderr


def test_what_cannot_be_trained_is_refused(tmp_path: Path) -> None:
    there = ("--out", str(tmp_path))
    assert "dag-vae" in nasgoat("train", "dvae", *TINY, *there).stderr
    assert "no checkpoint" in nasgoat("train", "ngae", *TINY, *there, "--resume").stderr
    assert "abacus" in nasgoat("train", "ngae", *TINY, *there, "--device", "abacus").stderr
    answer("train", "dag-vae", *TINY, "--epochs", "0", *there)
    assert "--resume" in nasgoat("train", "dag-vae", *TINY, *there).stderr
    other = nasgoat("train", "dag-vae", *TINY, "--rate", "0.5", *there, "--resume")
    assert other.exit_code == 1
    assert "rate=0.003" in other.stderr


def test_values_are_those_of_the_table() -> None:
    dataset = load_dataset(PROTEINS, 80, 1, None)
    evaluator = benchmark(PROTEINS)
    train_part, test_part = dataset.train, dataset.test
    values = [evaluator(graph).value for graph in train_part.graphs.batch(dataset.space)]
    worst, best = max(values), min(values)
    expected = (worst - np.array(values)) / (worst - best)
    assert np.allclose(train_part.performance.numpy(), expected, atol=1e-6)
    assert dataset.spread == pytest.approx(worst - best)
    keys = [
        set(dataset.space.keys(part.graphs.batch(dataset.space)))
        for part in (train_part, test_part)
    ]
    assert not keys[0] & keys[1]
    assert len(keys[1]) == round(0.1 * (len(keys[0]) + len(keys[1])))
    assert train_part.complexity.min() == 0
    assert train_part.complexity.max() == 1


def test_a_benchmark_that_trains_gives_no_values() -> None:
    pytest.importorskip("sklearn", reason="the images come with scikit-learn")
    dataset = load_dataset("digits:nasbench201", 30, 0, None)
    assert dataset.train.performance.isnan().all()
    assert np.isnan(dataset.spread)


def test_what_is_unknown_is_null_in_the_files(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the images come with scikit-learn")
    few = ("--graphs", "30", "--points", "10", "--hidden", "8", "--latent", "4", "--epochs", "1")
    digits = ("--benchmark", "digits:nasbench201", *few, "--out", str(tmp_path))
    answer("train", "ngae", *digits)
    assert nasgoat("audit", str(tmp_path / "checkpoint.pt"), "--points", "10").exit_code == 0

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    for name in ("summary.json", "audit.json"):
        read = json.loads((tmp_path / name).read_text(), parse_constant=refuse)
    assert read["errors"]["correlation"] is None
    assert "best" not in read  # by a predictor that has learnt nothing
