"""The typer application."""

from __future__ import annotations

from typing import Annotated

import typer

from nasgoat import __version__
from nasgoat.cli.run import run
from nasgoat.cli.solve import solve

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find the neural architecture that a graph Gaussian process believes in most, "
    "and prove that no better one exists.",
)
app.command()(run)
app.command()(solve)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nasgoat {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that come before the command."""
