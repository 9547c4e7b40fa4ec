"""The bodies of the commands ``nasgoat data ...``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid

from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.errors import FAILED
from nasgoat.errors import BadDataError, MissingDataError, NasgoatError, UnknownNameError
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat.tabular.catalogue import CATALOGUE, Entry, RemoteFile, entry
from nasgoat.tabular.fetch import Progress as OnProgress
from nasgoat.tabular.fetch import fetch
from nasgoat.tabular.files import data_directory, package_installed
from nasgoat.tabular.format import write_table
from nasgoat.tabular.importers import IMPORTERS
from nasgoat.tabular.importing import import_table
from nasgoat.tabular.registry import FAMILIES
from nasgoat.tabular.verify import Finding, verify


def show_list(data: Path | None, *, json: bool) -> None:
    """Print every set."""
    folder = data_directory(data)
    sets = [_state(one, folder) for one in CATALOGUE.values()]
    if json:
        print_json({"directory": str(folder), "sets": sets})
        return
    grid = Grid(box=None, pad_edge=False)
    for head in ("set", "here", "as, or how to get it", "licence"):
        grid.add_column(head, overflow="fold")
    for one in sets:
        held = ", ".join(Path(path).name for path in one["present"])
        grid.add_row(
            one["name"], "yes" if held else "no", escape(held or one["get"]), one["licence"]
        )
    stdout().print(grid)
    stdout().print(f"\ndata directory: {escape(str(folder))}", soft_wrap=True)


def show_info(name: str, data: Path | None, *, json: bool) -> None:
    """Print what is known of a set, and of its table if it is here."""
    one, folder = entry(name), data_directory(data)
    value = _state(one, folder) | {"citation": one.citation, "note": one.note}
    value["files"] = [_file(file, folder) for file in one.files]
    value["tables"] = [_benchmark(found, data) for found in FAMILIES[one.benchmarks].names()]
    if json:
        print_json(value)
        return
    _print_info(one, value)


def fetch_file(name: str, filename: str | None, data: Path | None, *, json: bool) -> None:
    """Download a file of a set."""
    one, folder = entry(name), data_directory(data)
    file = _chosen(one, filename)
    with _bar(f"fetching {file.name}") as progress:
        found = fetch(file, folder, progress)
    if json:
        print_json(
            {
                "path": str(found.path),
                "sha256": found.sha256,
                "checked": found.checked,
                "downloaded": found.downloaded,
            }
        )
        return
    state = "the published checksum" if found.checked else "no checksum is published; measured"
    had = "" if found.downloaded else "was there already; "
    stdout().print(f"{escape(str(found.path))}: {had}{state} {found.sha256}", soft_wrap=True)


def import_file(name: str, file: Path, out: Path | None, data: Path | None, *, json: bool) -> None:
    """Make a table of an official file."""
    importer = IMPORTERS[UnknownNameError.unless_among("importer", name, IMPORTERS)]
    if not file.exists():
        msg = f"there is no {file}; {name} reads {' or '.join(importer.accepts)}"
        raise MissingDataError(msg)
    try:
        with _bar(f"reading {file.name}") as progress:
            table = import_table(importer, file, progress)
    except BadDataError as error:
        msg = f"{error} ({name} reads {' or '.join(importer.accepts)})"
        raise BadDataError(msg) from error
    path = out or data_directory(data) / f"{table.header.name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, table)
    value = {"path": str(path), "rows": table.header.rows, "complete": table.header.complete}
    value["datasets"] = sorted(table.header.datasets)
    if json:
        print_json(value)
        return
    extent = "complete" if table.header.complete else "a part of the space"
    stdout().print(
        f"{escape(str(path))}: {table.header.rows:,} architectures, {extent}; "
        f"datasets {', '.join(table.header.datasets)}",
        soft_wrap=True,
    )


def verify_files(name: str | None, data: Path | None, *, json: bool) -> None:
    """Check files; exit with an error where one is not what it should be."""
    folder = data_directory(data)
    chosen = [entry(name)] if name is not None else list(CATALOGUE.values())
    findings: list[Finding] = []
    for one in chosen:
        for finding in verify(one, folder):
            findings.append(finding)
            if not json:
                colour = "green" if finding.right else "red"
                word = "right" if finding.right else "wrong"
                line = f"[{colour}]{word}[/] {finding.file}: {escape(finding.text)}"
                stdout().print(line, soft_wrap=True)
    if json:
        print_json(
            {
                "directory": str(folder),
                "files": [{"file": f.file, "right": f.right, "text": f.text} for f in findings],
            }
        )
    elif not findings:
        stdout().print(f"nothing to check in {escape(str(folder))}", soft_wrap=True)
    if not all(finding.right for finding in findings):
        raise typer.Exit(FAILED)


def _state(one: Entry, folder: Path) -> dict[str, Any]:
    """Name, licence, and what is on this machine."""
    present = [str(path) for path in one.present(folder)]
    if one.package is not None:
        package = one.package[1]
        present = [f"package {package}"] if package_installed(package) else []
    return {
        "name": one.name,
        "title": one.title,
        "benchmarks": one.benchmarks,
        "present": present,
        "get": _way(one),
        "licence": one.licence,
    }


def _way(one: Entry) -> str:
    """How to get a set."""
    if one.package is not None:
        return f"pip install {one.package[0]}"
    if not one.files:
        return "not published as a file"
    if all(file.url is None for file in one.files):
        return f"{one.files[0].how}, then import"
    then = "import" if one.name in IMPORTERS else "convert the models (docs/tables.md)"
    return f"nasgoat data fetch {one.name}, then {then}"


def _file(file: RemoteFile, folder: Path) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": file.url,
        "size": file.size,
        "sha256": file.sha256,
        "remark": file.how,
        "present": (folder / file.name).is_file(),
    }


def _benchmark(name: str, data: Path | None) -> dict[str, Any]:
    """Rows, optimum and columns of a benchmark, or why it cannot be had."""
    try:
        evaluator = benchmark(name, data)
    except NasgoatError as error:
        return {"benchmark": name, "missing": str(error)}
    value: dict[str, Any] = {
        "benchmark": name,
        "objective": evaluator.objective,
        "optimum": evaluator.optimum,
    }
    if isinstance(evaluator, TableEvaluator):
        table = evaluator.table
        best = evaluator.best()
        value |= {
            "rows": len(table),
            "complete": table.complete,
            "repeats": table.value.repeats,
            "best": best.value,
            "test_of_best": best.test_value,
            "seconds": table.seconds is not None,
            "metrics": {name: table.units.get(name) for name in table.metrics},
        }
    return value


def _print_info(one: Entry, value: dict[str, Any]) -> None:
    print_ = stdout().print
    print_(f"{one.title} ({one.name})", style="bold")
    lines = {
        "licence": one.licence,
        "cite": one.citation,
        "note": one.note,
        "here": ", ".join(value["present"]) or f"no; {value['get']}",
    }
    for label, text in lines.items():
        if text:
            print_(f"  {label:<8} {escape(text)}", soft_wrap=True)
    for file in value["files"]:
        size = f", {file['size']:,} bytes" if file["size"] else ""
        remark = f" ({file['remark']})" if file["remark"] else ""
        print_(f"  file     {file['name']}{size}{remark}", soft_wrap=True)
        print_(f"           {escape(file['url'] or 'no address')}", soft_wrap=True)
        print_(f"           sha256 {file['sha256'] or 'unknown'}", soft_wrap=True)
    _print_tables(value["tables"])


def _print_tables(tables: Sequence[dict[str, Any]]) -> None:
    """What is in the tables that are here, and the names of those that are not."""
    print_ = stdout().print
    for table in tables:
        if "missing" in table:
            continue
        print_(f"\n{table['benchmark']}", style="bold")
        print_(f"  {escape(table['objective'])}", soft_wrap=True)
        if "rows" in table:
            for line in _table_lines(table):
                print_(f"  {line}", soft_wrap=True)
    missing = [table for table in tables if "missing" in table]
    if missing:
        names = ", ".join(table["benchmark"] for table in missing)
        print_(f"\nnot here: {names}", soft_wrap=True)
        print_(f"  {escape(missing[0]['missing'])}", soft_wrap=True)


def _table_lines(table: dict[str, Any]) -> Iterator[str]:
    extent = "complete" if table["complete"] else "partial: searched as a list of its rows"
    noise = "no repeats: deterministic only"
    if table["repeats"] > 1:
        noise = f"up to {table['repeats']} trainings per row: mean, or one drawn with --noisy"
    yield f"{table['rows']:,} rows, {extent}; {noise}"
    tested = "" if table["test_of_best"] is None else f", {table['test_of_best']:.4f} on test data"
    yield f"best value {table['best']:.4f}{tested}"
    units = [f"{name} ({unit})" if unit else name for name, unit in table["metrics"].items()]
    units += ["seconds"] if table["seconds"] else []
    if units:
        yield f"further: {', '.join(units)}"


def _chosen(one: Entry, filename: str | None) -> RemoteFile:
    if filename is not None:
        names = [file.name for file in one.files]
        UnknownNameError.unless_among(f"file of {one.name}", filename, names)
        return one.files[names.index(filename)]
    if not one.files:
        how = f": pip install {one.package[0]}" if one.package else ""
        msg = f"{one.name} has no file to download{how} (see `nasgoat data info {one.name}`)"
        raise MissingDataError(msg)
    return next((file for file in one.files if file.url is not None), one.files[0])


@contextmanager
def _bar(title: str) -> Iterator[OnProgress]:
    """A progress bar on stderr."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    console = stderr()
    silent = not console.is_terminal  # else an empty line is left in files and pipes
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
