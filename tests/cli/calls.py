"""Calls of the program in the process of the tests."""

import json
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from nasgoat.cli import app


def nasgoat(*arguments: object, **environment: str) -> Result:
    """Call the program; stdout and stderr apart."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def answer(*arguments: object, status: int = 0) -> dict[str, Any]:
    """The JSON object of a call that ends with a status."""
    result = nasgoat(*arguments, "--json")
    assert result.exit_code == status, result.stderr
    return one_object(result.stdout)


def one_object(stdout: str) -> dict[str, Any]:
    """Exactly one JSON object on one line."""
    assert stdout.count("\n") == 1
    assert stdout.endswith("\n")
    value = json.loads(stdout, parse_constant=pytest.fail)  # NaN and Infinity are no JSON
    assert isinstance(value, dict)
    return value
