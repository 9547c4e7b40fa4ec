"""The measurements of the importers: their made-up files are read, each in a process of its own."""

import json
from typing import Any

import pytest

from benchmarks import importers
from benchmarks.official_files import WRITERS


@pytest.mark.parametrize(("name", "wrapping"), WRITERS)
def test_every_made_up_file_is_imported(name: str, wrapping: str) -> None:
    if wrapping in ("legacy", "zip"):
        pytest.importorskip("torch", reason="its files are written by torch.save")
    record = importers.measure(name, wrapping, 8)
    assert (record["rows"], record["cells"]) == (8, 8)
    assert record["megabytes"] > 0
    assert 0 < record["read_cpu_seconds"] < record["cpu_seconds"]
    assert 0 < record["memory_before_MB"] <= record["read_peak_memory_MB"]
    assert record["read_peak_memory_MB"] <= record["peak_memory_MB"]


def test_the_command_prints_a_line_of_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {}

    def measure(*arguments: Any) -> dict[str, Any]:
        made["arguments"] = arguments
        return {"rows": 1}

    monkeypatch.setattr(importers, "measure", measure)
    monkeypatch.setattr("sys.argv", ["importers", "nasbench201", "--cells", "7"])
    importers.main()
    assert json.loads(capsys.readouterr().out) == {"rows": 1}
    assert made["arguments"] == ("nasbench201", "legacy", 7)
