"""What is installed: lists, the doctor, completion, and errors nobody foresaw."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from nasgoat.cli import app, doctor
from nasgoat.cli.listed import ABOUT
from nasgoat.search.lineup import MISSING
from nasgoat.solve import SOLVERS, solver_states, states
from nasgoat.spaces import nasbench101
from nasgoat.tabular import benchmark_names
from nasgoat.tabular.header import PRESETS
from tests.cli.calls import answer, nasgoat
from tests.test_readme import ROOT


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No tables lie around."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NASGOAT_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow takes its time: its check has a test of its own."""
    monkeypatch.setattr(doctor, "_gpflow", lambda: iter(()))


@pytest.fixture
def without_gurobi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the package."""
    monkeypatch.setitem(sys.modules, "gurobipy", None)


def findings(status: int = 0) -> dict[str, dict[str, str]]:
    return {one["part"]: one for one in answer("doctor", status=status)["findings"]}


def test_the_solvers_are_those_of_the_command_line() -> None:
    assert [one["name"] for one in answer("solvers")["solvers"]] == list(SOLVERS)
    for state in solver_states():
        assert state.usable == (state.version is not None)


def test_a_solver_that_is_not_installed(without_gurobi: None) -> None:
    (state,) = [one for one in solver_states() if one.name == "gurobi"]
    assert (state.version, state.usable) == (None, False)
    assert state.advice == "pip install 'nasgoat[gurobi]'"
    assert "not installed" in nasgoat("solvers").stdout


def test_a_solver_that_is_missing_is_refused_before_the_first_evaluation(
    without_gurobi: None,
) -> None:
    result = nasgoat("run", "--solver", "gurobi", "--out", "there")
    assert result.exit_code == 1
    assert "needs the package gurobipy" in result.stderr
    assert not Path("there").exists()


class Error(Exception):
    def __init__(self, errno: int) -> None:
        super().__init__("no licence")
        self.errno = errno


class Gurobi:
    """As much of gurobipy as a licence shows itself in."""

    GurobiError = Error

    def __init__(self, expires: int, errno: int | None, *, closed: bool = False) -> None:
        self.LicenseExpiration, self.errno, self.closed = expires, errno, closed
        self.asked = 0

    def Env(self, params: Any) -> "Gurobi":
        if self.closed:
            raise Error(10009)
        return self

    def Model(self, env: Any) -> "Gurobi":
        return self

    def __enter__(self) -> "Gurobi":
        return self

    def __exit__(self, *_: object) -> None: ...

    def addMVar(self, count: int) -> Any:
        self.asked = count
        return self

    def sum(self) -> int:
        return 0

    def setObjective(self, _: object) -> None: ...

    def optimize(self) -> None:
        assert self.asked == 2001
        if self.errno is not None:
            raise Error(self.errno)


@pytest.mark.parametrize(
    ("package", "words", "usable"),
    [
        (Gurobi(20301231, 10010), "size-limited, 2,000 variables and rows, until 2030-12-31", True),
        (Gurobi(20301231, None), "full licence, until 2030-12-31", True),
        (Gurobi(99999999, None), "full licence", True),
        (Gurobi(0, None, closed=True), "refused: no licence", False),
    ],
)
def test_licences_of_gurobi(
    package: Gurobi, words: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "gurobipy", lambda: package)
    licence, works, advice = states._gurobi_licence()  # noqa: SLF001
    assert (licence, works) == (words, usable)
    assert bool(advice) == (package.errno is not None or package.closed)


def test_the_spaces_are_all_that_tables_can_name() -> None:
    found = {one["name"]: one for one in answer("spaces")["spaces"]}
    assert set(found) == set(PRESETS) == set(ABOUT)
    assert found["darts"]["edge_labels"][0] == "max_pool_3x3"


@pytest.mark.parametrize("name", ["nasbench201", "nasbench-macro"])
def test_the_sizes_of_spaces_are_true(name: str) -> None:
    assert ABOUT[name].architectures == f"{PRESETS[name]().size():,}"


@pytest.mark.slow
def test_the_sizes_of_larger_spaces_are_true() -> None:
    assert ABOUT["nasbench-graph"].architectures == f"{PRESETS['nasbench-graph']().size():,}"
    assert ABOUT["nasbench101"].architectures.startswith(f"{nasbench101(range(2, 8)).size():,}")


def test_the_benchmarks_are_all_that_have_a_name() -> None:
    found = {one["name"]: one for one in answer("benchmarks")["benchmarks"]}
    assert list(found) == benchmark_names()
    assert found["nasbench-graph:cora"]["here"]
    assert not found["nasbench201:cifar10"]["here"]
    assert found["nasbench201:cifar10"]["get"] == "nasgoat data info nasbench201"


def test_the_doctor_on_a_machine_without_gurobi_and_data(quick: None, without_gurobi: None) -> None:
    found = findings()
    assert found["solver highs"]["state"] == "ok"
    assert "proves a small optimum" in found["solver highs"]["text"]
    assert found["solver gurobi"]["state"] == "absent"
    assert "nasgoat[gurobi]" in found["solver gurobi"]["advice"]
    assert found["data directory"]["state"] == "absent"
    assert "nasgoat data list" in found["data directory"]["advice"]
    assert found["data nasbench-graph"]["state"] == "ok"


def test_the_doctor_finds_a_solver_that_errs(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    state = states.SolverState("highs", "0", "-", usable=True)
    monkeypatch.setattr(doctor, "solver_states", lambda: [state])
    monkeypatch.setattr(doctor, "AUDIT_TOL", -1.0)  # nothing is as close as that
    found = findings(status=1)
    assert found["solver highs"]["state"] == "broken"
    assert "1 checks failed" in nasgoat("doctor").stdout


def test_the_doctor_compares_versions(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.importlib.metadata.version
    old = {"numpy": "1.20.0"}
    monkeypatch.setattr(
        doctor.importlib.metadata, "version", lambda name: old.get(name) or real(name)
    )
    packages = findings(status=1)["packages"]
    assert packages["state"] == "broken"
    assert "numpy is 1.20.0, not <2,>=1.26" in packages["text"]


def test_the_doctor_knows_every_extra() -> None:
    extras = doctor.importlib.metadata.metadata("nasgoat").get_all("Provides-Extra")
    tools = {"all", "dev", "docs", "notebooks"}  # no command needs them
    assert set(extras) - tools == {*doctor.EXTRAS, "gurobi", "scip"}
    with (ROOT / "models" / "pyproject.toml").open("rb") as file:
        points = tomllib.load(file)["project"]["entry-points"]["nasgoat.methods"]
    assert set(points) == set(MISSING)


def test_help_keeps_its_brackets() -> None:
    assert "[label=]name[:key=value,...]" in nasgoat("compare", "--help").stdout
    assert "<bool>" not in nasgoat("run", "--help").stdout.replace(
        "--help            -h      <bool>", ""
    )


@pytest.mark.slow
def test_the_doctor_trains_with_gpflow() -> None:
    assert findings()["GPflow"]["state"] == "ok"


def test_help_has_an_example_for_every_command() -> None:
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    for name, command in commands.pop("data").commands.items():
        commands[f"data {name}"] = command
    for name, command in commands.items():
        assert f"Example: nasgoat {name}" in (command.help or ""), name


def test_a_shell_can_complete_names() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from nasgoat.cli import app; app(prog_name='nasgoat')"],
        env=os.environ
        | {
            "_NASGOAT_COMPLETE": "complete_bash",
            "COMP_WORDS": "nasgoat run --method nasb",
            "COMP_CWORD": "3",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert {"nasbot", "nasbowl"} <= set(done.stdout.split())
    assert "random" not in done.stdout


def test_errors_that_nobody_foresaw_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        msg = "out of order"
        raise RuntimeError(msg)

    monkeypatch.setattr("nasgoat.cli.listed.solver_states", broken)
    result = nasgoat("solvers")
    assert result.exit_code == 1
    assert result.stderr == (
        "error: RuntimeError: out of order (unexpected; --debug shows where)\n"
    )
    assert isinstance(nasgoat("solvers", "--debug").exception, RuntimeError)


def test_no_colours_where_no_terminal_is() -> None:
    assert "\x1b[" not in nasgoat("solvers").output
    assert "\x1b[" not in nasgoat("run", "--benchmark", "nope").output
