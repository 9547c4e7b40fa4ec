"""Reports of made-up histories: numbers, tables, files, and laws."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from nasgoat.compare import (
    Arena,
    Contender,
    Facts,
    Failure,
    Folder,
    Outcome,
    Plan,
    Protocol,
    Record,
    Report,
    Trial,
    overall_rows,
    plot_path,
    rows,
)
from nasgoat.compare.tables import COLUMNS, csv_text, latex_text
from tests.compare.contenders import arena

LABELS = ("quick_one", "slow", "lucky")
BUDGET = 30


def made_up(
    labels: Sequence[str] = LABELS,
    benchmarks: Iterable[str] = ("toy",),
    trials: int = 12,
    optimum: float | None = 5.0,
) -> tuple[Plan, dict[str, Facts], dict[Trial, Outcome]]:
    """A plan with histories: the n-th of LABELS has random values above 5 + n/2."""
    arenas = tuple(arena(name) for name in benchmarks)
    contenders = tuple(Contender(label, never, label) for label in labels)
    plan = Plan(arenas, contenders, trials, Protocol(BUDGET), (10, BUDGET))
    headers = {label: {"method": {"name": label, "settings": {}}} for label in labels}
    facts = {one.name: Facts(one, "error, %", optimum, headers) for one in arenas}
    return plan, facts, {trial: history(trial) for trial in plan.all_trials()}


def never(*_: object) -> None:
    msg = "no trial is run here"
    raise AssertionError(msg)


def history(trial: Trial) -> Record:
    place = LABELS.index(trial.contender.label)
    rng = np.random.default_rng([trial.seed, place, sum(map(ord, trial.arena.name))])
    values = np.round(np.maximum(5.0, 5 + place / 2 + rng.normal(2, 1.0, size=BUDGET)), 2)
    return Record(
        tuple(values.tolist()), tuple((values + 1).tolist()), 2.0 + place, 0.5, "budget", {}
    )


def test_numbers_of_a_method() -> None:
    plan, facts, found = made_up()
    report = Report.of(plan, facts, found)
    (result,) = report.benchmarks
    table = np.array(
        [one.values for trial, one in found.items() if trial.contender.label == "slow"]
    )
    regrets = table[:, :10].min(axis=1) - 5
    method = result.methods["slow"]
    point = method.points[10]
    assert point.mean_regret == pytest.approx(regrets.mean())
    assert point.median_regret == pytest.approx(np.median(regrets))
    assert point.found == (regrets == 0).mean()
    assert point.mean_test == pytest.approx(regrets.mean() + 6)
    assert point.interval.low < point.mean_regret < point.interval.high
    assert method.search_seconds.tolist() == [3.0] * 12
    firsts = [next((i + 1 for i, v in enumerate(row) if v == 5), None) for row in table]
    assert method.first_found == firsts
    mean, low, high = method.band()
    assert (low <= mean).all()
    assert (mean <= high).all()
    assert (low[9], high[9]) == pytest.approx((point.interval.low, point.interval.high))


def test_differences_are_paired_and_have_two_sides() -> None:
    plan, facts, found = made_up()
    (result,) = Report.of(plan, facts, found).benchmarks
    (slow,) = [pair for pair in result.pairs[10] if {pair.method, pair.other} == {*LABELS[:2]}]
    mine, theirs = (result.methods[label].regrets[:, 9] for label in LABELS[:2])
    assert slow.mean_difference == pytest.approx((mine - theirs).mean())
    assert slow.wins + slow.ties + slow.losses == slow.trials == 12
    back = result.against("quick_one", 10)["slow"]
    assert (back.method, back.other) == ("slow", "quick_one")
    assert back.mean_difference == -slow.mean_difference
    assert (back.interval.low, back.wins) == (-slow.interval.high, slow.losses)
    assert result.against("slow", 10)["quick_one"] == slow
    assert slow.p <= slow.p_holm


def test_the_order_of_methods_changes_nothing() -> None:
    seen = []
    for labels in permutations(LABELS):
        value = Report.of(*made_up(labels, ("toy", "tiny"))).to_json()
        for result in value["benchmarks"]:
            result["methods"] = dict(sorted(result["methods"].items()))
            for test in result["rank_test"].values():
                test["mean_ranks"] = dict(sorted(test["mean_ranks"].items()))
            pairs = {
                tuple(sorted([one["method"], one["other"]])): (
                    one["trials"],
                    round(abs(one["mean_difference"]), 9),
                    one["ties"],
                    round(one["p_holm"], 9),
                )
                for one in result.pop("pairs")["30"]
            }
            result["pairs"] = dict(sorted(pairs.items()))
            result["rank_test"] = {
                at: {key: rounded(item) for key, item in test.items()}
                for at, test in result["rank_test"].items()
            }
            del result["differences"]
        overall = value["overall"]["30"]
        ranks = dict(sorted(overall["mean_ranks"].items()))
        seen.append((value["benchmarks"], ranks, overall["indistinct"]))
    assert all(one == seen[0] for one in seen)


def rounded(item: object) -> object:
    return round(item, 9) if isinstance(item, float) else item


def test_failed_and_missing_trials_are_told_of() -> None:
    plan, facts, found = made_up()
    trials = [trial for trial in found if trial.contender.label == "slow"]
    found[trials[0]] = Failure("Traceback\nValueError: no\n")
    del found[trials[1]]
    report = Report.of(plan, facts, found)
    (result,) = report.benchmarks
    assert report.missing == 2
    assert result.methods["slow"].failures[0].error == "ValueError: no"
    assert [row.trials for row in rows(result, 10, "quick_one")] == ["12", "10, 1 failed", "12"]
    assert result.rank_tests[10].friedman.blocks == 10
    assert {pair.trials for pair in result.pairs[10]} == {10, 12}
    assert report.to_json()["benchmarks"][0]["methods"]["slow"]["failed"] == {"0": "ValueError: no"}


def test_a_method_without_a_finished_trial_is_left_out_of_the_tests(tmp_path: Path) -> None:
    plan, facts, found = made_up()
    found |= {one: Failure("E: x") for one in found if one.contender.label == "quick_one"}
    report = Report.of(plan, facts, found)
    (result,) = report.benchmarks
    assert set(result.rank_tests[10].mean_ranks) == {"slow", "lucky"}
    assert result.rank_tests[10].friedman.p is None
    assert result.against("quick_one", 10) == {}
    first = rows(result, 10, "quick_one")[0]
    assert first.cells == ("quick_one", "0, 12 failed", *["-"] * 8)
    value = report.write(Folder(tmp_path), {})
    assert value["benchmarks"][0]["methods"]["quick_one"]["seconds"] is None
    assert value["benchmarks"][0]["methods"]["quick_one"]["mean_regret"] == {}


def test_nothing_to_compare() -> None:
    plan, facts, found = made_up()
    with pytest.raises(ValueError, match="no trial was finished"):
        Report.of(plan, facts, {trial: Failure("E: x") for trial in found})


def test_without_a_known_optimum_regrets_start_at_the_best_that_was_found() -> None:
    plan, facts, found = made_up(optimum=None)
    report = Report.of(plan, facts, found)
    (result,) = report.benchmarks
    least = min(min(one.values) for one in found.values() if isinstance(one, Record))
    assert (result.yardstick.value, result.yardstick.is_optimum) == (least, False)
    value = report.to_json()["benchmarks"][0]
    assert (value["optimum"], value["regret_from"]) == (None, least)
    assert value["methods"]["slow"]["found_optimum"] == {"10": None, "30": None}
    assert rows(result, 10, "slow")[0].found == "-"


def test_across_benchmarks() -> None:
    names = [f"b{i}" for i in range(9)]
    report = Report.of(*made_up(benchmarks=names))
    overall = report.overall[30]
    assert overall is not None
    table = np.array(
        [
            [one.methods[label].points[30].mean_regret for label in LABELS]
            for one in report.benchmarks
        ]
    )
    by_hand = (table[:, :, None] >= table[:, None, :]).sum(axis=2).mean(axis=0)
    assert [overall.mean_ranks[label] for label in LABELS] == pytest.approx(by_hand.tolist())
    assert overall.friedman.blocks == len(overall.benchmarks) == 9
    assert overall.critical_difference == pytest.approx(2.343 * np.sqrt(12 / 54), rel=1e-3)
    shown = overall_rows(overall)
    assert [float(rank) for _, rank, _ in shown] == sorted(float(rank) for _, rank, _ in shown)
    assert Report.of(*made_up(benchmarks=names[:1])).overall == {10: None, 30: None}
    assert Report.of(*made_up(LABELS[:1], names)).overall == {10: None, 30: None}


def test_files(tmp_path: Path) -> None:
    report = Report.of(*made_up(benchmarks=("toy", "a:b")))
    value = report.write(Folder(tmp_path), {"command": "nasgoat compare"})
    assert json.loads((tmp_path / "results.json").read_text()) == value
    assert value["command"] == "nasgoat compare"
    assert {"python", "nasgoat", "numpy"} <= set(value["versions"])
    assert {"processor", "cpus", "memory_gib", "system"} == set(value["machine"])
    method = value["benchmarks"][0]["methods"]["slow"]
    for key in (
        "mean_regret",
        "median_regret",
        "interval",
        "found_optimum",
        "mean_test",
        "regrets",
    ):
        assert set(method[key]) == {"10", "30"}
    assert len(method["regrets"]["30"]) == 12
    assert method["seconds"] == 3.0
    for result in report.benchmarks:
        assert plot_path(tmp_path, result).read_bytes().startswith(b"\x89PNG")
    assert plot_path(tmp_path, report.benchmarks[1]).name == "regret-a-b.png"


def test_csv_has_a_line_per_benchmark_checkpoint_and_method() -> None:
    report = Report.of(*made_up(benchmarks=("toy", "tiny")))
    text = csv_text(report.benchmarks, (10, 30), "slow")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 2 * 2 * 3
    assert tuple(lines[0]) == COLUMNS
    first = report.benchmarks[0].methods["quick_one"].points[10]
    assert float(lines[0]["mean_regret"]) == first.mean_regret
    assert float(lines[0]["found_optimum"]) == first.found
    pair = report.benchmarks[0].against("slow", 10)["quick_one"]
    assert float(lines[0]["difference"]) == pair.mean_difference
    assert lines[1]["difference"] == ""


def test_latex_marks_the_best_and_escapes_names() -> None:
    report = Report.of(*made_up())
    text = latex_text(report.benchmarks, (10, 30), "slow")
    assert text.count(r"\begin{tabular}{llllll}") == text.count(r"\end{tabular}") == 1
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert len(body) == 4
    assert {line.count("&") for line in body} == {5}
    assert r"quick\_one & \textbf{" in text
    assert r"error, \%" in text


def test_arenas_of_the_same_name_are_the_same() -> None:
    """Trials are looked up by it."""
    assert Arena("toy", never) == arena()  # type: ignore[arg-type]
