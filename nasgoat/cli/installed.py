"""What can be typed about what is installed."""

from __future__ import annotations

import typer

from nasgoat.cli import options
from nasgoat.cli.errors import friendly


def methods(json: options.Json = False, debug: options.Debug = False) -> None:
    """All search methods, their papers and their options.

    Example: nasgoat methods
    """
    with friendly(debug=debug):
        from nasgoat.cli.methods import show_methods  # noqa: PLC0415

        show_methods(json=json)


def spaces(json: options.Json = False, debug: options.Debug = False) -> None:
    """All search spaces that come with nasgoat.

    Example: nasgoat spaces --json
    """
    with friendly(debug=debug):
        from nasgoat.cli.listed import show_spaces  # noqa: PLC0415

        show_spaces(json=json)


def benchmarks(
    data: options.Data = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """All benchmarks, and which of them have their data on this machine.

    Example: nasgoat benchmarks --data tables
    """
    with friendly(debug=debug):
        from nasgoat.cli.listed import show_benchmarks  # noqa: PLC0415

        show_benchmarks(data, json=json)


def solvers(json: options.Json = False, debug: options.Debug = False) -> None:
    """All MIP solvers with their versions and licences.

    Example: nasgoat solvers
    """
    with friendly(debug=debug):
        from nasgoat.cli.listed import show_solvers  # noqa: PLC0415

        show_solvers(json=json)


def doctor(
    data: options.Data = None, json: options.Json = False, debug: options.Debug = False
) -> None:
    """Check the installation: packages, solvers, GPflow, data; say what to do.

    Every solver that is installed proves a small optimum. The exit status is 1 if something is
    broken; what is optional may be absent.

    Example: nasgoat doctor
    """
    with friendly(debug=debug):
        from nasgoat.cli.doctor import examine  # noqa: PLC0415

        examine(data, json=json)


def register(app: typer.Typer) -> None:
    """Add all of them to the application."""
    for command in (methods, spaces, benchmarks, solvers, doctor):
        app.command()(command)
