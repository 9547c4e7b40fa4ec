"""The driver of search-quality measurements: what it reads, runs and writes."""

import json
from pathlib import Path

import pytest

from benchmarks import quality
from benchmarks.quality import Spec, seeds_of, summary, trial
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.search import UseEI
from nasgoat.spaces import nasbench_graph
from nasgoat.tabular import benchmark

PROTEINS = "nasbench-graph:proteins"  # 2,021 rows, with a package


def test_specs_are_read_by_name() -> None:
    spec = Spec.of("features=nl,kernel=exponential,acquisition=ei,noise=0.5,batch=5,initial=7")
    assert spec == Spec("nl", "exponential", acquisition="ei", noise=0.5, batch=5, initial=7)
    assert Spec.of("") == Spec()
    method = spec.build(nasbench_graph(), ExhaustiveOptimizer())
    assert method.acquisition == UseEI()
    assert method.initial == 7
    with pytest.raises(KeyError, match="colour"):
        Spec.of("colour=red")


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-3", [0, 1, 2, 3]), ("1,5", [1, 5]), ("1-7:3", [1, 4, 7])]
)
def test_seeds_are_read(text: str, seeds: list[int]) -> None:
    assert seeds_of(text) == seeds


def test_a_trial_is_a_study_and_repeats() -> None:
    evaluator = benchmark(PROTEINS)
    first, second = (trial(evaluator, Spec.of("features=nl,initial=5"), 3, 30) for _ in range(2))
    assert list(first["regret"]) == ["30"]
    assert 0 <= first["regret"]["30"] < 10
    assert (first["regret"], first["found_at"]) == (second["regret"], second["found_at"])


def test_the_summary_counts_finds() -> None:
    records = [{"regret": {"30": 1.0}, "found_at": None}, {"regret": {"30": 0.0}, "found_at": 60}]
    assert summary(records) == "2 runs, 30: 0.5000, found by 60: 0.50, found by 150: 0.50"


def test_records_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "new" / "out.jsonl"
    given = ["", "beta=2", "--benchmark", PROTEINS, "--seeds", "4", "--budget", "12"]
    monkeypatch.setattr("sys.argv", ["quality", *given, "--output", str(output)])
    quality.main()
    records = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [record["spec"] for record in records] == ["", "beta=2"]
    assert {record["seed"] for record in records} == {4}
    assert all("--budget 12" in record["command"] for record in records)
    assert '"beta=2": 1 runs' in capsys.readouterr().out
