"""The command line: what goes where, what it says of errors, and that runs can be resumed.

In-process calls share one import of TensorFlow; subprocesses are for signals and real streams.
"""

import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import answer, nasgoat, one_object

PROTEINS = ("--benchmark", "nasbench-graph:proteins")  # the smallest table: 2,021 rows
RANDOM = (*PROTEINS, "--method", "random")
RUN_FIELDS = {
    "benchmark",
    "method",
    "seed",
    "evaluations",
    "best_value",
    "best_graph",
    "test_value",
    "optimum",
    "regret",
    "history",
    "certificates",
    "seconds",
}
CERTIFICATE_FIELDS = {
    "value",
    "lower_bound",
    "gap",
    "status",
    "seconds",
    "solver",
    "optimizer",
    "effort",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default output directories are made in a place of their own, and no table lies around."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def refusal(*arguments: str) -> str:
    """The one line on stderr of a call that is refused."""
    result = nasgoat(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def without_times(summary: dict[str, Any]) -> dict[str, Any]:
    """What two equal runs agree on."""
    kept = {
        key: value for key, value in summary.items() if key not in {"seconds", "journal", "plot"}
    }
    timeless = [
        {key: value for key, value in one.items() if key != "seconds"}
        for one in summary["certificates"]
    ]
    return {**kept, "certificates": timeless}


def test_json_of_a_random_run() -> None:
    found = answer("run", *RANDOM, "--budget", "12", "--seed", "3", "--out", "here")
    assert found.keys() >= RUN_FIELDS
    assert (found["benchmark"], found["method"]) == ("nasbench-graph:proteins", "random")
    assert (found["seed"], found["evaluations"], found["stopped"]) == (3, 12, "budget")
    assert found["history"] == sorted(found["history"], reverse=True)
    assert found["history"][-1] == found["best_value"]
    assert len(found["history"]) == 12
    assert found["regret"] == pytest.approx(found["best_value"] - found["optimum"])
    assert found["certificates"] == []
    assert found["best_graph"]["n"] == 6
    seconds = found["seconds"]
    assert seconds["total"] == pytest.approx(sum(v for k, v in seconds.items() if k != "total"))
    assert answer("run", *RANDOM, "--budget", "12", "--seed", "4")["history"] != found["history"]


def test_json_of_a_certified_run_and_its_pause(tmp_path: Path) -> None:
    arguments = ("run", *PROTEINS, "--initial", "6", "--out")
    straight = answer(*arguments, "one", "--budget", "9")
    assert answer(*arguments, "two", "--budget", "7")["evaluations"] == 7
    resumed = answer(*arguments, "two", "--budget", "9", "--resume")
    assert without_times(resumed) == without_times(straight)
    assert len(straight["certificates"]) == 3
    for certificate in straight["certificates"]:
        assert certificate.keys() == CERTIFICATE_FIELDS
        assert certificate["optimizer"] == certificate["solver"] == "exhaustive"  # auto says which
        assert certificate["gap"] == 0
    assert {"load", "fit", "build", "solve", "evaluate", "total"} <= straight["seconds"].keys()
    assert is_picture(Path(straight["plot"]))
    lines = Path(straight["journal"]).read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["study"] + ["ask", "tell"] * 9


def test_a_solver_means_the_mip_and_agrees_with_exhaustive_search() -> None:
    found = answer(
        *("run", *PROTEINS, "--initial", "6", "--budget", "8", "--batch", "2"),
        *("--solver", "highs", "--check-exhaustive"),
    )
    assert [one["optimizer"] for one in found["certificates"]] == ["mip", "mip"]
    assert all(one["solver"].startswith("highs ") for one in found["certificates"])
    assert all(0 <= one["gap"] <= 1e-4 for one in found["certificates"])
    checked = found["checked_by_exhaustive"]
    assert checked["proposals"] == 2
    assert checked["worst"] <= 1e-4


def test_only_optima_of_acquisition_functions_are_checked() -> None:
    result = nasgoat("run", *RANDOM, "--budget", "3", "--check-exhaustive")
    assert result.exit_code != 0
    assert "random has none to compare" in result.stderr


def test_the_text_of_a_run_names_files_and_regret() -> None:
    result = nasgoat("run", *RANDOM, "--budget", "3", "--out", "here")
    assert result.exit_code == 0
    for words in ("best of 3 evaluations", "regret", "here/regret.png", "here/journal.jsonl"):
        assert words in result.stdout
    assert "initial" in result.stderr  # progress is not part of the result


@pytest.mark.slow
def test_a_space_that_is_exhausted_ends_the_run() -> None:
    found = answer("run", *RANDOM, "--budget", "3000", "--batch", "500", "--initial", "2021")
    assert found["stopped"] == "exhausted"
    assert found["evaluations"] == 2021
    assert found["regret"] == 0


def is_picture(path: Path) -> bool:
    """Whether a PNG file is whole: signature, check sums of all chunks, some size."""
    data, at, kinds = path.read_bytes(), 8, []
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 4 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(body)
        kinds.append(kind)
        at += 12 + length
    width, height = struct.unpack(">II", data[16:24])
    return kinds[0] == b"IHDR" and kinds[-1] == b"IEND" and min(width, height) > 300


@pytest.mark.parametrize("acquisition", ["lcb", "mean", "thompson"])
def test_solve_is_the_same_by_mip_and_by_listing(acquisition: str) -> None:
    problem = ("solve", "--nodes", "4,5", "--observations", "12", "--acquisition", acquisition)
    listed = answer(*problem)
    solved = answer(*problem, "--solver", "highs")
    assert listed["certificate"]["optimizer"] == "exhaustive"
    assert solved["certificate"]["optimizer"] == "mip"
    assert solved["certificate"]["value"] == pytest.approx(listed["certificate"]["value"], abs=1e-4)
    for found in (listed, solved):
        assert found.keys() == {"graph", "certificate", "seconds"}
        assert found["certificate"].keys() == CERTIFICATE_FIELDS
        assert found["certificate"]["gap"] <= 1e-4
        assert found["seconds"] >= found["certificate"]["seconds"] > 0


def test_solve_finds_the_k_best() -> None:
    problem = ("solve", "--nodes", "4", "--observations", "8", "-k", "3")
    listed, solved = answer(*problem), answer(*problem, "--optimizer", "mip")
    for found in (listed, solved):
        assert found["optima"][0] == {key: found[key] for key in ("graph", "certificate")}
        assert len(found["optima"]) == 3
        values = [one["certificate"]["value"] for one in found["optima"]]
        assert values == sorted(values)
    for one, other in zip(listed["optima"], solved["optima"], strict=True):
        difference = one["certificate"]["value"] - other["certificate"]["value"]
        assert abs(difference) <= 1e-4


def test_the_seed_decides_what_solve_solves() -> None:
    problem = ("solve", "--nodes", "4", "--observations", "8", "--seed")
    first, again, other = (answer(*problem, seed) for seed in ("1", "1", "2"))
    assert first["certificate"]["value"] == again["certificate"]["value"]
    assert first["certificate"]["value"] != other["certificate"]["value"]


@pytest.mark.parametrize("space", ["nasbench201", "nasbench-graph"])
def test_solve_knows_every_space(space: str) -> None:
    result = nasgoat("solve", "--space", space, "--observations", "10", "--kernel", "exponential")
    assert result.exit_code == 0
    assert "optimal, gap 0.0e+00" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("command", "option", "known"),
    [
        ("run", "--benchmark", "nasbench-graph:cora"),
        ("run", "--method", "local-search"),
        ("run", "--kernel", "exponential"),
        ("run", "--optimizer", "exhaustive"),
        ("run", "--solver", "highs"),
        ("run", "--acquisition", "thompson"),
        ("run", "--transform", "log-clip"),
        ("run", "--batch-rule", "top-k"),
        ("solve", "--space", "nasbench201"),
        ("solve", "--kernel", "exponential"),
        ("solve", "--optimizer", "exhaustive"),
        ("solve", "--solver", "highs"),
        ("solve", "--acquisition", "thompson"),
    ],
)
def test_unknown_names_list_the_known_ones(command: str, option: str, known: str) -> None:
    small = PROTEINS if command == "run" and option != "--benchmark" else ()
    line = refusal(command, *small, option, "nothing-like-it")
    assert "'nothing-like-it'" in line
    assert known in line


def test_debug_shows_where_it_went_wrong() -> None:
    result = nasgoat("run", "--benchmark", "nope", "--debug")
    assert type(result.exception).__name__ == "UnknownNameError"
    assert result.exit_code == 1


def test_a_missing_table_says_what_to_do() -> None:
    line = refusal("run", "--benchmark", "nasbench201:cifar10")
    for words in ("nasbench201.parquet", "--data", "NASGOAT_DATA", "nasgoat data list"):
        assert words in line
    line = refusal("run", "--benchmark", "nasbench201:cifar10", "--data", "here")
    assert re.search(r"which is not in \S*/here;", line)


def test_what_the_mip_cannot_do_is_said() -> None:
    line = refusal(
        *("solve", "--nodes", "4", "--optimizer", "mip"),
        *("--kernel", "exponential", "--acquisition", "thompson"),
    )
    assert "needs a linear kernel" in line


@pytest.mark.parametrize("nodes", ["x", "1", "7-5", "5,", "-3"])
def test_node_counts_that_make_no_sense(nodes: str) -> None:
    assert "--nodes" in refusal("solve", f"--nodes={nodes}")


def test_nodes_are_for_nasbench101() -> None:
    assert "--nodes" in refusal("solve", "--space", "nasbench201", "--nodes", "4")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--budget", "0"),
        ("run", "--budget", "many"),
        ("run", "--batch", "0"),
        ("run", "--initial", "0"),
        ("run", "--seed", "-1"),
        ("run", "--beta", "-1"),
        ("run", "--gap", "0.9"),
        ("run", "--time-limit", "0"),
        ("solve", "--threads", "0"),
        ("solve", "-k", "0"),
        ("solve", "--observations", "0"),
        ("solve", "--no-such-option"),
        ("no-such-command",),
    ],
)
def test_values_that_an_option_cannot_take(arguments: tuple[str, ...]) -> None:
    result = nasgoat(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr
    assert arguments[-2 if len(arguments) == 3 else -1].lstrip("-") in result.stderr


@pytest.mark.parametrize("beta", ["inf", "nan"])
def test_beta_is_finite(beta: str) -> None:
    result = nasgoat("solve", "--nodes", "4", "--beta", beta)
    assert result.exit_code in {1, 2}
    assert "beta" in result.stderr


def test_a_journal_is_resumed_on_purpose_only() -> None:
    run = ("run", *RANDOM, "--out", "here", "--budget")
    before = answer(*run, "4")
    assert "--resume" in refusal(*run, "6")
    assert answer(*run, "6", "--resume")["history"][:4] == before["history"]
    assert answer(*run, "6", "--resume")["evaluations"] == 6  # nothing left to do


def test_resuming_needs_a_journal() -> None:
    assert "--out" in refusal("run", *RANDOM, "--resume")
    assert "no journal" in refusal("run", *RANDOM, "--resume", "--out", "nowhere")
    assert not Path("nowhere").exists()


def test_a_run_is_not_resumed_as_another_one() -> None:
    answer("run", *RANDOM, "--out", "here", "--budget", "3")
    resume = ("run", *RANDOM, "--out", "here", "--budget", "5", "--resume")
    assert "seed is 0 there, 1 here" in refusal(*resume, "--seed", "1")
    assert "initial" in refusal(*resume, "--initial", "2")
    assert "benchmark" in refusal(*resume, "--benchmark", "nasbench-graph:cora")


def test_a_damaged_journal_is_left_alone() -> None:
    answer("run", *RANDOM, "--out", "here", "--budget", "3")
    journal = Path("here/journal.jsonl")
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([*lines[:2], lines[2].replace("value", "vlaue"), *lines[3:]]))
    damaged = journal.read_bytes()
    line = refusal("run", *RANDOM, "--out", "here", "--budget", "5", "--resume")
    assert "line 3" in line
    assert journal.read_bytes() == damaged


