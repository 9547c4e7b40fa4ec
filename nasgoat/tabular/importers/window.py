"""A forward view of a binary stream: bytes ahead at hand, bytes behind forgotten."""

from __future__ import annotations

from typing import BinaryIO

CHUNK = 1 << 20


class Window:
    """Reads ahead in chunks; ``data[at:]`` is what has been read and not yet used."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.data = b""
        self.at = 0
        self.passed = 0  # bytes of the stream before ``data``

    @property
    def position(self) -> int:
        """Bytes of the stream used so far."""
        return self.passed + self.at

    def ahead(self, size: int) -> int:
        """Try to have ``size`` unused bytes at hand, and tell how many there are."""
        left = len(self.data) - self.at
        if left >= size:
            return left
        parts = [self.data[self.at :]]
        while left < size and (part := self._file.read(max(CHUNK, size - left))):
            parts.append(part)
            left += len(part)
        self.passed += self.at
        self.data, self.at = b"".join(parts), 0
        return left

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes.

        Raises:
            EOFError: the stream ends before.
        """
        if len(self.data) - self.at < size and self.ahead(size) < size:
            msg = "the file is cut short"
            raise EOFError(msg)
        self.at += size
        return self.data[self.at - size : self.at]

    def line(self) -> bytes:
        """The bytes up to the next line feed, which is used up too.

        Raises:
            EOFError: no line feed within the next 4096 bytes.
        """
        self.ahead(4096)
        end = self.data.find(b"\n", self.at, self.at + 4096)
        if end < 0:
            msg = "a name without an end"
            raise EOFError(msg)
        line = self.data[self.at : end]
        self.at = end + 1
        return line
