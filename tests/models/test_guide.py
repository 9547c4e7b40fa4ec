"""The guide to one's own training job keeps its word."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch", reason="the guide's example needs PyTorch")
pytest.importorskip("sklearn", reason="the images come with scikit-learn")

from nasgoat.cli import app
from nasgoat_models.digits import BENCHMARKS, Training
from tests.test_readme import ROOT, blocks, commands, executed, rows

GUIDE = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")


@pytest.mark.slow  # a process that trains, on top of the trainings here
def test_its_python_blocks_print_what_it_says() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = [line for block in blocks(GUIDE, "python") for line in executed(block, names)]
    assert printed == [line for block in blocks(GUIDE, "text") for line in block.splitlines()]


def test_its_tables_are_those_of_the_code() -> None:
    assert [row[0].strip("`") for row in rows(GUIDE, "benchmark", "space", "cell")] == list(
        BENCHMARKS.names()
    )
    settings = {
        name.strip("`"): default.strip("`")
        for name, default, _ in rows(GUIDE, "setting", "default", "meaning")
    }
    assert {name: str(getattr(Training(), name)) for name in settings} == settings
    assert set(settings) == set(Training.__slots__)


def test_the_entry_point_is_the_one_declared() -> None:
    (block,) = blocks(GUIDE, "toml")
    assert block in (ROOT / "models" / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for call in commands(GUIDE, "nasgoat"):
        few = [re.sub(r"epochs=\d+", "epochs=1", word) for word in call]
        budget = "4" if "--resume" in call else "3"
        result = CliRunner().invoke(app, [*few, "--budget", budget])
        assert result.exit_code == 0, (call, result.stderr)
