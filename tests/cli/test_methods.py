"""Search methods on the command line: which there are, and how their options are typed."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from nasgoat.cli.app import run
from nasgoat.search import GoatSettings, method_names
from nasgoat.search.options import options_of
from tests.cli.calls import answer, nasgoat

PROTEINS = ("run", "--benchmark", "nasbench-graph:proteins")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default output directories are made in a place of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def header(run: dict[str, Any]) -> dict[str, Any]:
    """The first line of a run's journal."""
    settings: dict[str, Any] = json.loads(Path(run["journal"]).read_text().splitlines()[0])
    return settings["method"]["settings"]


def asks(run: dict[str, Any]) -> list[int]:
    """How many graphs each ask of a run's journal brought."""
    lines = [json.loads(line) for line in Path(run["journal"]).read_text().splitlines()]
    return [len(line["proposals"]) for line in lines if line["kind"] == "ask"]


def test_methods_are_listed() -> None:
    listed = {one["name"]: one for one in answer("methods")["methods"]}
    assert list(listed) == method_names()
    assert listed["evolution"]["options"]["retire"] == {
        "meaning": "one of oldest, worst",
        "default": "oldest",
        "fixed": False,
    }
    assert listed["nasbowl-2021"]["options"]["pool"]["fixed"]
    assert (listed["nasbowl-2021"]["batch"], listed["nasbowl-2021"]["budget"]) == (5, 160)
    text = nasgoat("methods").stdout
    assert all(name in text for name in method_names())
    assert "retire=oldest" in text
    assert "! pool=200" in text


def test_defaults_in_the_help_are_those_of_goat() -> None:
    typed = inspect.signature(run).parameters
    options = options_of(GoatSettings)
    assert typed["initial"].default is None  # each method's own
    for name in (set(typed) & set(options)) - {"initial"}:
        assert typed[name].default == options[name].default, name
    assert set(options) - set(typed) == {"noise", "pool"}


@pytest.mark.parametrize("method", ["gp-bayesopt", "nasbot", "nasbot-degrees", "nasbowl", "tpe"])
def test_rivals_run(method: str) -> None:
    found = answer(*PROTEINS, "--method", method, "--initial", "4", "--budget", "8")
    assert found["method"] == method
    assert found["evaluations"] == 8
    assert header(found)["initial"] == 4


def test_options_are_set_and_outweigh_flags() -> None:
    found = answer(
        *(*PROTEINS, "--method", "evolution", "--budget", "6"),
        *("--set", "population=5", "--set", "tournament=2", "--set", "retire=worst"),
    )
    assert header(found) == {
        "kind": "Evolution",
        "population": 5,
        "tournament": 2,
        "retire": "worst",
    }
    found = answer(
        *(*PROTEINS, "--method", "random", "--budget", "3", "--initial", "3", "--set", "initial=2")
    )
    assert header(found)["initial"] == 2


@pytest.mark.slow  # fits by TensorFlow, whose import takes as long as all other tests here
@pytest.mark.parametrize("optimizer", ["pool", "local-search"])
def test_goat_without_proof(optimizer: str) -> None:
    found = answer(*PROTEINS, "--optimizer", optimizer, "--initial", "5", "--budget", "7")
    assert [one["optimizer"] for one in found["certificates"]] == [optimizer] * 2
    assert all(one["gap"] is None for one in found["certificates"])


def test_a_protocol_sets_batch_and_budget() -> None:
    protocol = (*PROTEINS, "--method", "nasbowl-2021")
    assert asks(answer(*protocol, "--budget", "22")) == [5, 5, 5, 5, 2]
    assert asks(answer(*protocol, "--budget", "14", "--batch", "7")) == [7, 3, 4]


@pytest.mark.slow
def test_the_budget_of_a_protocol() -> None:
    assert answer(*PROTEINS, "--method", "nasbowl-2021")["evaluations"] == 160


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--method", "random", "--kernel", "linear"), "'kernel'; there are: initial"),
        (("--method", "evolution", "--initial", "3"), "retire, population, tournament"),
        (("--method", "nasbowl", "--set", "pol=3"), "'pol'; there are: pool"),
        (("--method", "nasbowl", "--set", "pool=many"), "pool is a whole number, got 'many'"),
        (("--method", "nasbowl", "--set", "pool"), "key=value, got 'pool'"),
        (("--method", "nasgoat-2025", "--acquisition", "ei"), "nasgoat-2025 fixes acquisition=lcb"),
    ],
)
def test_options_that_a_method_does_not_have(arguments: tuple[str, ...], words: str) -> None:
    result = nasgoat(*PROTEINS, *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr.replace("\n", " ")
    assert not Path("runs").exists()
