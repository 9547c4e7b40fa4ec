"""docs/models.md names what there is."""

import tomllib
from typing import Any

from nasgoat.search.options import options_of
from nasgoat_models.commands.typed import audit, train
from nasgoat_models.ngae.settings import NgaeSettings
from tests.test_readme import ROOT, commands, rows

GUIDE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")


def declared(group: str) -> dict[str, Any]:
    """Entry points of the package by name."""
    text = (ROOT / "models" / "pyproject.toml").read_text(encoding="utf-8")
    points: dict[str, Any] = tomllib.loads(text)["project"]["entry-points"][group]
    return points


def test_methods_and_commands_are_those_declared() -> None:
    described = {row[0].strip("`") for row in rows(GUIDE, "method", "from", "proposes")}
    assert "ngae" in described <= set(declared("nasgoat.methods"))
    assert {"train": train, "audit": audit}.keys() == declared("nasgoat.commands").keys()


def test_options_of_ngae_have_the_defaults_that_are_told() -> None:
    told = {
        name.strip("`"): default.strip("`")
        for name, default, _ in rows(GUIDE, "option", "default", "meaning")
    }
    assert told == {name: str(option.default) for name, option in options_of(NgaeSettings).items()}


def test_commands_have_the_flags_that_are_typed() -> None:
    for call in commands(GUIDE, "nasgoat"):
        if call[0] in ("train", "audit"):
            function = {"train": train, "audit": audit}[call[0]]
            flags = {word[2:] for word in call if word.startswith("--")}
            assert flags <= set(function.__annotations__)
