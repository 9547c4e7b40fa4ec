"""Commands that other packages bring: entry points of the group ``nasgoat.commands``.

An entry point is named after its command and refers to a function with typer's annotations. It is
loaded when its command or the help is asked for, and cannot take the name of one of nasgoat's own.
"""

from __future__ import annotations

import warnings
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup

GROUP = "nasgoat.commands"


class PluginGroup(TyperGroup):
    """nasgoat's own commands, then those of entry points in the order of their names.

    Contexts and commands are click's, whose classes typer brings itself from some version on.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *sorted(_points().keys() - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        point = _points().get(cmd_name)
        return own if own is not None or point is None else _loaded(point)


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(point: EntryPoint) -> Any:
    """The command, or None with a warning where it cannot be loaded."""
    try:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(point.name)(point.load())
        return typer.main.get_command(alone)
    except Exception as error:
        msg = (
            f"the command {point.name!r} of {point.value} cannot be loaded: {error!r}; repair or "
            "uninstall the package that brings it"
        )
        warnings.warn(msg, stacklevel=2)
        return None
