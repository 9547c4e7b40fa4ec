"""``nasgoat data``: what can be typed about benchmark tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from nasgoat.cli import options
from nasgoat.cli.errors import friendly

data_app = typer.Typer(
    no_args_is_help=True,
    help="Benchmark tables: which there are, what they hold, how to get them.",
)

Name = Annotated[str, typer.Argument(help="A set, as `nasgoat data list` calls it.")]


@data_app.command("list")
def list_(
    data: options.Data = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """All sets, and which of them are on this machine.

    Example: nasgoat data list --data tables
    """
    with friendly(debug=debug):
        from nasgoat.cli.data_commands import show_list  # noqa: PLC0415

        show_list(data, json=json)


@data_app.command()
def info(
    name: Name,
    data: options.Data = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Sources, licence and citation of a set; columns, units and optima of its table.

    Example: nasgoat data info nasbench201
    """
    with friendly(debug=debug):
        from nasgoat.cli.data_commands import show_info  # noqa: PLC0415

        show_info(name, data, json=json)


@data_app.command()
def fetch(
    name: Name,
    file: Annotated[
        Optional[str],  # noqa: UP045  (typer reads it at run time)
        typer.Option(help="Which of its files; default: the first that has an address."),
    ] = None,
    data: options.Data = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Download an official file into the data directory and check it; continues what broke off.

    Example: nasgoat data fetch nasbench101
    """
    with friendly(debug=debug):
        from nasgoat.cli.data_commands import fetch_file  # noqa: PLC0415

        fetch_file(name, file, data, json=json)


@data_app.command("import")
def import_(
    name: Annotated[str, typer.Argument(help="An importer; a wrong name lists all of them.")],
    file: Annotated[Path, typer.Argument(help="The official file, or the folder it unpacks to.")],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", "-o", help="The table; default: NAME.parquet in the data directory."),
    ] = None,
    data: options.Data = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make a compact table of an official file.

    Example: nasgoat data import nasbench101 nasbench_only108.tfrecord
    """
    with friendly(debug=debug):
        from nasgoat.cli.data_commands import import_file  # noqa: PLC0415

        import_file(name, file, out, data, json=json)


@data_app.command()
def verify(
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A set; default: all that are on this machine."),
    ] = None,
    data: options.Data = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Check the checksums of official files, and that every table can be read.

    Example: nasgoat data verify nasbench201
    """
    with friendly(debug=debug):
        from nasgoat.cli.data_commands import verify_files  # noqa: PLC0415

        verify_files(name, data, json=json)
