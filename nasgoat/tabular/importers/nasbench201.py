"""NAS-Bench-201 from its official files.

They hold the same trainings in different wrappings: ``NAS-Bench-201-v1_1-096897.pth`` (and v1_0) is
one large pickle by ``torch.save``; NATS-Bench's ``NATS-tss-v1_0-3ffb9-simple.tar`` has one
compressed pickle per architecture and ``NATS-tss-v1_0-3ffb9.pickle.pbz2`` all of them in one.
"""

from __future__ import annotations

import bz2
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from nasgoat.errors import BadDataError
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers.base import ImportProgress
from nasgoat.tabular.importers.pickle_stream import load_stream
from nasgoat.tabular.importers.table201 import Cells
from nasgoat.tabular.importers.torch_file import TORCH_DATA, torch_pickle, weights_of
from nasgoat.tabular.importers.trials201 import ARCHITECTURE, Architecture, fold
from nasgoat.tabular.importers.window import Window
from nasgoat.tabular.unpickle import PLAIN_DATA, load_plain_from

RECIPES = {"less": 12, "12": 12, "full": 200, "200": 200}  # key in a file: epochs
META = "meta"  # the member with the list of architectures
MEMBER = re.compile(rf"(\d{{6}}|{META})\.pickle\.pbz2")
LARGEST = 1 << 28  # bytes of a member once decompressed; real ones have about a million
BZIP2 = b"BZh"


@dataclass(frozen=True, slots=True)
class NasBench201Importer:
    """See the module."""

    name: str = "nasbench201"
    accepts: tuple[str, ...] = (
        "NAS-Bench-201-v1_1-096897.pth",
        "NAS-Bench-201-v1_0-e61699.pth",
        "NATS-tss-v1_0-3ffb9-simple.tar",
        "NATS-tss-v1_0-3ffb9.pickle.pbz2",
    )

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        """Read the file (see ``Importer``), or the folder that the tar file unpacks to.

        The large pickles take about 60 KB of memory per architecture, a tar file far less.
        """
        with _errors(path):
            if path.is_dir():
                cells = _members(_in_folder(path), progress)
            elif tarfile.is_tarfile(path):
                cells = _members(_in_tar(path), progress)
            else:
                cells = _one_pickle(path, progress)
            return cells.table(path.name)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except BadDataError as error:
        msg = str(error)
        raise BadDataError(msg if str(path) in msg else f"{path}: {msg}") from error
    except EOFError as error:
        msg = f"{path} is cut short; download it again"
        raise BadDataError(msg) from error
    except Exception as error:  # a damaged file can fail in any way
        msg = f"{path} is not a file of NAS-Bench-201, or damaged: {error}"
        raise BadDataError(msg) from error


def _one_pickle(path: Path, progress: ImportProgress) -> Cells:
    """All architectures in one pickle, by torch.save or compressed by bzip2."""
    with path.open("rb") as file:
        compressed = file.read(len(BZIP2)) == BZIP2
    if compressed:
        size = path.stat().st_size
        with path.open("rb") as file, bz2.open(file) as plain:
            window = Window(plain)  # type: ignore[arg-type]
            whole = _load(window, lambda _: progress(file.tell(), size))
    else:
        with torch_pickle(path) as (window, size):
            whole = _load(window, lambda position: progress(position, size))
    return _cells(whole)


def _load(window: Window, progress: Callable[[int], None]) -> Any:
    return load_stream(window, TORCH_DATA, fold=fold, persistent=weights_of, progress=progress)


def _cells(whole: Any) -> Cells:
    """Take apart the dict of a whole benchmark."""
    lacking = {"meta_archs", "arch2infos", "evaluated_indexes"} - set(whole)
    if lacking:
        msg = f"it lacks {sorted(lacking)}"
        raise BadDataError(msg)
    cells = Cells(list(whole["meta_archs"]))
    missing = set(whole["evaluated_indexes"]) - set(whole["arch2infos"])
    if missing:
        msg = f"it lacks {len(missing)} of the architectures that it says to hold"
        raise BadDataError(msg)
    for index, recipes in whole["arch2infos"].items():
        _add(cells, index, recipes)
    return cells


class _Member(NamedTuple):
    """A compressed pickle of an archive."""

    name: str
    content: bytes
    position: int  # in the archive, of ``total``
    total: int


def _in_tar(path: Path) -> Iterator[_Member]:
    size = path.stat().st_size
    with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as archive:
        for member in archive:
            if not (member.isfile() and MEMBER.fullmatch(Path(member.name).name)):
                continue
            data = archive.extractfile(member) if member.size <= LARGEST else None
            if data is None:
                msg = f"{member.name} has {member.size:,} bytes, more than {LARGEST:,}"
                raise BadDataError(msg)
            yield _Member(member.name, data.read(), file.tell(), size)


def _in_folder(path: Path) -> Iterator[_Member]:
    files = sorted(file for file in path.iterdir() if MEMBER.fullmatch(file.name))
    total, position = sum(file.stat().st_size for file in files), 0
    for file in files:
        position += file.stat().st_size
        yield _Member(file.name, file.read_bytes(), position, total)


def _members(members: Iterable[_Member], progress: ImportProgress) -> Cells:
    """One pickle per architecture, and one with the list of all."""
    cells: Cells | None = None
    waiting: list[tuple[int, Any]] = []  # until the list is there
    for member in members:
        value = _load_member(member)
        stem = Path(member.name).name.partition(".")[0]
        if stem == META:
            cells = Cells(list(value["meta_archs"]))
        else:
            recipes = {key: {ARCHITECTURE: Architecture.of(state)} for key, state in value.items()}
            waiting.append((int(stem), recipes))
        progress(member.position, member.total)
    if cells is None:
        msg = f"it has no member {META}.pickle.pbz2; it is cut short, or not of NATS-Bench"
        raise BadDataError(msg)
    for index, recipes in waiting:
        _add(cells, index, recipes)
    return cells


def _load_member(member: _Member) -> Any:
    decompressor = bz2.BZ2Decompressor()
    data = decompressor.decompress(member.content, LARGEST)
    if not decompressor.eof:
        msg = f"{member.name} is cut short, or longer than {LARGEST:,} bytes"
        raise BadDataError(msg)
    return load_plain_from(BytesIO(data), member.name, PLAIN_DATA)


def _add(cells: Cells, index: int, recipes: Any) -> None:
    for key, state in recipes.items():
        if key not in RECIPES:
            msg = f"a training recipe {key!r}; known are {sorted(RECIPES)}"
            raise BadDataError(msg)
        cells.add(index, RECIPES[key], state[ARCHITECTURE])
