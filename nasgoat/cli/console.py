"""Where the command line prints: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from rich.console import Console


def stdout() -> Console:
    """For the result; without colours when it is not a terminal."""
    return Console(highlight=False)


def stderr() -> Console:
    """For progress, warnings and errors."""
    return Console(stderr=True, highlight=False)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on stdout, numbers that JSON cannot write as null."""
    sys.stdout.write(json.dumps(_finite(value)) + "\n")
    sys.stdout.flush()


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write what ``print_json`` prints into a file.

    Raises:
        OSError: it cannot be written.
    """
    path.write_text(json.dumps(_finite(value)) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
