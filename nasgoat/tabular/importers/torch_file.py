"""Files of ``torch.save``, read without torch: where the pickle is, and what tensors it asks for.

Either a zip with the pickle as ``data.pkl`` and the tensors' numbers as ``data/KEY`` (torch 1.6 and
later), or pickles in a row: a magic number, a protocol number, facts about the machine, the object,
the keys of the tensors' numbers, after which those follow (before, and still on request).
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nasgoat.errors import BadDataError
from nasgoat.tabular.importers.pickle_stream import load_stream
from nasgoat.tabular.importers.window import Window
from nasgoat.tabular.unpickle import PLAIN_DATA, StandIns

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
ZIP_START = b"PK\x03\x04"
STORAGES = ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")


@dataclass(frozen=True, slots=True)
class Weights:
    """Stands in for a tensor and its storage, whose numbers are not read."""

    kind: str


def _weights(*_: object, **__: object) -> Weights:
    return Weights("tensor")


TORCH_DATA: StandIns = {
    **PLAIN_DATA,
    ("torch._utils", "_rebuild_tensor"): _weights,
    ("torch._utils", "_rebuild_tensor_v2"): _weights,
    ("torch._utils", "_rebuild_parameter"): _weights,
    **{("torch", f"{kind}Storage"): _weights for kind in STORAGES},
    **{("torch.storage", name): _weights for name in ("TypedStorage", "UntypedStorage")},
}


@contextmanager
def torch_pickle(path: Path) -> Iterator[tuple[Window, int]]:
    """The pickle of a file's object, and how many bytes it may have.

    Raises:
        BadDataError: the file is none of ``torch.save``, or a damaged zip.
    """
    with path.open("rb") as file:
        zipped = file.read(len(ZIP_START)) == ZIP_START
        file.seek(0)
        if not zipped:
            window = Window(file)
            _skip_preamble(window, path)
            yield window, path.stat().st_size
            load_stream(window, PLAIN_DATA)  # the keys: what comes after the object is there
            return
        try:
            with zipfile.ZipFile(file) as archive:
                entry = _entry(archive, path)
                with archive.open(entry) as pickled:
                    window = Window(pickled)  # type: ignore[arg-type]
                    yield window, entry.file_size
                    window.ahead(1)  # to the end, where the checksum of the entry is verified
        except zipfile.BadZipFile as error:
            msg = f"{path} is a damaged zip file: {error}; download it again"
            raise BadDataError(msg) from error


def _entry(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    found = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
    if len(found) != 1:
        msg = f"{path} is a zip file, but not one of torch.save: {len(found)} entries data.pkl"
        raise BadDataError(msg)
    return found[0]


def _skip_preamble(window: Window, path: Path) -> None:
    try:
        if load_stream(window, {}) == MAGIC and load_stream(window, {}) == PROTOCOL:
            load_stream(window, {})
            return
    except (pickle.UnpicklingError, EOFError, IndexError, ValueError):
        pass
    msg = f"{path} is not a file of torch.save"
    raise BadDataError(msg)


def weights_of(_: Any) -> Weights:
    """What a persistent id in such a pickle stands for."""
    return Weights("storage")
