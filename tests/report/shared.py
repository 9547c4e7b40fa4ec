"""Runs and comparisons to report on, made once per test session."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.cli.calls import nasgoat

SMALL = ("--benchmark", "nasbench-graph:proteins")


def called(*arguments: str) -> None:
    result = nasgoat(*arguments)
    assert result.exit_code == 0, result.stderr


@cache
def folder() -> Path:
    """A directory with the runs ``goat`` and ``random``, and the comparison ``both``."""
    root = Path(mkdtemp(prefix="nasgoat-report-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    called(
        "run",
        *SMALL,
        "--budget",
        "18",
        "--initial",
        "10",
        "--optimizer",
        "exhaustive",
        "--out",
        f"{root}/goat",
    )
    called("run", *SMALL, "--budget", "12", "--method", "random", "--out", f"{root}/random")
    compared = (
        "--methods",
        "random,evolution",
        "--trials",
        "3",
        "--budget",
        "15",
        "--initial",
        "10",
    )
    called("compare", *SMALL, *compared, "--out", f"{root}/both")
    return root
