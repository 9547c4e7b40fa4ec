"""The journal of a study: one JSON line per event, on disk before the next one happens.

Line 1 is the header; then one line per ask, and one per told observation or failure. A line that a
killed process left unfinished is dropped when the journal is opened again. All other damage is
refused.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import warnings
from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from nasgoat.errors import JournalError
from nasgoat.study.entries import Entry, from_json, to_json

FORMAT = 1

# Parts of the header that may differ between a journal and the study that resumes it.
INFORMATIVE = ("nasgoat",)

HEADER_START = b'{"kind":"study"'


class JournalWarning(UserWarning):
    """A journal ended in the middle of a line."""


class Journal:
    """An open journal; no second process can open it."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        """Start a journal, or open one that was started with the same header.

        Args:
            path: the file; directories are made as needed.
            header: what the run is, as a value that ``json`` can write.

        Raises:
            JournalError: another process has the file open, a line of it cannot be read, or it
                belongs to another run. The file is left as it is.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without a buffer: what a failed write left in one would follow with the next flush.
        self._file: FileIO = path.open("a+b", buffering=0)
        try:
            self._lock()
            self.entries = self._resumed(header)
        except BaseException:
            self._file.close()
            raise

    def append(self, entry: Entry) -> None:
        """Write an entry; it is on disk when this returns.

        Raises:
            OSError: it cannot be written, e.g. because the disk is full; the journal is as before.
        """
        self._write(to_json(entry))

    def close(self) -> None:
        """Let others open the file."""
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{self.path} is in use by another run; wait for it, or choose another journal"
            raise JournalError(msg) from error

    def _resumed(self, header: Mapping[str, Any]) -> list[Entry]:
        """Read what there is, mend an unfinished end, and write the header if there is none."""
        self._file.seek(0)
        lines = self._file.read().split(b"\n")
        end = lines.pop()  # b"" unless the last line is unfinished
        if not lines and not end.startswith(HEADER_START[: len(end)]):
            raise _damage(self.path, 1, "no header of a study")
        parsed = [_parsed(self.path, number, line) for number, line in enumerate(lines, start=1)]
        expected = spelled({"kind": "study", "format": FORMAT, **header})
        if parsed:
            self._check_header(spelled(parsed[0]), json.loads(json.dumps(expected)))
        entries = _entries(self.path, parsed)
        if end:
            warnings.warn(
                f"{self.path} ends in an unfinished line {len(lines) + 1}, as a killed run leaves "
                "it; the line is dropped and what it told of is done again",
                JournalWarning,
                stacklevel=4,
            )
            self._file.truncate(sum(len(line) + 1 for line in lines))
        if not parsed:
            self._write(expected)
            self._sync_folder()
        return entries

    def _write(self, value: Mapping[str, Any]) -> None:
        line = json.dumps(value, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        end = self._file.seek(0, os.SEEK_END)
        descriptor = self._file.fileno()
        rest = memoryview(line)
        try:
            while rest:  # a disk that is nearly full takes a part
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        except BaseException:  # a full disk, Ctrl-C: leave no half a line
            os.ftruncate(descriptor, end)
            raise

    def _sync_folder(self) -> None:
        """A new file is on disk once its directory is."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            with suppress(OSError):  # some file systems know of no such thing
                os.fsync(folder)
        finally:
            os.close(folder)

    def _check_header(self, found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
        _require_header(self.path, found)
        known = {key: value for key, value in found.items() if key not in INFORMATIVE}
        wanted = {key: value for key, value in expected.items() if key not in INFORMATIVE}
        differences = _differences("", known, wanted)
        if differences:
            msg = (
                f"{self.path} belongs to another run: {'; '.join(differences)}; give the same "
                "settings to resume it, or choose another journal"
            )
            raise JournalError(msg)


def read_journal(path: Path) -> tuple[dict[str, Any], list[Entry]]:
    """The header and the entries of a journal, which may be in use; the file is left as it is.

    A last line without its end is not read.

    Raises:
        JournalError: a line cannot be read, there is no header of a study, or its format is not
            that of this version.
        OSError: the file cannot be opened.
    """
    *lines, _ = path.read_bytes().split(b"\n")
    parsed = [_parsed(path, number, line) for number, line in enumerate(lines, start=1)]
    header = parsed[0] if parsed else {}
    _require_header(path, header)
    return header, _entries(path, parsed)


def _require_header(path: Path, found: Mapping[str, Any]) -> None:
    """Refuse what is no header, or one of another format."""
    if found.get("kind") != "study":
        raise _damage(path, 1, "no header of a study")
    if found.get("format") != FORMAT:
        msg = (
            f"{path} has the journal format {found.get('format')}, this version of nasgoat reads "
            f"{FORMAT}; use the one that wrote it, {found.get('nasgoat')}"
        )
        raise JournalError(msg)


def _entries(path: Path, parsed: list[dict[str, Any]]) -> list[Entry]:
    """All lines but the header."""
    return [_entry(path, number, value) for number, value in enumerate(parsed[1:], start=2)]


def _parsed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise _damage(path, number, error) from error
    if not isinstance(value, dict):
        raise _damage(path, number, "no JSON object")
    return value


def _entry(path: Path, number: int, value: Mapping[str, Any]) -> Entry:
    try:
        return from_json(value)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _damage(path, number, f"{type(error).__name__}: {error}") from error


def _damage(path: Path, number: int, what: object) -> JournalError:
    msg = (
        f"line {number} of {path} cannot be read ({what}); the file is left as it is: "
        f"mend the line, keep only the {number - 1} lines before it, or choose another journal"
    )
    return JournalError(msg)


def spelled(value: Any) -> Any:
    """A setting with infinities and NaN, which JSON does not know, as strings."""
    if isinstance(value, Mapping):
        return {key: spelled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _differences(where: str, found: Any, wanted: Any) -> list[str]:
    """One sentence per place where two JSON values differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = dict.fromkeys([*found, *wanted])
        parts = [(key, found.get(key), wanted.get(key)) for key in keys]
        prefix = f"{where}." if where else ""
        return [line for key, *pair in parts for line in _differences(f"{prefix}{key}", *pair)]
    if found == wanted:
        return []
    return [f"{where} is {json.dumps(found)} there, {json.dumps(wanted)} here"]
