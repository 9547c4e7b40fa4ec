"""Whether the files of a set are what they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nasgoat.errors import MissingDataError, NasgoatError
from nasgoat.tabular.base import Family
from nasgoat.tabular.catalogue import Entry
from nasgoat.tabular.files import package_installed
from nasgoat.tabular.format import read_header, read_table
from nasgoat.tabular.registry import FAMILIES


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of a file came to."""

    file: str
    right: bool
    text: str


def verify(entry: Entry, folder: Path) -> Iterator[Finding]:
    """Check the files of a set that a folder holds: checksums of official ones, rows of tables."""
    for file in entry.files:
        path = folder / file.name
        if not path.is_file():
            continue
        with path.open("rb") as stream:
            measured = hashlib.file_digest(stream, "sha256").hexdigest()
        if file.sha256 is None:
            yield Finding(file.name, True, f"no checksum is published; measured {measured}")
        elif measured == file.sha256:
            yield Finding(file.name, True, f"sha256 as published, {measured}")
        else:
            text = f"sha256 {measured}, published is {file.sha256}; delete it and fetch again"
            yield Finding(file.name, False, text)
    official = {file.name for file in entry.files}
    present = [path for path in entry.present(folder) if path.name not in official]
    if present or (entry.package is not None and package_installed(entry.package[1])):
        yield _served(entry, folder, present)


def _served(entry: Entry, folder: Path, present: list[Path]) -> Finding:
    """Read the table of a set; of one in the table format every row is in its space."""
    what = present[0].name if present else f"package {(entry.package or ('', ''))[1]}"
    try:
        family = FAMILIES[entry.benchmarks]
        header = read_header(present[0]) if what.endswith(".parquet") else None
        if header is not None:
            table = read_table(present[0])
            graphs = table.graphs()
            outside = len(graphs) - len(table.space().members(graphs))
            if outside:
                return Finding(what, False, f"{outside} rows are outside the space")
            return Finding(what, True, f"{header.rows:,} rows, format {header.format_version}")
        read = [name for name in family.names() if _is_held(family, name, folder)]
    except (NasgoatError, OSError) as error:
        return Finding(what, False, str(error))
    if not read:
        return Finding(what, False, f"holds none of {', '.join(family.names())}")
    return Finding(what, True, f"{', '.join(read)} can be read")


def _is_held(family: Family, name: str, folder: Path) -> bool:
    """Whether a benchmark's data are here; of those that are not, nothing is wrong."""
    try:
        family.load(name, folder)
    except MissingDataError:
        return False
    return True