def started(*arguments: str) -> "subprocess.Popen[str]":
    """The program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from nasgoat.cli import app; app()", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"COLUMNS": "100"},
    )


@pytest.mark.parametrize(
    ("benchmark", "method"),
    [
        ("nasbench-graph:cora", "random"),
        pytest.param("nasbench-graph:proteins", "goat", marks=pytest.mark.slow),
    ],
)
def test_ctrl_c_keeps_what_was_found(benchmark: str, method: str) -> None:
    run = ("run", "--benchmark", benchmark, "--method", method, "--initial", "6", "--seed", "5")
    process = started(*run, "--budget", "2000", "--out", "here", "--json")
    journal = Path("here/journal.jsonl")
    deadline = time.monotonic() + 120
    while not (journal.exists() and journal.read_text().count('"tell"') >= 8):  # past the design
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    found = one_object(stdout)
    assert found["stopped"] == "interrupted"
    assert 8 <= found["evaluations"] < 2000
    assert is_picture(Path(found["plot"]))
    assert "Traceback" not in stderr
    assert "--resume --out here" in stderr.replace("\n", " ")
    more = ("--budget", str(found["evaluations"] + 1))
    resumed = answer(*run, *more, "--out", "here", "--resume")
    assert without_times(resumed) == without_times(answer(*run, *more))


def test_streams_errors_and_speed_of_the_help() -> None:
    began = time.perf_counter()
    stdout, stderr = (process := started("--help")).communicate(timeout=60)
    seconds = time.perf_counter() - began
    assert (process.returncode, stderr) == (0, "")
    assert "run" in stdout
    assert "solve" in stdout
    assert seconds < 30  # 2 s on an idle machine; TensorFlow would take ten more
    stdout, stderr = (process := started("run", "--benchmark", "nope")).communicate(timeout=60)
    assert (process.returncode, stdout) == (1, "")
    assert stderr.startswith("error: there is no benchmark 'nope'")
    assert stderr.count("\n") == 1


def test_the_version() -> None:
    result = nasgoat("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("nasgoat ")
