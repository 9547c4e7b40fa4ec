"""``nasgoat methods``: what can search, and with which options."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from nasgoat.cli.console import print_json, stdout
from nasgoat.search import MethodKind, method_kinds
from nasgoat.search.options import Option, options_of


def show_methods(*, json: bool) -> None:
    """Print all search methods."""
    kinds = method_kinds()
    if json:
        print_json({"methods": [_described(name, kind) for name, kind in kinds.items()]})
        return
    table = Table("method", "what it does", "options", show_lines=True)
    for name, kind in kinds.items():
        lines = [_line(kind, option) for option in options_of(kind.settings).values()]
        table.add_row(name, f"{kind.summary} ({kind.source})", "\n".join(lines))
    stdout().print(table)
    stdout().print("Options are given as --set key=value; those after a ! are prescribed.")


def _line(kind: MethodKind, option: Option) -> str:
    if option.name in kind.fixed:
        return f"! {option.name}={_word(kind.fixed[option.name])}"
    return f"{option.name}={_word(option.default)}"


def _word(value: object) -> str:
    return str(value).lower()


def _described(name: str, kind: MethodKind) -> dict[str, Any]:
    return {
        "name": name,
        "summary": kind.summary,
        "source": kind.source,
        "options": {
            option.name: {
                "meaning": option.meaning,
                "default": kind.fixed.get(option.name, option.default),
                "fixed": option.name in kind.fixed,
            }
            for option in options_of(kind.settings).values()
        },
        "batch": kind.batch,
        "budget": kind.budget,
    }
