"""Errors of a command become one line on stderr and an exit status."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.markup import escape

from nasgoat.cli.console import stderr
from nasgoat.errors import NasgoatError

FAILED = 1
INTERRUPTED = 130  # what a shell reports of a process that Ctrl-C ended


@contextmanager
def friendly(*, debug: bool) -> Iterator[None]:
    """Print what went wrong instead of a traceback, unless ``debug``."""
    with warnings.catch_warnings():
        warnings.showwarning = _show  # type: ignore[assignment]
        try:
            yield
        except (NasgoatError, ValueError, OSError) as error:
            if debug:
                raise
            stderr().print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(FAILED) from error
        except typer.Exit:
            raise
        except Exception as error:
            if debug:
                raise
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            text = f"[bold red]error:[/] {escape(told)} (unexpected; --debug shows where)"
            stderr().print(text, soft_wrap=True)
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt:
            if debug:
                raise
            stderr().print("interrupted", style="yellow")
            raise typer.Exit(INTERRUPTED) from None


def _show(message: Warning | str, category: type[Warning], *_: object) -> None:
    if issubclass(category, UserWarning):  # ours; the libraries' deprecations are not the user's
        stderr().print(f"[yellow]warning:[/] {escape(str(message))}", soft_wrap=True)
