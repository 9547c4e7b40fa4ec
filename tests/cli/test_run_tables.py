"""``nasgoat run`` on table files: partial ones, noisy ones, and what is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from nasgoat.graphs import LabeledGraph
from nasgoat.tabular import benchmark
from nasgoat.tabular.format import write_table
from tests.cli.calls import nasgoat
from tests.tabular.tables import REPEATS, toy


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A table of 60 of 91 cells, up to three trainings each."""
    monkeypatch.chdir(tmp_path)
    write_table(tmp_path / "some.parquet", toy(60))
    return "some.parquet"


def run(*arguments: str) -> Result:
    return nasgoat("run", *arguments)


def test_a_partial_table_is_searched_by_listing(table: str) -> None:
    result = run("--benchmark", table, "--budget", "8", "--initial", "5", "--json")
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["benchmark"] == "toy:cifar10"
    assert {certificate["optimizer"] for certificate in summary["certificates"]} == {"exhaustive"}
    assert all(certificate["gap"] == 0 for certificate in summary["certificates"])
    assert summary["regret"] >= 0


def test_the_mip_is_refused_before_anything_is_evaluated(table: str) -> None:
    result = run("--benchmark", table, "--solver", "highs", "--out", "x")
    assert result.exit_code == 1
    assert "is a list of 60 graphs; no rules say which" in result.stderr
    assert "Traceback" not in result.stderr
    assert not Path("x").exists()


def test_noise_is_one_training_and_is_said(table: str) -> None:
    arguments = ("--benchmark", table, "--method", "random", "--budget", "5", "--noisy", "--json")
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["benchmark"] == "toy:cifar10 (noisy)"
    assert "of one training drawn by chance" in summary["objective"]
    assert (summary["best_value"] == 100 - REPEATS).any()
    assert json.loads(run(*arguments).stdout)["history"] == summary["history"]
    exact = benchmark("some.parquet")
    best = LabeledGraph.from_json(summary["best_graph"])
    assert summary["optimum"] == exact.optimum
    assert summary["recommended"]["graph"] == summary["best_graph"]  # there is no surrogate
    assert summary["recommended"]["mean"] == exact(best).value
    if exact.optimum is not None:
        assert summary["regret"] == exact(best).value - exact.optimum


def test_a_noisy_run_resumes_as_if_nothing_had_happened(table: str) -> None:
    arguments = ("--benchmark", table, "--method", "evolution", "--noisy", "--json")
    straight = json.loads(run(*arguments, "--budget", "40", "--out", "a").stdout)
    for budget in ("7", "33", "40"):
        resume = ("--resume",) if Path("b").exists() else ()
        result = run(*arguments, "--budget", budget, "--out", "b", *resume)
        assert result.exit_code == 0, result.stderr
    assert Path("a/journal.jsonl").read_text() == Path("b/journal.jsonl").read_text()
    assert json.loads(result.stdout)["history"] == straight["history"]


def test_noise_is_refused_where_there_is_none() -> None:
    result = run("--benchmark", "nasbench-graph:proteins", "--noisy")
    assert result.exit_code == 1
    assert "no repeats that noise could be drawn from" in result.stderr
