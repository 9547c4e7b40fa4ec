"""TFRecord files, record by record and with their checksums verified.

A record is: length of the data (8 bytes, little-endian), masked CRC-32C of these 8 bytes (4 bytes),
the data, masked CRC-32C of the data (4 bytes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nasgoat.errors import BadDataError
from nasgoat.tabular.importers.crc32c import crc32c, masked

HEADER = struct.Struct("<QI")
FOOTER = struct.Struct("<I")
BATCH = 4096  # records whose checksums are computed together
LONGEST = 1 << 15  # bytes; real records have some 400, and a batch of the longest fits the memory


def records(path: Path, batch: int = BATCH) -> Iterator[tuple[list[bytes], int]]:
    """Read a file in batches.

    Args:
        path: the file.
        batch: number of records to return at once.

    Yields:
        The data of up to ``batch`` records, and the position in the file after them.

    Raises:
        BadDataError: the file is cut short, or a checksum does not hold.
    """
    with path.open("rb") as file:
        start = 0
        while True:
            headers, bodies, sums = _batch(file, path, batch)
            if not bodies:
                return
            _verify(headers, bodies, sums, path, start)
            yield bodies, file.tell()
            start += len(bodies)


def _batch(
    file: BinaryIO, path: Path, batch: int
) -> tuple[list[bytes], list[bytes], list[tuple[int, int]]]:
    headers, bodies, sums = [], [], []
    for _ in range(batch):
        header = file.read(HEADER.size)
        if not header:
            break
        if len(header) < HEADER.size:
            raise _cut_short(path)
        length, length_sum = HEADER.unpack(header)
        if length > LONGEST:
            msg = f"{path} is not a TFRecord file, or damaged: a record of {length:,} bytes"
            raise BadDataError(msg)
        body = file.read(length + FOOTER.size)
        if len(body) < length + FOOTER.size:
            raise _cut_short(path)
        headers.append(header[:8])
        bodies.append(body[:length])
        sums.append((length_sum, FOOTER.unpack_from(body, length)[0]))
    return headers, bodies, sums


def _verify(
    headers: list[bytes], bodies: list[bytes], sums: list[tuple[int, int]], path: Path, start: int
) -> None:
    found = np.stack([masked(crc32c(headers)), masked(crc32c(bodies))], axis=1)
    wrong = np.flatnonzero((found != np.array(sums, dtype=np.uint32)).any(axis=1))
    if len(wrong):
        msg = (
            f"{path} is damaged, or not a TFRecord file: the checksum of record "
            f"{start + int(wrong[0]):,} does not hold; download it again"
        )
        raise BadDataError(msg)


def _cut_short(path: Path) -> BadDataError:
    return BadDataError(f"{path} ends in the middle of a record; download it again")
