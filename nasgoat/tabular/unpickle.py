"""Reading plain data from pickle files without running anything that a pickle may ask for."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nasgoat.errors import BadDataError

StandIns = Mapping[tuple[str, str], Callable[..., Any]]


class Record:
    """Stands in for a class whose instances are nothing but attributes; they go to ``__dict__``."""


class FloatType:
    """Stands in for ``numpy.dtype``: the 8-byte float and nothing else."""

    def __init__(self, code: object, *_flags: object) -> None:
        if code != "f8":
            msg = f"a numpy type {code!r} where only the 8-byte float is expected"
            raise pickle.UnpicklingError(msg)
        self.byte_order = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">"):
            msg = f"a numpy byte order {state[1]!r}"
            raise pickle.UnpicklingError(msg)
        self.byte_order = state[1]


def _scalar(kind: object, data: object) -> float:
    """Stands in for ``numpy.core.multiarray.scalar``."""
    if not (isinstance(kind, FloatType) and isinstance(data, bytes) and len(data) == 8):
        msg = "a numpy scalar that is not an 8-byte float"
        raise pickle.UnpicklingError(msg)
    value: float = struct.unpack(f"{kind.byte_order}d", data)[0]
    return value


NUMPY_FLOATS: StandIns = {
    ("numpy", "dtype"): FloatType,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
}


class _PlainUnpickler(pickle.Unpickler):
    """Resolves no global name but those that it was given a stand-in for."""

    def __init__(self, file: Any, stand_ins: StandIns) -> None:
        super().__init__(file)
        self._stand_ins = stand_ins

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._stand_ins[module, name]
        except KeyError:
            msg = f"it asks for {module}.{name}; refused, for that could run any program"
            raise pickle.UnpicklingError(msg) from None


def load_plain(path: Path, stand_ins: StandIns | None = None) -> Any:
    """Read a pickle of dicts, lists, tuples, strings and numbers.

    Args:
        path: the file.
        stand_ins: harmless callables in place of the global names that the file may ask for;
            the real objects of these names are never touched.

    Raises:
        BadDataError: the file is no pickle, is cut short, or asks for any other global name.
    """
    with path.open("rb") as file:
        try:
            return _PlainUnpickler(file, stand_ins or {}).load()
        except Exception as error:  # a damaged pickle can fail in any way
            msg = f"{path} is not a pickle of plain data: {error}"
            raise BadDataError(msg) from error
