"""Universal Binary JSON: the binary form in which XGBoost saves its models.

Numbers are big-endian. An array may announce the type and the number of its values, which then
stand side by side; such arrays of numbers become numpy arrays.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasgoat.errors import BadDataError

NUMBERS = {  # marker: numpy's type
    "i": ">i1",
    "U": ">u1",
    "I": ">i2",
    "l": ">i4",
    "L": ">i8",
    "d": ">f4",
    "D": ">f8",
}
PLAIN = {"Z": None, "T": True, "F": False}
MAX_DEPTH = 64  # of values within values; XGBoost's models have some ten


def parse_ubjson(data: bytes) -> Any:
    """Read one value of dicts, lists, strings, numbers, booleans and None.

    Raises:
        BadDataError: the bytes are no such value, are cut short, or go on behind it.
    """
    reader = _Reader(data)
    try:
        value = reader.value(reader.marker(), 0)
    except (IndexError, struct.error, UnicodeDecodeError, ValueError) as error:
        msg = f"not UBJSON: {error} at byte {reader.at:,} of {len(data):,}"
        raise BadDataError(msg) from error
    if reader.at != len(data):
        msg = f"not UBJSON: {len(data) - reader.at:,} bytes behind the end"
        raise BadDataError(msg)
    return value


@dataclass
class _Reader:
    """Goes through the bytes once."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            msg = f"{count:,} bytes are announced, {len(self.data) - self.at:,} are left"
            raise ValueError(msg)
        self.at += count
        return self.data[self.at - count : self.at]

    def marker(self) -> str:
        """The next byte that is not a no-op."""
        byte = self.take(1)
        while byte == b"N":
            byte = self.take(1)
        return byte.decode("ascii")

    def value(self, marker: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            msg = f"more than {MAX_DEPTH} values within each other"
            raise ValueError(msg)
        if marker in PLAIN:
            return PLAIN[marker]
        if marker in NUMBERS:
            return self.numbers(marker, 1)[0].item()
        if marker == "C":
            return self.take(1).decode("ascii")
        if marker in "SH":
            return self.text()
        if marker == "[":
            return self.array(depth + 1)
        if marker == "{":
            return self.dictionary(depth + 1)
        msg = f"unknown marker {marker!r}"
        raise ValueError(msg)

    def numbers(self, marker: str, count: int) -> Any:
        kind = np.dtype(NUMBERS[marker])
        return np.frombuffer(self.take(count * kind.itemsize), kind)

    def length(self) -> int:
        marker = self.marker()
        if marker not in "iUIlL":
            msg = f"a length is an integer, got the marker {marker!r}"
            raise ValueError(msg)
        return int(self.numbers(marker, 1)[0])

    def text(self) -> str:
        return self.take(self.length()).decode("utf-8")

    def announced(self) -> tuple[str | None, int | None, str]:
        """Type and number of values where they are announced, else the first marker."""
        marker, kind = self.marker(), None
        if marker == "$":
            kind, marker = self.marker(), self.marker()
            if marker != "#":
                msg = "a type is announced without a number of values"
                raise ValueError(msg)
        return (kind, self.length(), "") if marker == "#" else (None, None, marker)

    def array(self, depth: int) -> Any:
        kind, count, marker = self.announced()
        if count is None:
            values = []
            while marker != "]":
                values.append(self.value(marker, depth))
                marker = self.marker()
            return values
        if kind in NUMBERS:
            return self.numbers(kind, count)
        return [self.value(kind or self.marker(), depth) for _ in range(self.bounded(count))]

    def dictionary(self, depth: int) -> dict[str, Any]:
        kind, count, marker = self.announced()
        found: dict[str, Any] = {}
        if count is not None:
            for _ in range(self.bounded(count)):
                key = self.text()
                found[key] = self.value(kind or self.marker(), depth)
            return found
        while marker != "}":
            self.at -= 1  # what was read is the first byte of a length
            key = self.text()
            found[key] = self.value(self.marker(), depth)
            marker = self.marker()
        return found

    def bounded(self, count: int) -> int:
        """A number of values, which cannot be more than the bytes that are left."""
        if not 0 <= count <= len(self.data) - self.at:
            msg = f"{count:,} values are announced in {len(self.data) - self.at:,} bytes"
            raise ValueError(msg)
        return count
