"""Every notebook runs, in small sizes and in this process; what is kept of them is small."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_readme import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 200_000  # bytes of a notebook with its outputs


def read(path: Path) -> dict[str, Any]:
    """A notebook."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    """The cells of a kind."""
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == kind]


def text(cell: dict[str, Any]) -> str:
    """The source of a cell."""
    return "".join(cell["source"])


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"0{number}" for number in range(1, 8)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    for name in read(path)["metadata"].get("needs", ()):
        pytest.importorskip(name, reason=f"the notebook needs {name}")
    monkeypatch.setenv("NASGOAT_QUICK", "1")
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells(path, "code"):
        exec(compile(text(cell), path.name, "exec"), names)  # noqa: S102  (our own notebooks)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept_is_small_and_whole(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    for cell in cells(path, "code"):
        kinds = {output["output_type"] for output in cell["outputs"]}
        assert "error" not in kinds
    assert any(cell["outputs"] for cell in cells(path, "code")), "execute it: make notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_notebooks_lead_somewhere(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(cell)):
            assert (path.parent / link).exists(), link
