"""docs/papers.md is what the runs on record say, and its commands exist."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the papers' latent spaces need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")
pytest.importorskip("grakel", reason="Table 3 is compared with GraKeL")

from benchmarks.papers.__main__ import parser
from benchmarks.papers.guide import RECORDS, latest, page
from benchmarks.papers.items import summed
from benchmarks.papers.registry import ITEMS
from tests.test_readme import ROOT, commands

TEXT = (Path(ROOT) / "docs" / "papers.md").read_text(encoding="utf-8")


def test_the_page_is_written_from_the_records() -> None:
    assert page(ITEMS.values(), latest(RECORDS)) == TEXT


def test_means_on_record_are_those_of_their_rows() -> None:
    records = latest(RECORDS)
    assert "nasgoat-table3" in records
    for name, record in records.items():
        item = ITEMS[name]
        means = summed(record["rows"], item.keys, item.measures)
        assert json.loads(json.dumps(means)) == record["measured"]
        assert parser().parse_args(record["command"].split()[3:]).name == name


def test_interrupted_and_full_runs_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    lines = [
        {"name": "a", "full": False, "interrupted": False, "at": 1},
        {"name": "a", "full": False, "interrupted": False, "at": 2},
        {"name": "a", "full": False, "interrupted": True, "at": 3},
        {"name": "b", "full": True, "interrupted": False, "at": 4},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    assert {name: one["at"] for name, one in latest(path).items()} == {"a": 2}


def test_commands_name_items_and_options_that_exist() -> None:
    calls = [call[2:] for call in commands(TEXT, "python")]
    named = {parser().parse_args(call).name for call in calls} - {None}
    assert named == {item.name for item in ITEMS.values() if item.run is not None}
