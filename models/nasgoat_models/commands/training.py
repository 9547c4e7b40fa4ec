"""``nasgoat train``: a training with progress, checkpoints and a summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nasgoat.cli.console import print_json, stderr, stdout, write_json
from nasgoat.errors import JournalError
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.commands.dataset import Dataset, Part, load_dataset
from nasgoat_models.commands.log import Log
from nasgoat_models.commands.priors import priors, told
from nasgoat_models.commands.recipe import Recipe
from nasgoat_models.devices import find_device, repeatable
from nasgoat_models.graphs import GraphShape
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.quality import reconstruction
from nasgoat_models.training import Trainer

CHECKPOINT, SUMMARY = "checkpoint.pt", "summary.json"
FREE = ("points", "threads")  # options that a resumed training may change


def execute(
    recipe: Recipe, out: Path, device: str, data: Path | None, *, resume: bool, json: bool
) -> None:
    """Train, measure, and print what came out.

    Raises:
        JournalError: ``out`` holds a checkpoint and is not resumed, or one of other options.
        ValueError: there is no such device, or the space has cycles.
        MissingDataError: a table, or the checkpoint to resume, is not on this machine.
    """
    console, place = stderr(), find_device(device)
    path = out / CHECKPOINT
    before = _before(path, recipe, resume=resume)
    with console.status(f"loading {recipe.benchmark}"):
        dataset = load_dataset(recipe.benchmark, recipe.graphs, recipe.seed, data)
    vae, ngae = recipe.build(GraphShape.of(dataset.space))
    model: Vae | Ngae = (vae if ngae is None else ngae).to(place)
    train = dataset.train.to(place)

    def losses(rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        graphs = train.graphs.take(rows)
        if ngae is None:
            return vae.losses(graphs, generator)[0]
        return ngae.losses(graphs, train.performance[rows], train.complexity[rows], generator)

    trainer = Trainer(model, losses, len(train.graphs), recipe.training)
    if before is not None:
        model.load_state_dict(before.weights)
        trainer.load(before.training)
    Log(trainer, recipe, path, console).run()
    with console.status("measuring"), repeatable(recipe.threads):
        summary = measured(recipe, dataset, model, place)
    summary |= {"history": trainer.history, "checkpoint": str(path)}
    summary["seconds"] = sum(epoch["seconds"] for epoch in trainer.history)
    write_json(out / SUMMARY, summary)
    if json:
        print_json(summary)
    else:
        _show(summary)


def _before(path: Path, recipe: Recipe, *, resume: bool) -> Checkpoint | None:
    """The checkpoint to go on with."""
    if not resume:
        if path.exists():
            msg = f"{path} is there already; go on with --resume, or choose another --out"
            raise JournalError(msg)
        return None
    before = Checkpoint.load(path)
    changed = [
        f"{key}={before.config.get(key)}"
        for key, value in recipe.config().items()
        if before.config.get(key) != value and key not in FREE
    ]
    if changed:
        msg = f"{path} was trained with {', '.join(changed)}; resume with the same options"
        raise JournalError(msg)
    return before


def measured(
    recipe: Recipe, dataset: Dataset, model: Vae | Ngae, device: torch.device
) -> dict[str, Any]:
    """What is known of a trained model, as plain values."""
    vae = model.vae if isinstance(model, Ngae) else model
    model.eval()
    generator = torch.Generator().manual_seed(recipe.seed)
    test = dataset.test.to(device)
    space = dataset.space
    found: dict[str, Any] = {
        "model": recipe.model,
        "benchmark": recipe.benchmark,
        "training_graphs": len(dataset.train.graphs),
        "test_graphs": len(test.graphs),
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "reconstruction": reconstruction(space, vae, test.graphs, 10, generator),
        "reconstruction_likeliest": reconstruction(space, vae, test.graphs),
    } | priors(vae, dataset, generator, recipe.points)
    if isinstance(model, Ngae):
        for name, part in (("train", dataset.train.to(device)), ("test", test)):
            found[f"rmse_{name}"] = _rmse(model, part) | {"unit": dataset.spread}
    return found


def _rmse(model: Ngae, part: Part) -> dict[str, float]:
    """Errors of both predictors, on their scales from 0 to 1."""
    with torch.no_grad():
        z = model.vae.encode(part.graphs)
        performance = (model.performance(z) - part.performance).square()
        complexity = (model.complexity(z) - part.complexity).square()
    return {
        "performance": float(performance.nanmean().sqrt()),
        "complexity": float(complexity.mean().sqrt()),
    }


def _show(summary: dict[str, Any]) -> None:
    console = stdout()
    console.print(
        f"{summary['model']} on {summary['benchmark']}: {len(summary['history'])} epochs on "
        f"{summary['training_graphs']:,} graphs in {summary['seconds']:.0f} s, "
        f"{summary['parameters']:,} weights"
    )
    console.print(
        f"reconstruction of {summary['test_graphs']:,} test graphs: "
        f"{summary['reconstruction']:.2f} % by chance, "
        f"{summary['reconstruction_likeliest']:.2f} % by the likeliest decisions"
    )
    for line in told(summary):
        console.print(line)
    for part in ("train", "test"):
        if (errors := summary.get(f"rmse_{part}")) is not None:
            console.print(
                f"root mean squared errors, {part}: performance {errors['performance']:.4f} "
                f"(times {errors['unit']:.4g}), complexity {errors['complexity']:.4f}"
            )
    console.print(f"checkpoint: {summary['checkpoint']}", soft_wrap=True)
