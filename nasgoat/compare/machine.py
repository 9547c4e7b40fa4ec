"""Where and with what trials ran; no paths and no host names."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "nasgoat",
    "numpy",
    "scipy",
    "gpflow",
    "tensorflow",
    "highspy",
    "gurobipy",
    "pyscipopt",
    "optuna",
    "torch",
)


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Of Python, nasgoat and what its methods compute with, as far as it is installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory in GiB, operating system."""
    return {
        "processor": _processor(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.system(),
    }


def moment() -> str:
    """The date and time in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def surroundings() -> dict[str, Any]:
    """All of these under the names that they have in result files."""
    return {"date": moment(), "versions": versions(), "machine": machine()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
