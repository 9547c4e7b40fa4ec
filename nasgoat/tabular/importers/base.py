"""The protocol of importers: from the official file of a set to a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from nasgoat.tabular.format import TableData

ImportProgress = Callable[[int, int | None], None]
"""Called with what is done and what there is in all (None: not known), in bytes or records."""


class Importer(Protocol):
    """Reads the files of one set."""

    @property
    def name(self) -> str:
        """Of the set, as in ``nasgoat data import NAME``, e.g. ``"nasbench101"``."""

    @property
    def accepts(self) -> tuple[str, ...]:
        """Names or patterns of the files it knows, e.g. ``("nasbench_*.tfrecord",)``, for help."""

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read a file, in bounded memory and without running anything that it may ask for.

        Raises:
            BadDataError: it is not such a file, or is damaged; says where.
            OSError: it cannot be read.
        """
