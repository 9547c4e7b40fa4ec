"""Pieces of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from nasgoat.report.plots import Picture

# Nothing is fetched from anywhere, whatever the names in a journal say.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def _text(text: str) -> str:
    """Escaped, with per cent signs that stay with their numbers."""
    return escape(text).replace(" %", "&nbsp;%")


def document(title: str, body: str) -> str:
    """A whole page that needs no other file."""
    style = files("nasgoat.report").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def heading(text: str, anchor: str, level: int = 2) -> str:
    """A heading that can be linked to."""
    return f'<h{level} id="{anchor}">{escape(text)}</h{level}>\n'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph."""
    kind = f' class="{kind}"' if kind else ""
    return f"<p{kind}>{_text(text)}</p>\n"


def figures(pictures: Iterable[Picture | None], kind: str = "") -> str:
    """Pictures side by side where there is room."""
    shown = [one for one in pictures if one is not None]
    items = "".join(
        f"<figure>{one.svg}<figcaption>{_text(one.caption)}</figcaption></figure>\n"
        for one in shown
    )
    return f'<div class="grid {kind}">\n{items}</div>\n' if shown else ""


def facts(values: Mapping[str, str]) -> str:
    """Short facts as tiles."""
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="facts">{tiles}</dl>\n'


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, best: int | None = None
) -> str:
    """A table; ``best`` is the number of a row in bold."""
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = [
        ('<tr class="best">' if number == best else "<tr>")
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for number, row in enumerate(rows)
    ]
    return (
        f'<div class="scroll" tabindex="0"><table><caption><span>{escape(caption)}</span></caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>\n"
    )


def folded(summary: str, content: str) -> str:
    """Content that opens on demand."""
    return f"<details><summary>{escape(summary)}</summary>\n{content}</details>\n"


def settings(value: Any) -> str:
    """Settings as indented JSON."""
    return f'<pre tabindex="0">{escape(json.dumps(value, indent=1, ensure_ascii=False))}</pre>\n'
