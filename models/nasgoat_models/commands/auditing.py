"""``nasgoat audit``: what an autoencoder's latent space is worth, with plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nasgoat.cli.console import print_json, stderr, stdout, write_json
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.commands.dataset import Dataset, load_dataset
from nasgoat_models.commands.figures import losses, of_ngae
from nasgoat_models.commands.plots import binned_plot
from nasgoat_models.commands.priors import priors, told
from nasgoat_models.commands.recipe import Recipe
from nasgoat_models.devices import find_device, repeatable
from nasgoat_models.graphs import GraphShape
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.smoothness import Scatter, edits_and_latent_distances, errors_and_distances

if TYPE_CHECKING:
    from torch import Tensor

STEPS = 10  # edits of a walk
AUDIT = "audit.json"


@dataclass(frozen=True, slots=True)
class Draws:
    """What an audit draws.

    Args:
        points: of the prior, and steps of random walks in all.
        seed: of all chance.
    """

    points: int
    seed: int


def execute(
    checkpoint: Path, draws: Draws, out: Path, device: str, data: Path | None, *, json: bool
) -> None:
    """Audit, and print what came out.

    Raises:
        MissingDataError: the checkpoint or a table is not on this machine.
        BadDataError: the checkpoint cannot be read.
        ValueError: there is no such device.
    """
    place = find_device(device)
    read = Checkpoint.load(checkpoint)
    recipe = Recipe.of(read)
    with stderr().status(f"loading {recipe.benchmark}") as status:
        dataset = load_dataset(recipe.benchmark, recipe.graphs, recipe.seed, data)
        vae, ngae = recipe.build(GraphShape.of(dataset.space))
        model = vae if ngae is None else ngae
        model.load_state_dict(read.weights)
        model.to(place).eval()
        with repeatable(recipe.threads):
            status.update("decoding points of the prior")
            generator = torch.Generator().manual_seed(draws.seed)
            found = priors(vae, dataset, generator, draws.points)
            status.update("walking through the space")
            scatters = _scatters(vae, ngae, dataset, place, draws)
            status.update("drawing")
            out.mkdir(parents=True, exist_ok=True)
            found |= {"checkpoint": str(checkpoint), "model": recipe.model}
            found |= _plotted(out, scatters, read.training.get("history", ()))
            if ngae is not None:
                told_of, pictures = of_ngae(out, ngae, dataset, draws.seed)
                found |= told_of
                found["plots"] += map(str, pictures)
    write_json(out / AUDIT, found)
    if json:
        print_json(found)
    else:
        _show(found)


def _plotted(
    out: Path,
    scatters: Mapping[str, tuple[Scatter, str, str]],
    history: Sequence[Mapping[str, float]],
) -> dict[str, Any]:
    """Draw what every model has; the figures and the names of the files."""
    found: dict[str, Any] = {"plots": []}
    for name, (scatter, x, y) in scatters.items():
        path = out / f"{name}.png"
        binned_plot(path, scatter, x, y)
        found["plots"].append(str(path))
        found[name] = {"correlation": scatter.correlation, "pairs": len(scatter.x)}
    if history:
        found["plots"].append(str(losses(out / "losses.png", history)))
    return found


def _scatters(
    vae: Vae, ngae: Ngae | None, dataset: Dataset, device: torch.device, draws: Draws
) -> dict[str, tuple[Scatter, str, str]]:
    """The plots by name, with the labels of their axes."""
    rng = np.random.default_rng(draws.seed)
    walked = edits_and_latent_distances(dataset.rules, vae, draws.points // STEPS, STEPS, rng)
    found = {"edits": (walked, "edit distance", "latent distance")}
    if ngae is not None:
        errors = _errors(ngae, dataset, device)
        found["errors"] = (errors, "latent distance to the training set", "absolute error")
    return found


def _errors(ngae: Ngae, dataset: Dataset, device: torch.device) -> Scatter:
    """Errors of predicted performance on the test set."""
    train, test = dataset.train.to(device), dataset.test.to(device)
    with torch.no_grad():
        z: Tensor = ngae.vae.encode(test.graphs)
        errors = (ngae.performance(z) - test.performance).abs()
        return errors_and_distances(z, errors, ngae.vae.encode(train.graphs))


def _show(found: dict[str, Any]) -> None:
    console = stdout()
    for line in told(found):
        console.print(line)
    console.print(
        f"edit distance and latent distance: Spearman's correlation "
        f"{found['edits']['correlation']:.3f}"
    )
    if "errors" in found:
        console.print(
            f"distance to the training set and error of the predicted performance: "
            f"{found['errors']['correlation']:.3f}"
        )
    for objective, rows in found.get("best", {}).items():
        for row in rows:
            console.print(
                f"found by ascent on {objective}: performance "
                f"{row['predicted_performance']:.4f}, complexity {row['predicted_complexity']:.4f}"
            )
            console.print(row["architecture"], highlight=False, soft_wrap=True)
    for path in found["plots"]:
        console.print(path, soft_wrap=True)
