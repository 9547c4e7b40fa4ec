"""Commands that other packages bring."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest
import typer

from nasgoat.cli import plugins
from tests.cli.calls import nasgoat


def greet(name: str, loud: bool = False) -> None:
    """Greet somebody."""
    typer.echo(f"HELLO {name}" if loud else f"hello {name}")


def impostor() -> None:
    """Stand in for a command of nasgoat."""
    raise AssertionError


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points as packages would declare them."""
    points = EntryPoints(
        [
            EntryPoint("greet", f"{__name__}:greet", plugins.GROUP),
            EntryPoint("methods", f"{__name__}:impostor", plugins.GROUP),
            EntryPoint("broken", "no_such_package:command", plugins.GROUP),
        ]
    )
    monkeypatch.setattr(EntryPoint, "load", lambda point: _loaded(point.value))
    monkeypatch.setattr(plugins, "entry_points", lambda group: points.select(group=group))


def _loaded(value: str) -> object:
    module, _, name = value.partition(":")
    if module != __name__:
        raise ModuleNotFoundError(module)
    return globals()[name]


def test_a_command_of_another_package_runs() -> None:
    result = nasgoat("greet", "goat", "--loud")
    assert (result.exit_code, result.stdout) == (0, "HELLO goat\n")


def test_it_has_help() -> None:
    result = nasgoat("greet", "--help")
    assert result.exit_code == 0
    assert "Greet somebody." in result.stdout


def test_help_lists_commands_and_warns_of_broken_ones() -> None:
    with pytest.warns(UserWarning, match="'broken' of no_such_package:command cannot be loaded"):
        result = nasgoat("--help")
    assert result.exit_code == 0
    assert "greet" in result.stdout
    assert result.stdout.index("methods") < result.stdout.index("greet")


def test_commands_of_nasgoat_cannot_be_replaced() -> None:
    result = nasgoat("methods", "--help")
    assert "All search methods" in result.stdout


def test_a_broken_command_is_refused() -> None:
    with pytest.warns(UserWarning, match="repair or uninstall"):
        result = nasgoat("broken")
    assert result.exit_code == 2
    assert "No such command" in result.stderr
