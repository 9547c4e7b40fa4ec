"""What can be typed, and the help texts; PyTorch is imported when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from nasgoat.cli import options
from nasgoat.cli.errors import friendly

Device = Annotated[str, typer.Option(help="auto (a GPU where there is one), cpu or cuda.")]


def train(
    model: Annotated[
        str, typer.Argument(help="ngae, dag-vae (ngae without predictors) or gin-vae.")
    ],
    benchmark: Annotated[
        str, typer.Option(help="Whose architectures, and for ngae their values.")
    ] = "enas",
    epochs: Annotated[int, typer.Option(min=0, help="Passes over the training set.")] = 300,
    graphs: Annotated[
        int, typer.Option(min=10, help="Architectures at most; spaces with more are sampled.")
    ] = 20_000,
    hidden: Annotated[int, typer.Option(min=1, help="Width of the states.")] = 128,
    latent: Annotated[
        int, typer.Option(min=1, help="Dimension of the latent space; gin-vae has 16 per node.")
    ] = 56,
    batch: Annotated[int, typer.Option(min=1, help="Architectures per step.")] = 64,
    rate: Annotated[
        float, typer.Option(help="Of Adam at first; it falls to 0 along half a cosine.")
    ] = 3e-3,
    kl_weight: Annotated[float, typer.Option(min=0.0, help="Of the divergence.")] = 0.005,
    noise: Annotated[
        float, typer.Option(min=0.0, help="Factor of the encoder's deviation.")
    ] = 0.01,
    points: Annotated[
        int, typer.Option(min=10, help="Points of the prior that are decoded to measure it.")
    ] = 1000,
    threads: Annotated[int, typer.Option(min=1, help="Threads of PyTorch.")] = 1,
    device: Device = "auto",
    seed: options.Seed = 0,
    data: options.Data = None,
    out: Annotated[Path, typer.Option(help="Directory for checkpoint and summary.")] = Path(
        "models-out"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what --out holds.")] = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train an autoencoder of a benchmark's architectures and measure it.

    Example: nasgoat train ngae --benchmark enas --epochs 300 --out enas-ngae
    """
    with friendly(debug=debug):
        from nasgoat_models.commands.recipe import Recipe  # noqa: PLC0415
        from nasgoat_models.commands.training import execute  # noqa: PLC0415

        recipe = Recipe(
            model,
            benchmark,
            epochs,
            graphs,
            hidden,
            latent,
            batch,
            rate,
            kl_weight,
            noise,
            points,
            threads,
            seed,
        )
        execute(recipe, out, device, data, resume=resume, json=json)


def audit(
    checkpoint: Annotated[
        Path, typer.Argument(help="--out of `nasgoat train`, or the checkpoint.pt in it.")
    ],
    points: Annotated[int, typer.Option(min=10, help="Points of the prior to decode.")] = 1000,
    device: Device = "auto",
    seed: options.Seed = 0,
    data: options.Data = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045  (typer reads it at run time)
        typer.Option(help="Directory for plots; default: that of the checkpoint."),
    ] = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Audit an autoencoder: validity and uniqueness of what it decodes, smoothness of its space.

    Example: nasgoat audit enas-ngae
    """
    with friendly(debug=debug):
        from nasgoat_models.commands.auditing import Draws, execute  # noqa: PLC0415
        from nasgoat_models.commands.training import CHECKPOINT  # noqa: PLC0415

        path = checkpoint / CHECKPOINT if checkpoint.is_dir() else checkpoint
        execute(path, Draws(points, seed), out or path.parent, device, data, json=json)
