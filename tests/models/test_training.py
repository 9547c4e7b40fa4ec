"""The common training loop and its checkpoints."""

import math
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch
from torch import Tensor, nn

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.devices import find_device, seeded
from nasgoat_models.training import DivergedError, Epoch, Trainer, Training

X = torch.linspace(-1, 1, 40)[:, None]
Y = 3 * X - 1


def line() -> nn.Module:
    with seeded(5):
        return nn.Linear(1, 1)


def trainer(model: nn.Module, training: Training) -> Trainer:
    def losses(rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        noise = 1e-3 * torch.randn(len(rows), 1, generator=generator)
        return {
            "fit": (model(X[rows] + noise) - Y[rows]).square().mean(),
            "size": 1e-6 * sum(p.square().sum() for p in model.parameters()),
        }

    return Trainer(model, losses, len(X), training)


def weights(model: nn.Module) -> list[float]:
    return torch.cat([p.detach().flatten() for p in model.parameters()]).tolist()


def test_a_line_is_learnt_and_every_epoch_is_told() -> None:
    model, told = line(), list[Epoch]()
    trainer(model, Training(60, batch=16, rate=0.1)).run(told.append)
    assert weights(model) == pytest.approx([3, -1], abs=0.05)
    assert [one.number for one in told] == list(range(1, 61))
    assert told[-1].losses["fit"] < 1e-2 < told[0].losses["fit"]
    assert told[0].losses["loss"] == pytest.approx(
        told[0].losses["fit"] + told[0].losses["size"], rel=1e-5
    )


def test_the_same_seed_gives_the_same_weights() -> None:
    models = [line() for _ in range(3)]
    for model, seed in zip(models, (0, 0, 1), strict=True):
        trainer(model, Training(3, batch=16, rate=0.1, seed=seed)).run()
    assert weights(models[0]) == weights(models[1]) != weights(models[2])


def test_global_chance_is_neither_read_nor_changed() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    trainer(line(), Training(2)).run()
    assert torch.rand(3).equal(expected)


@pytest.mark.parametrize("cosine", [False, True])
def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(cosine: bool, tmp_path: Path) -> None:
    training = Training(8, batch=16, rate=0.1, clip=1.0, cosine=cosine)
    whole = line()
    full = trainer(whole, training)
    full.run()

    part = line()
    stopped = trainer(part, training)

    def stop(epoch: Epoch) -> None:
        if epoch.number == 3:
            state = {"state": stopped.state()}
            Checkpoint("line", {}, part.state_dict(), training=state).save(tmp_path / "c.pt")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.run(stop)
    read = Checkpoint.load(tmp_path / "c.pt")
    assert read.versions["torch"] == str(torch.__version__)
    again = line()
    again.load_state_dict(read.weights)
    resumed = trainer(again, training)
    resumed.load(read.training["state"])
    resumed.run()
    assert weights(again) == weights(whole)
    assert [one["loss"] for one in resumed.history] == [one["loss"] for one in full.history]


def test_a_rate_falls_along_half_a_cosine() -> None:
    rates: list[float] = []
    falling = trainer(line(), Training(4, batch=20, rate=0.1, cosine=True))
    falling.run(lambda _: rates.append(falling.adam.param_groups[0]["lr"]))
    truth = [0.05 * (1 + math.cos(math.pi * epoch / 4)) for epoch in range(1, 5)]
    assert rates == pytest.approx(truth, abs=1e-9)


def test_a_loss_that_is_not_finite_ends_the_training() -> None:
    model = line()
    nan = Trainer(model, lambda rows, _: {"fit": model(X[rows]).sum() * torch.nan}, 40, Training(2))
    with pytest.raises(DivergedError, match="lower rate"):
        nan.run()


def test_checkpoints_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="nasgoat train"):
        Checkpoint.load(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("no checkpoint")
    with pytest.raises(BadDataError, match="no checkpoint"):
        Checkpoint.load(tmp_path / "text.pt")
    torch.save({"format": 99}, tmp_path / "other.pt")
    with pytest.raises(BadDataError, match="99"):
        Checkpoint.load(tmp_path / "other.pt")


@pytest.mark.parametrize("wrong", [{"epochs": -1}, {"batch": 0}, {"rate": 0.0}, {"decay": -1.0}])
def test_impossible_settings(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must not|rate"):
        Training(**{"epochs": 1, **wrong})  # type: ignore[arg-type]


def test_devices() -> None:
    assert find_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="auto, cpu or cuda"):
        find_device("abacus")
    if not torch.cuda.is_available():
        assert find_device("auto").type == "cpu"
        with pytest.raises(ValueError, match="sees no GPU"):
            find_device("cuda")
