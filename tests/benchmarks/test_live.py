"""The measurements of live benchmarks, on one that only pretends to train."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import live
from nasgoat.errors import UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace, nasbench101
from nasgoat.tabular import Evaluator

SPACE = nasbench101([5])


@dataclass(frozen=True)
class Pretended:
    """Errors by the number of edges; an odd seed turns the validation errors round."""

    name: str
    sign: int = 1
    space: CellSpace = SPACE
    objective: str = "edges"
    optimum: None = None

    def __call__(self, graph: LabeledGraph) -> Observation:
        edges = float(len(graph.edges))
        return Observation(graph, 50 + self.sign * edges, edges)


def pretend(name: str, _: Path | None = None) -> Evaluator:
    if name.startswith("nothing"):
        msg = "there is no such benchmark"
        raise UnknownNameError(msg)
    return Pretended(name, -1 if "seed=1" in name else 1)


def test_it_measures_seconds_errors_and_ranks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "benchmark", pretend)
    call = ["toy", "--cells", "12", "--epochs", "1", "--against", "table"]
    assert live.main(call) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["benchmark"], found["cells"]) == ("toy", 12)
    assert found["between_seeds"] == pytest.approx([-1])
    assert found["with_test"] == found["with_table"] == pytest.approx([1, -1])
    least, median, most = found["errors"]
    assert 40 < least < median < most < 60
    assert found["median_seconds"] >= 0
    assert live.main(["nothing"]) == 1
    assert "no such benchmark" in capsys.readouterr().err
