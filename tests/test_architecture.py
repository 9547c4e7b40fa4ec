"""The house keeps its shape: floors, light import, no trace of the machine it was built on."""

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nasgoat

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {
    contract["id"]: contract["name"] for contract in CONFIG["tool"]["importlinter"]["contracts"]
}

HEAVY = (
    "gpflow",
    "gurobipy",
    "highspy",
    "matplotlib",
    "pyomo",
    "pyscipopt",
    "tensorflow",
    "torch",
)

# A path from the root of somebody's machine; part of a URL or of a relative path is none.
MACHINE_PATH = re.compile(r"(?<![\w.~$})-])/(?:root|work|home|tmp)/")
# Here a path may be an input that is never opened.
SCRATCH_PATH = re.compile(r"(?<![\w.~$})-])/tmp/")


def run_lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of ``tree/pyproject.toml`` on the packages in ``tree``."""
    paths = os.pathsep.join([str(tree), str(tree / "models")])
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": paths, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def loaded_by_nasgoat() -> frozenset[str]:
    """Top-level modules in memory after ``import nasgoat`` in a fresh interpreter."""
    program = "import json, sys, nasgoat; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("module", HEAVY)
def test_import_nasgoat_is_light(module: str, loaded_by_nasgoat: frozenset[str]) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed, so nothing could load it")
    assert "nasgoat" in loaded_by_nasgoat
    assert module not in loaded_by_nasgoat


def test_import_contracts_hold() -> None:
    done = run_lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("nasgoat", "models/nasgoat_models"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignore)
    return tmp_path


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("graphs", "import nasgoat.spaces", "floors"),
        ("spaces", "import nasgoat.kernels", "floors"),
        ("kernels", "import nasgoat.spaces", "floors"),
        ("kernels", "import nasgoat.records", "floors"),
        ("mip", "import nasgoat.surrogate", "floors"),
        ("unheard_of", "", "floors"),
        ("optimize", "import pyomo.environ", "pyomo"),
        ("mip", "import highspy", "solvers"),
        ("optimize", "from gurobipy import Model", "solvers"),
        ("search", "import gpflow", "gpflow"),
        ("kernels", "import tensorflow as tf", "gpflow"),
        ("spaces", "import grakel", "grakel"),
        ("study", "import torch", "torch"),
        ("study", "import nasgoat_models.methods", "torch"),
    ],
)
def test_a_line_in_the_wrong_room_breaks_its_contract(
    tree: Path, room: str, line: str, broken: str
) -> None:
    folder = tree / "nasgoat" / room
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / "offender.py").write_text(line + "\n")

    done = run_lint_imports(tree)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{CONTRACTS[broken]} BROKEN" in done.stdout


def project_files() -> list[Path]:
    """Every file that git tracks or would track."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    git = shutil.which("git")
    assert git is not None, "a checkout without git"
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = listing.stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def machine_paths(text: str, *, scratch_allowed: bool) -> list[str]:
    """Lines of ``text`` that name a place on the machine it was written on."""
    lines = text.splitlines()
    if scratch_allowed:
        lines = [SCRATCH_PATH.sub("", line) for line in lines]
    return [line.strip() for line in lines if MACHINE_PATH.search(line)]


@pytest.mark.parametrize("place", ["root", "work", "home", "tmp"])
def test_machine_paths_are_seen(place: str) -> None:
    path = f"/{place}/" + "someone/file"
    seen = [path, f'open("{path}")', f"file://{path}", f"PATH=a:{path}"]
    assert machine_paths("\n".join(seen), scratch_allowed=False) == seen
    harmless = [f"example.org{path}", f"..{path}", f"~{path}", f"${{HOME}}{path}", f"here{path}"]
    assert machine_paths("\n".join(harmless), scratch_allowed=False) == []


def test_no_file_names_a_place_on_this_machine() -> None:
    files = project_files()
    assert Path(__file__).resolve() in files
    found = {}
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # not a text file
            continue
        name = file.relative_to(ROOT).as_posix()
        if lines := machine_paths(text, scratch_allowed=name.startswith("tests/")):
            found[name] = lines
    assert found == {}


def test_version_is_the_installed_one() -> None:
    assert nasgoat.__version__ == importlib.metadata.version("nasgoat")
    assert CONFIG["project"]["dynamic"] == ["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {nasgoat.__version__}\n" in citation
