"""Comparisons become records and tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.comparisons import main
from nasgoat.cli import app


@pytest.fixture
def results(tmp_path: Path) -> Path:
    call = "compare --benchmark nasbench-graph:proteins --methods random,local=local-search"
    rest = ["--trials", "3", "--budget", "14", "--json", "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(app, [*call.split(), *rest])
    assert answer.exit_code == 0, answer.stderr
    path = tmp_path / "answer.json"
    path.write_text(answer.stdout)
    return path


def test_a_comparison_is_kept_once(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    main([str(results), "--output", str(kept)])
    main([str(results), "--output", str(kept)])
    (line,) = kept.read_text().splitlines()
    record: dict[str, Any] = json.loads(line)
    assert record["benchmark"] == "nasbench-graph:proteins"
    assert str(tmp_path) not in line  # no directory of this machine
    found = json.loads(results.read_text())["benchmarks"][0]["methods"]
    for label, method in record["methods"].items():
        assert method["regrets"] == found[label]["regrets"]
    text = capsys.readouterr().out
    assert text.count("### nasbench-graph:proteins") == 2
    for label in ("random", "local"):
        assert f"| {label} | {found[label]['mean_regret']['14']:.3f} [" in text
    assert record["command"] in text


def test_other_settings_are_another_comparison(results: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    main([str(results), "--output", str(kept)])
    other = json.loads(results.read_text()) | {"seed": 7}
    results.write_text(json.dumps(other))
    main([str(results), "--output", str(kept)])
    assert [json.loads(line)["seed"] for line in kept.read_text().splitlines()] == [0, 7]
