"""Reading plain data from pickle files without running anything that a pickle may ask for."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from nasgoat.errors import BadDataError

StandIns = Mapping[tuple[str, str], Callable[..., Any]]


class Record:
    """Stands in for a class whose instances are nothing but attributes; they go to ``__dict__``."""


class NumberType:
    """Stands in for ``numpy.dtype``: booleans, integers and floats of fixed size, nothing else."""

    formats: Mapping[str, str] = {  # numpy's code: the one of the struct module
        "f8": "d",
        "f4": "f",
        "i8": "q",
        "i4": "i",
        "u8": "Q",
        "u4": "I",
        "b1": "?",
    }

    def __init__(self, code: object, *_flags: object) -> None:
        if code not in self.formats:
            msg = f"a numpy type {code!r} where only {', '.join(self.formats)} are expected"
            raise pickle.UnpicklingError(msg)
        self.format = self.formats[str(code)]
        self.byte_order = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|"):
            msg = f"a numpy byte order {state[1]!r}"
            raise pickle.UnpicklingError(msg)
        self.byte_order = "<" if state[1] == "|" else state[1]


class FloatType(NumberType):
    """Stands in for ``numpy.dtype``: the 8-byte float and nothing else."""

    formats: Mapping[str, str] = {"f8": "d"}


def _scalar(kind: object, data: object) -> Any:
    """Stands in for ``numpy.core.multiarray.scalar``; a Python number."""
    if not (isinstance(kind, NumberType) and isinstance(data, bytes)):
        msg = "a numpy scalar that is not a number"
        raise pickle.UnpicklingError(msg)
    try:
        return struct.unpack(f"{kind.byte_order}{kind.format}", data)[0]
    except struct.error as error:
        msg = f"a numpy scalar of {len(data)} bytes"
        raise pickle.UnpicklingError(msg) from error


def _encode(text: object, encoding: object) -> bytes:
    """Stands in for ``_codecs.encode``, by which protocol 2 writes bytes: Latin-1 only."""
    if not isinstance(text, str) or encoding != "latin1":
        msg = f"an encoding {encoding!r}"
        raise pickle.UnpicklingError(msg)
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """Stands in for ``bytes``, which protocol 2 calls to write none."""
    return b""


def _scalars(kind: type[NumberType]) -> StandIns:
    return {
        ("numpy", "dtype"): kind,
        ("numpy.core.multiarray", "scalar"): _scalar,
        ("numpy._core.multiarray", "scalar"): _scalar,
    }


NUMPY_FLOATS: StandIns = _scalars(FloatType)
# What picklers write for numbers, bytes, ordered dicts and sets; these two as plain ones.
PLAIN_DATA: StandIns = {
    **_scalars(NumberType),
    ("collections", "OrderedDict"): dict,
    ("__builtin__", "set"): set,
    ("builtins", "set"): set,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
}


def stand_in(stand_ins: StandIns, module: object, name: object) -> Callable[..., Any]:
    """What stands for a global name.

    Raises:
        UnpicklingError: nothing does.
    """
    if isinstance(module, str) and isinstance(name, str) and (module, name) in stand_ins:
        return stand_ins[module, name]
    msg = f"it asks for {module}.{name}; refused, for that could run any program"
    raise pickle.UnpicklingError(msg)


class _PlainUnpickler(pickle.Unpickler):
    """Resolves no global name but those that it was given a stand-in for."""

    def __init__(self, file: IO[bytes], stand_ins: StandIns) -> None:
        super().__init__(file)
        self._stand_ins = stand_ins

    def find_class(self, module: str, name: str) -> Any:
        """A stand-in of this file's own: a pickle may set attributes of whatever it can name."""
        found = stand_in(self._stand_ins, module, name)
        if isinstance(found, type):
            return type(found.__name__, (found,), {})
        return partial(found)


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
        return load_plain_from(file, str(path), stand_ins)


def load_plain_from(file: IO[bytes], name: str, stand_ins: StandIns | None = None) -> Any:
    """Read a pickle from an open file, which error messages call ``name`` (see ``load_plain``)."""
    try:
        return _PlainUnpickler(file, stand_ins or {}).load()
    except Exception as error:  # a damaged pickle can fail in any way
        msg = f"{name} is not a pickle of plain data: {error}"
        raise BadDataError(msg) from error
