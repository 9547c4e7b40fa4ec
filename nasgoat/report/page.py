"""A report of runs and comparisons: one page that works offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from nasgoat import __version__
from nasgoat.errors import JournalError
from nasgoat.report import html
from nasgoat.report.comparison_section import RESULTS, Comparison, comparison_section
from nasgoat.report.plots import regret_picture
from nasgoat.report.run_section import run_section
from nasgoat.report.runs import Run

Source = Run | Comparison


def read(paths: Sequence[Path], data: Path | None = None) -> list[Source]:
    """Runs and comparisons by their directories.

    Args:
        paths: of runs (or their journals) and of comparisons.
        data: directory with tables, for the optima of runs that were killed.

    Raises:
        JournalError: a path is neither, or cannot be read.
    """
    return [_read(path, name, data) for path, name in zip(paths, _names(paths), strict=True)]


def report(sources: Iterable[Source], title: str = "nasgoat report") -> str:
    """The page.

    Raises:
        ValueError: there is nothing to report on.
    """
    sources = list(sources)
    if not sources:
        msg = "a report is about at least one run"
        raise ValueError(msg)
    anchors = {f"s{number}": source for number, source in enumerate(sources, start=1)}
    runs = [one for one in sources if isinstance(one, Run)]
    return html.document(
        title, "".join([_head(title, anchors), _curves(runs), *_sections(anchors)])
    )


def _head(title: str, anchors: dict[str, Source]) -> str:
    links = "".join(
        f'<li><a href="#{anchor}">{escape(source.name)}</a></li>'
        for anchor, source in anchors.items()
    )
    moment = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    lead = html.paragraph(f"Made by nasgoat {__version__} on {moment}.", "lead")
    return f'<h1>{escape(title)}</h1>\n{lead}<nav aria-label="Contents"><ul>{links}</ul></nav>\n'


def _curves(runs: Sequence[Run]) -> str:
    """Regret curves, a picture per benchmark."""
    names = dict.fromkeys(run.benchmark for run in runs)
    pictures = [
        regret_picture([run for run in runs if run.benchmark == name], f"regret-{number}")
        for number, name in enumerate(names)
    ]
    shown = html.figures(pictures)
    return html.heading("Regret", "regret") + shown if shown else ""


def _sections(anchors: dict[str, Source]) -> Iterable[str]:
    for anchor, source in anchors.items():
        if isinstance(source, Run):
            yield run_section(source, anchor)
        else:
            yield comparison_section(source, anchor)


def _read(path: Path, name: str, data: Path | None) -> Source:
    if not path.exists():
        msg = f"there is no {path}; give the directory of a run or of a comparison"
        raise JournalError(msg)
    if (path / RESULTS).is_file():
        return Comparison.read(path, name)
    return Run.read(path, name, data)


def _names(paths: Sequence[Path]) -> list[str]:
    """The last part of every path, more of it where that is not enough."""
    resolved = [path.resolve() for path in paths]
    last = [path.name if path.suffix != ".jsonl" else path.parent.name for path in resolved]
    if len(set(last)) == len(last):
        return last
    return [f"{number}. {name}" for number, name in enumerate(last, start=1)]
