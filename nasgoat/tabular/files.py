"""Where benchmark tables are found: a data directory, or an installed package's own files."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from platformdirs import user_data_path

from nasgoat.errors import MissingDataError

DATA_VARIABLE = "NASGOAT_DATA"


def data_directory(data: Path | None = None) -> Path:
    """The directory of tables: the one given, else that of ``NASGOAT_DATA``, else the user's own.

    It need not exist.
    """
    if data is not None:
        return data
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else user_data_path("nasgoat")


def data_file(filenames: str | tuple[str, ...], benchmark: str, data: Path | None) -> Path:
    """Find a file in the data directory.

    Args:
        filenames: of the file; of several the first that there is.
        benchmark: who wants it, for the error message.
        data: the directory; None for the default one (see ``data_directory``).

    Raises:
        MissingDataError: the file is not there.
    """
    folder = data_directory(data)
    names = (filenames,) if isinstance(filenames, str) else filenames
    for name in names:
        if (path := folder / name).is_file():
            return path.resolve()
    msg = (
        f"{benchmark} needs the file {' or '.join(names)}, which is not in {folder}; give its "
        f"directory as --data DIR or in the environment variable {DATA_VARIABLE}, or see "
        "`nasgoat data list` for how to get it"
    )
    raise MissingDataError(msg)


def package_installed(package: str) -> bool:
    """Whether a package can be found, by its top-level import name; nothing is executed."""
    return importlib.util.find_spec(package) is not None


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
