"""What a surrogate expected is on record, as far as it is a number."""

import json
import math
from pathlib import Path

import pytest

from nasgoat.errors import JournalError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Prediction, Proposal
from nasgoat.search import RandomSearch
from nasgoat.spaces import nasbench101
from nasgoat.study import Ask, Study, Tell, read_journal
from nasgoat.study.entries import from_json, to_json

GRAPH = LabeledGraph(2, ((0, 1),), (0, 4))


@pytest.mark.parametrize("told", [None, Prediction(0.5, 1.25, 0.01), Prediction(-3.0, 0.0, 0.0)])
def test_predictions_come_back(told: Prediction | None) -> None:
    ask = Ask((Proposal(GRAPH, "acquisition", prediction=told),))
    assert from_json(json.loads(json.dumps(to_json(ask)))) == ask


def test_predictions_that_are_no_numbers_are_none() -> None:
    ask = Ask((Proposal(GRAPH, "acquisition", prediction=Prediction(math.nan, 1.0, 0.1)),))
    found = from_json(json.loads(json.dumps(to_json(ask), allow_nan=False)))
    assert isinstance(found, Ask)
    assert found.proposals[0].prediction is None


def test_a_journal_in_use_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Study(nasbench101([2, 3]), RandomSearch(), journal=path) as study:
        (proposal,) = study.ask()
        study.tell(Observation(proposal.graph, 1.0))
        header, entries = read_journal(path)
    assert header["method"]["name"] == "random"
    assert [type(entry) for entry in entries] == [Ask, Tell]
    before = path.read_bytes()
    path.write_bytes(before + b'{"kind":"te')
    assert read_journal(path)[1] == entries
    assert path.read_bytes() == before + b'{"kind":"te'


@pytest.mark.parametrize("text", ["", '{"kind":"study"', '{"kind":"other"}\n', "no json\n"])
def test_what_is_no_journal_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JournalError, match="line 1"):
        read_journal(path)
