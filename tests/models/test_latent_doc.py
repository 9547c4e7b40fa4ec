"""docs/latent.md names options and experiments that exist, with their defaults."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the experiments need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")

from benchmarks.latent.__main__ import EXPERIMENTS
from nasgoat.search.options import checked
from nasgoat_models.crlso.settings import CrLsoSettings
from nasgoat_models.grabnas.settings import GrabNasSettings
from tests.test_readme import ROOT, commands, rows

TEXT = (Path(ROOT) / "docs" / "latent.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))
SETTINGS: dict[str, type[Any]] = {"cr-lso": CrLsoSettings, "grab-nas": GrabNasSettings}


@pytest.mark.parametrize(
    ("title", "settings"), [("CR-LSO", CrLsoSettings), ("GraB-NAS", GrabNasSettings)]
)
def test_options_are_described_with_their_defaults(title: str, settings: type[Any]) -> None:
    defaults = {
        field.name: field.default
        for field in dataclasses.fields(settings)
        if field.metadata.get("journal", True)
    }
    told = {}
    for names, values, _ in rows(SECTIONS[title], "option", "default", "meaning"):
        for name, value in zip(names.split(", "), values.split(", "), strict=True):
            told[name.strip("`")] = value.strip("`")
    known = set(defaults) - {"initial", "transform"}
    assert known <= set(told) <= set(defaults)
    for name, value in told.items():
        assert value == str(defaults[name]).lower(), name


def test_commands_name_options_that_exist() -> None:
    for call in commands(TEXT, "nasgoat"):
        pairs = dict(call[i + 1].split("=", 1) for i, word in enumerate(call) if word == "--set")
        name = call[call.index("--method") + 1]
        assert set(checked(SETTINGS[name], name, pairs)) == set(pairs)


def test_experiments_are_described() -> None:
    assert [name.strip("`") for name, _ in rows(TEXT, "name", "what")] == list(EXPERIMENTS)
