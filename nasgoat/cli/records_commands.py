"""What can be typed about runs that are on record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nasgoat.cli import options
from nasgoat.cli.errors import friendly


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Directories of runs and of comparisons."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path(
        "report.html"
    ),
    title: Annotated[str, typer.Option(help="Of the page.")] = "nasgoat report",
    data: options.Data = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write one page on runs and comparisons: curves, certificates, architectures, calibration.

    The page holds everything and works offline.

    Example: nasgoat report runs/first runs/second -o report.html
    """
    with friendly(debug=debug):
        from nasgoat.cli.records import write_report  # noqa: PLC0415

        write_report(runs, out, title, data, json=json)


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a run.")],
    optuna: Annotated[
        str, typer.Option(help="Storage of Optuna that the study goes to, e.g. sqlite:///runs.db.")
    ],
    name: Annotated[
        str, typer.Option(help="Of the study there; default: that of the directory.")
    ] = "",
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Copy a run into a storage of Optuna, for optuna-dashboard.

    Example: nasgoat export runs/first --optuna sqlite:///runs.db
    """
    with friendly(debug=debug):
        from nasgoat.cli.records import export_run  # noqa: PLC0415

        export_run(run, optuna, name, json=json)


def register(app: typer.Typer) -> None:
    """Add all of them to the application."""
    for command in (report, export):
        app.command()(command)
