"""The wheel: what is in it, and that it works where nothing else is installed."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import nasgoat
from tests.test_readme import ROOT

PINNED = ROOT / f"constraints-{sys.version_info.major}.{sys.version_info.minor}.txt"
BENCHMARK = ("--benchmark", "nasbench-graph:proteins", "--method", "random", "--budget", "3")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_what_the_wheel_holds(wheel: Path) -> None:
    assert wheel.name == f"nasgoat-{nasgoat.__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "nasgoat").rglob("*.py")}
    assert modules <= set(names)
    assert {"nasgoat/py.typed", "nasgoat/report/page.css"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {
        "nasgoat",
        f"nasgoat-{nasgoat.__version__}.dist-info",
    }


@pytest.mark.slow  # installs everything that nasgoat needs, 2.5 GB
def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    # nothing leads to this checkout
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv/bin/python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-compile", "-c", PINNED, wheel]
    subprocess.run(install, check=True, env=clean)
    program = tmp_path / "venv/bin/nasgoat"

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=tmp_path,
            env=clean,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    assert said("--version") == f"nasgoat {nasgoat.__version__}\n"
    problem = ("--nodes", "4", "--observations", "8", "--json")
    listed, proven = said("solve", *problem), said("solve", *problem, "--solver", "highs")
    values = [json.loads(text)["certificate"]["value"] for text in (listed, proven)]
    assert abs(values[0] - values[1]) < 1e-4
    assert json.loads(said("doctor", "--json"))["healthy"]
    said("run", *BENCHMARK, "--out", "here")
    said("report", "here", "-o", "here.html")
    assert (tmp_path / "here.html").read_text(encoding="utf-8").startswith("<!doctype html>")
