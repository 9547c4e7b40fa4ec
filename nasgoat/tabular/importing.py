"""Imports: from an official file to a table that names it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nasgoat.tabular.format import TableData
from nasgoat.tabular.header import SourceInfo
from nasgoat.tabular.importers import Importer, ImportProgress


def import_table(importer: Importer, path: Path, progress: ImportProgress) -> TableData:
    """Read an official file; the header gets its checksum.

    Raises:
        BadDataError: it is not a file of the importer.
        OSError: it cannot be read.
    """
    table = importer.read(path, progress)
    if not path.is_file():
        return table
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    urls = {source.file: source.url for source in table.header.sources}
    mine = SourceInfo(file=path.name, url=urls.get(path.name), sha256=digest)
    others = tuple(source for source in table.header.sources if source.file != path.name)
    header = table.header.model_copy(update={"sources": (mine, *others)})
    return TableData(header, table.codes, table.columns)
