"""The folder of a comparison: one file per trial, each there as a whole or not at all."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from nasgoat.compare.plan import Plan, Trial
from nasgoat.compare.trial import FORMAT, Failure, Outcome, Record
from nasgoat.errors import JournalError

UNFINISHED = ".part"
LEFT_OVER = re.compile(r"(results|table|\d+)\.(json|csv|tex)\.\d+\.part")  # by a killed process


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the trials of a comparison lie: ``trials/BENCHMARK/LABEL/SEED.json``."""

    root: Path

    def path(self, trial: Trial) -> Path:
        """The file of a trial."""
        names = (slug(trial.arena.name), slug(trial.contender.label), f"{trial.seed:06d}.json")
        return self.root.joinpath("trials", *names)

    def write(self, trial: Trial, header: Mapping[str, Any], outcome: Outcome) -> None:
        """Keep the outcome of a trial; a process that is killed meanwhile leaves no half a file.

        Raises:
            OSError: it cannot be written.
        """
        content = (
            {"error": outcome.error, "traceback": outcome.traceback}
            if isinstance(outcome, Failure)
            else outcome.to_json()
        )
        value = {"format": FORMAT, "trial": dict(header), **content}
        path = self.path(trial)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(value, allow_nan=False) + "\n")

    def read(self, trial: Trial, header: Mapping[str, Any]) -> Outcome | None:
        """The outcome of a trial; None if it has none yet.

        Raises:
            JournalError: the file cannot be read, or tells of a trial with other settings.
        """
        path = self.path(trial)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            value = json.loads(text)
            found = value["trial"]
            outcome: Outcome = (
                Failure(value["traceback"]) if "traceback" in value else Record.from_json(value)
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = (
                f"{path} cannot be read ({type(error).__name__}: {error}); delete it to have the "
                "trial run again"
            )
            raise JournalError(msg) from error
        if found != header:
            told = "; ".join(differences(found, header))
            msg = (
                f"{path} tells of a trial with other settings: {told}; give the same ones to go on "
                "with it, give the method another label, or choose another --out"
            )
            raise JournalError(msg)
        return outcome


class Lock:
    """Keeps a second comparison out of a folder."""

    def __init__(self, folder: Folder) -> None:
        """Make the folder as needed.

        Raises:
            JournalError: another comparison is at work in it, or it cannot be made.
        """
        try:
            folder.root.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = (folder.root / "lock").open("a", encoding="utf-8")
        except OSError as error:
            msg = f"cannot make the directory {folder.root} ({error.strerror}); choose another"
            raise JournalError(msg) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            msg = f"{folder.root} is in use by another comparison; wait for it, or choose another"
            raise JournalError(msg) from error
        places = (folder.root.glob("*"), folder.root.joinpath("trials").rglob("*"))
        for path in itertools.chain(*places):
            if LEFT_OVER.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def differences(there: Any, here: Any, name: str = "") -> Iterator[str]:
    """What differs between two JSON values, place by place: ``a.b is 1 there, 2 here``."""
    if there == here:
        return
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for key in dict.fromkeys([*there, *here]):
            place = f"{name}.{key}" if name else key
            yield from differences(there.get(key), here.get(key), place)
    else:
        yield f"{name} is {json.dumps(there)} there, {json.dumps(here)} here"


def slug(name: str) -> str:
    """A name as the name of a file."""
    return re.sub(r"[^\w.+=-]+", "-", name).strip("-.") or "-"


def require_distinct_paths(plan: Plan) -> None:
    """Refuse names that would share a file.

    Raises:
        ValueError: two benchmarks or two labels do.
    """
    for names in ([arena.name for arena in plan.arenas], plan.labels):
        places: dict[str, str] = {}
        for name in names:
            other = places.setdefault(slug(name), name)
            if other != name:
                msg = f"{name!r} and {other!r} would share the file name {slug(name)!r}; use labels"
                raise ValueError(msg)


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one go: readers see the old one or the new one.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
