"""Commands that other packages bring: entry points of the group ``nasgoat.commands``.

An entry point is named after its command and refers to a function with typer's annotations.
"""

from __future__ import annotations

import warnings
from importlib.metadata import entry_points

import typer

GROUP = "nasgoat.commands"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of entry points; one that cannot be loaded is left out with a warning.

    None can take the name of a command that the application has already.
    """
    own = {one.name or _typed(one.callback) for one in app.registered_commands}
    own |= {str(one.name) for one in app.registered_groups}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name in own:
            continue
        try:
            app.command(point.name)(point.load())
        except Exception as error:
            msg = (
                f"the command {point.name!r} of {point.value} cannot be loaded: {error!r}; repair "
                "or uninstall the package that brings it"
            )
            warnings.warn(msg, stacklevel=2)


def _typed(callback: object) -> str:
    """The name that a command has by its function."""
    return str(getattr(callback, "__name__", "")).replace("_", "-")
