"""Where benchmark tables are found: a data directory, or an installed package's own files."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from nasgoat.errors import MissingDataError

DATA_VARIABLE = "NASGOAT_DATA"


def data_file(filename: str, benchmark: str, data: Path | None) -> Path:
    """Find a file in the data directory.

    Args:
        filename: of the file.
        benchmark: who wants it, for the error message.
        data: the directory; None for the one that the environment variable ``NASGOAT_DATA`` names.

    Raises:
        MissingDataError: no directory is given, or the file is not in it.
    """
    how = f"give its directory as --data DIR or in the environment variable {DATA_VARIABLE}"
    if data is None:
        named = os.environ.get(DATA_VARIABLE)
        if not named:
            msg = f"{benchmark} needs the file {filename}; {how} (see docs/tables.md)"
            raise MissingDataError(msg)
        data = Path(named)
    path = data / filename
    if not path.is_file():
        msg = (
            f"{benchmark} needs the file {filename}, which is not in {data}; {how} "
            "(see docs/tables.md)"
        )
        raise MissingDataError(msg)
    return path.resolve()


def package_file(package: str, relative: str, benchmark: str, install: str) -> Path:
    """Find a data file of an installed package, without importing the package.

    Args:
        package: top-level import name.
        relative: path inside the package.
        benchmark: who wants it, for the error message.
        install: what to give to ``pip install``.

    Raises:
        MissingDataError: the package is not installed, or lacks the file.
    """
    spec = importlib.util.find_spec(package)  # of a top-level name: nothing is executed
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    for folder in folders:
        if (path := Path(folder) / relative).is_file():
            return path
    found = f"has no file {relative}" if folders else "is not installed"
    msg = f"{benchmark} reads a file of the package {package}, which {found}: pip install {install}"
    raise MissingDataError(msg)
