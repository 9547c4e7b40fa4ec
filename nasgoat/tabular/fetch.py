"""Downloads of official files: resumed where they broke off, and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pooch
import requests

from nasgoat.errors import ChecksumError, MissingDataError
from nasgoat.tabular.catalogue import RemoteFile

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and those there are in all (None: not known)."""

CHUNK = 1 << 20  # bytes between two reports
TIMEOUT = 30.0  # seconds without a byte
PLAIN = {"Accept-Encoding": "identity"}  # bytes as they are, so that they can be counted


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded file.

    Args:
        path: where it lies.
        sha256: as measured.
        checked: it is the published one; False where none is published.
        downloaded: False where the file was there already.
    """

    path: Path
    sha256: str
    checked: bool
    downloaded: bool


def fetch(file: RemoteFile, folder: Path, progress: Progress) -> Fetched:
    """Download a file into a folder, unless it is there.

    What broke off is kept as ``.NAME.part`` and continued by the next call. A file with another
    checksum than the published one is kept aside as ``NAME.rejected``.

    Args:
        file: what to download.
        folder: made if it is not there.
        progress: hears of every megabyte.

    Raises:
        ChecksumError: the file is not the published one.
        MissingDataError: it has no address, the address cannot be reached or answers with something
            else.
        OSError: the file cannot be written.
    """
    target = folder / file.name
    if target.is_file():
        return _checked(file, target, target, downloaded=False)
    if file.url is None:
        msg = f"{file.name} has no address to download it from: {file.how}"
        raise MissingDataError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{file.name}.part"
    try:
        _download(file.url, part, progress)
    except requests.RequestException as error:
        kept = part.stat().st_size if part.exists() else 0
        msg = (
            f"{file.url} cannot be downloaded ({_reason(error)}); "
            + (f"{kept:,} bytes are kept, the same command continues; " if kept else "")
            + f"without a connection, put the file into {folder} by hand"
        )
        raise MissingDataError(msg) from error
    return _checked(file, part, target, downloaded=True)


def _download(url: str, part: Path, progress: Progress) -> None:
    """Append what is missing of a file; begin anew where the server cannot continue."""
    there = part.stat().st_size if part.exists() else 0
    total, continues = _ask(url)
    if there and there == total:
        return
    if there and (not continues or there > (total or 0)):
        part.unlink()
        there = 0
    headers = PLAIN | {"Range": f"bytes={there}-"} if there else PLAIN
    bar = _Bar(there, total, progress)
    download = pooch.HTTPDownloader(
        progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT, headers=headers
    )
    with part.open("ab") as stream:
        download(url, stream, None)


def _ask(url: str) -> tuple[int | None, bool]:
    """The length of a file, None if it is not known, and whether a part of it can be had.

    Asks for the first byte: HEAD is refused where an address is signed for downloads only.

    Raises:
        RequestException: it cannot be had.
    """
    first = PLAIN | {"Range": "bytes=0-0"}
    with requests.get(url, headers=first, timeout=TIMEOUT, stream=True) as answer:
        answer.raise_for_status()
        if "text/html" in answer.headers.get("content-type", ""):
            msg = "it answers with a web page; open it in a browser"
            raise requests.RequestException(msg)
        continues = answer.status_code == requests.codes.partial_content
        length = answer.headers.get("content-range", "").rpartition("/")[2]
        if not continues:
            length = answer.headers.get("content-length", "")
    return (int(length) if length.isdigit() else None), continues


def _checked(file: RemoteFile, path: Path, target: Path, *, downloaded: bool) -> Fetched:
    """Move a file to its place if it is the published one."""
    measured = pooch.file_hash(str(path), alg="sha256")
    if file.sha256 is not None and measured != file.sha256:
        aside = target.with_name(f"{target.name}.rejected")
        path.replace(aside)
        msg = (
            f"{file.name} has the sha256 {measured}, published is {file.sha256}; it is kept as "
            f"{aside}: delete it and fetch again"
        )
        raise ChecksumError(msg)
    path.replace(target)
    return Fetched(target, measured, file.sha256 is not None, downloaded)


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return f"no connection: {type(error).__name__}"
    return str(error)


class _Bar:
    """Speaks to pooch as a progress bar."""

    def __init__(self, there: int, total: int | None, progress: Progress) -> None:
        self.total: Any = None  # pooch sets it to what is still to come
        self._done, self._all, self._progress = there, total, progress
        self._open = True

    def update(self, count: int) -> None:
        """Count a chunk; pooch counts the last one as full."""
        self._done += count
        if self._open:
            done = self._done if self._all is None else min(self._done, self._all)
            self._progress(done, self._all)

    def reset(self) -> None:
        """Pooch is about to count all of it again."""
        self._open = False

    def close(self) -> None:
        """Nothing to do."""
