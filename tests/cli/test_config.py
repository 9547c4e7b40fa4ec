"""Files of options: they stand for typed ones, are checked, and each run leaves one behind."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from nasgoat.cli import app
from nasgoat.cli.config import TYPED_ONLY, settings_of, write_config
from tests.cli.calls import answer, nasgoat

SMALL = {"benchmark": "nasbench-graph:proteins", "method": "random", "budget": 12}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files lie in a directory of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    monkeypatch.setenv("COLUMNS", "400")


def header(folder: str) -> str:
    """What a journal says that its run was."""
    return Path(folder, "journal.jsonl").read_text().splitlines()[0]


def written(**values: Any) -> str:
    """The name of a file with these options."""
    named = {key.replace("_", "-"): value for key, value in values.items()}
    Path("some.yaml").write_text(yaml.safe_dump(named), encoding="utf-8")
    return "some.yaml"


@pytest.mark.parametrize("command", ["run", "compare", "solve"])
def test_every_option_can_be_set(command: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    names = {option.name for option in commands[command].params if option.name != "help"}
    settings = settings_of(commands[command]).values()
    assert {one.parameter for one in settings} == names - set(TYPED_ONLY)


def test_a_file_stands_for_what_is_typed() -> None:
    typed = answer("run", *(word for key in SMALL for word in (f"--{key}", str(SMALL[key]))))
    assert answer("run", "--config", written(**SMALL))["history"] == typed["history"]


def test_typed_options_outweigh_the_file() -> None:
    found = answer("run", "--config", written(**SMALL, seed=3), "--budget", "5")
    assert (found["evaluations"], found["seed"]) == (5, 3)


def test_a_run_leaves_a_file_that_repeats_it() -> None:
    values = SMALL | {"method": "nasbowl", "initial": 10, "set": {"pool": 20}, "on_failure": "skip"}
    first = answer("run", "--config", written(**values), "--out", "first")
    saved = yaml.safe_load(Path("first/config.yaml").read_text())
    assert saved["set"] == {"initial": 10, "pool": 20, "depth": 3, "transform": "log"}
    assert saved["on-failure"] == "skip"
    again = answer("run", "--config", "first/config.yaml", "--out", "again")
    assert again["history"] == first["history"]
    assert header("first") == header("again")


def test_the_main_method_is_repeated_with_all_its_settings() -> None:
    values = SMALL | {"method": "goat", "initial": 6, "budget": 7, "kernel": "exponential"}
    answer("run", "--config", written(**values), "--out", "first")
    answer("run", "--config", "first/config.yaml", "--out", "again")
    assert header("first") == header("again")


def test_a_comparison_leaves_a_file_that_goes_on_with_it() -> None:
    values = {
        "benchmark": SMALL["benchmark"],
        "methods": "random",
        "trials": 2,
        "budget": 11,
        "initial": 10,
    }
    first = answer("compare", "--config", written(**values), "--out", "there")
    again = answer("compare", "--config", "there/config.yaml", "--out", "there")
    assert again["benchmarks"] == first["benchmarks"]
    assert again["command"] == first["command"].replace(" --initial", " --checkpoints 11 --initial")


def test_a_refused_run_leaves_the_file_of_the_other_one() -> None:
    answer("run", "--config", written(**SMALL), "--out", "there")
    before = Path("there/config.yaml").read_text()
    refused = nasgoat("run", "--config", written(**SMALL, seed=1), "--out", "there", "--resume")
    assert refused.exit_code == 1
    assert Path("there/config.yaml").read_text() == before


def test_numbers_stand_for_texts_where_they_are_asked_for() -> None:
    assert answer("solve", "--config", written(nodes=4, observations=5, k=2))["optima"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bugdet": 3}, "there is no option 'bugdet'; there are: budget"),
        ({"budget": "many"}, "budget must be a whole number from 1, got 'many'"),
        ({"budget": 0}, "budget must be a whole number from 1, got 0"),
        ({"batch": 2.5}, "batch must be a whole number from 1, got 2.5"),
        ({"gap": 0.9}, "gap must be a number from 0 to 0.5, got 0.9"),
        ({"noisy": "maybe"}, "noisy must be true or false, got 'maybe'"),
        ({"method": ["a"]}, "method must be a text, got ['a']"),
        ({"set": "pool=3"}, "set must be a mapping of the method's options"),
        ({"json": True}, "there is no option 'json'"),
        ({"budget": 0, "batch": 0}, "got 0; batch must be"),
    ],
)
def test_what_a_file_may_not_hold(values: dict[str, Any], words: str) -> None:
    result = nasgoat("run", "--config", written(**values))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "some.yaml" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n", "holds a list"),
        ("b: 1\na: [", "some.yaml is no YAML in line 2, column 5: "),
        ("a: 'b", "is no YAML in line 1"),
        ("a: \x00", "is no YAML: "),
    ],
)
def test_files_that_are_no_mapping(text: str, words: str) -> None:
    Path("some.yaml").write_text(text, encoding="utf-8")
    result = nasgoat("run", "--config", "some.yaml")
    assert result.exit_code == 2
    assert words in result.stderr
    assert "No such file" in nasgoat("run", "--config", "none.yaml").stderr


def test_an_empty_file_sets_nothing() -> None:
    Path("some.yaml").write_text("# nothing\n", encoding="utf-8")
    budget = ("--benchmark", str(SMALL["benchmark"]), "--method", "random", "--budget", "3")
    assert answer("run", "--config", "some.yaml", *budget)["evaluations"] == 3


def test_what_is_not_set_is_not_written(tmp_path: Path) -> None:
    write_config(tmp_path / "c.yaml", "run", {"budget": 3, "seed": None})
    assert yaml.safe_load((tmp_path / "c.yaml").read_text()) == {"budget": 3}
