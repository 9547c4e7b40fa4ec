"""Comparisons become records and tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.comparisons import main
from nasgoat.cli import app


def compared(folder: Path, *benchmarks: str) -> Path:
    call = ["compare", "--methods", "random,local=local-search", "--trials", "3", "--budget", "14"]
    for name in benchmarks:
        call += ["--benchmark", f"nasbench-graph:{name}"]
    answer = CliRunner().invoke(app, [*call, "--json", "--out", str(folder / "out")])
    assert answer.exit_code == 0, answer.stderr
    path = folder / "answer.json"
    path.write_text(answer.stdout)
    return path


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return compared(tmp_path, "proteins")


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


def test_several_benchmarks_are_ranked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = compared(tmp_path, "proteins", "cora")
    main([str(results), "--output", str(tmp_path / "kept.jsonl")])
    ranking = capsys.readouterr().out.partition("### mean ranks\n\n")[2].strip().splitlines()
    heads = "| method | rank at 14 | rank on test data | proteins, 14 | cora, 14 |"
    assert ranking[0] == heads
    found = json.loads(results.read_text())
    rows = [line.strip("| ").split(" | ") for line in ranking[2:]]
    assert {row[0] for row in rows} == {"random", "local"}
    assert [sum(float(row[i]) for row in rows) for i in (1, 2)] == [3.0, 3.0]
    assert float(rows[0][1]) <= float(rows[1][1])
    for label, _, _, *regrets in rows:
        for text, one in zip(regrets, found["benchmarks"], strict=True):
            assert text == f"{one['methods'][label]['mean_regret']['14']:.3f}"


def test_benchmarks_without_test_data_are_ranked_by_regret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = compared(tmp_path, "proteins", "cora")
    found = json.loads(results.read_text())
    for method in found["benchmarks"][0]["methods"].values():
        method["mean_test"] = dict.fromkeys(method["mean_test"])
    results.write_text(json.dumps(found))
    main([str(results), "--output", str(tmp_path / "kept.jsonl")])
    ranking = capsys.readouterr().out.partition("### mean ranks\n\n")[2].strip().splitlines()
    assert ranking[0] == "| method | rank at 14 | proteins, 14 | cora, 14 |"
    assert len(ranking) == 4
