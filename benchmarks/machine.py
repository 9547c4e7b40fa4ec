"""Where and with what a measurement was made; no paths and no host names."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from nasgoat import __version__


@lru_cache(maxsize=1)
def versions() -> dict[str, Any]:
    """Of nasgoat and, in a checkout with git, of its commit (``-dirty`` with changes in it)."""
    return {"nasgoat": __version__, "commit": _commit()}


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, Python."""
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def moment() -> dict[str, Any]:
    """Date in UTC, and the load average over one minute: near 0 on a quiet machine."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 2),
    }


def _commit() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    call = [git, "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    here = Path(__file__).resolve().parent
    answer = subprocess.run(call, cwd=here, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip() or None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
