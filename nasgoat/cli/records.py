"""The bodies of ``nasgoat report`` and ``nasgoat export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape

from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.report import Run, read, report
from nasgoat.search import Exported, export_trials


def write_report(
    paths: Sequence[Path], out: Path, title: str, data: Path | None, *, json: bool
) -> None:
    """Write a page."""
    with stderr().status("drawing"):
        sources = read(paths, data)
        page = report(sources, title)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(page, encoding="utf-8")
        except OSError as error:
            msg = f"cannot write {out} ({error.strerror}); choose another --out"
            raise OSError(msg) from error
    if json:
        names = [source.name for source in sources]
        print_json({"page": str(out), "about": names, "bytes": len(page.encode())})
        return
    size = f"{len(page.encode()) / 1024:.0f} KiB"
    stdout().print(f"{escape(str(out))}: {size}, open it in a browser", soft_wrap=True)


def export_run(path: Path, storage: str, name: str, *, json: bool) -> None:
    """Copy a run into a storage of Optuna."""
    run = Run.read(path, name or path.resolve().name)
    trials = [Exported(step.result, step.proposal) for step in run.steps]
    with stderr().status("exporting"):
        count = export_trials(storage, run.name, trials, run.header)
    if json:
        print_json({"storage": storage, "study": run.name, "trials": count})
        return
    text = f"{count} trials in the study {run.name!r} of {storage}"
    stdout().print(escape(text), soft_wrap=True)
