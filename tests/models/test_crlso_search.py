"""CR-LSO as a search method: resumed, in any space, with every option."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the networks need PyTorch")

from nasgoat.errors import UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.search import Surroundings
from nasgoat.spaces import SearchSpace, TableSpace, darts, digraphs, nasbench201
from nasgoat.study import Study
from nasgoat_models.crlso.settings import KIND, CrLsoSettings
from tests.search.toy import SPACE, TINY, Toy, size

SMALL: dict[str, Any] = {
    "initial": 6,
    "seeds": 3,
    "latent": 3,
    "width": 8,
    "pool": 40,
    "predictor_epochs": 2,
    "epochs": 2,
    "tuning_epochs": 2,
}


def method(space: SearchSpace = SPACE, **options: Any) -> Any:
    return KIND.build(CrLsoSettings(**{**SMALL, **options}), Surroundings(space))


@pytest.mark.parametrize("optimiser", ["gradient", "tpe"])
def test_a_resumed_search_goes_on_as_if_nothing_had_happened(
    optimiser: str, tmp_path: Path
) -> None:
    def run(journal: Path | None, budget: int) -> list[LabeledGraph]:
        with Study(SPACE, method(optimiser=optimiser), seed=3, journal=journal) as study:
            study.run(Toy(), budget)
        return [one.graph for one in study.observations]

    straight = run(None, 13)
    for budget in (4, 8, 11, 13):  # in the design, then in the middle of rounds
        resumed = run(tmp_path / "journal.jsonl", budget)
    assert resumed == straight
    assert len({SPACE.key(graph) for graph in straight}) == 13


def test_a_search_says_what_takes_long() -> None:
    heard: list[str] = []
    search = KIND.build(CrLsoSettings(**SMALL), Surroundings(TINY, on_stage=heard.append))
    Study(TINY, search, seed=0).run(Toy(TINY), 7)
    assert [line.split(",")[1] for line in heard] == [" epoch 1/2", " epoch 2/2"]


@pytest.mark.parametrize(
    "space",
    [
        nasbench201(),
        darts(),
        TableSpace.of("rows", SPACE, SPACE.samples(60, np.random.default_rng(0))),
    ],
    ids=lambda space: space.name,
)
def test_other_spaces_can_be_searched(space: SearchSpace) -> None:
    study = Study(space, method(space), seed=0)
    while len(study.observations) < 12:
        for proposal in study.ask(4):
            study.tell(size(proposal.graph))
    assert {proposal.origin for proposal in study.proposals[6:]} <= {
        "latent",
        "latent, repaired",
        "random",
    }
    assert len({space.key(one.graph) for one in study.observations}) == len(study.observations)


@pytest.mark.parametrize(
    "option",
    [
        {"encoder": "lstm"},
        {"encoder": "mlp"},
        {"regulariser": "mlp"},
        {"optimiser": "random"},
        {"optimiser": "cmaes"},
        {"transform": "log"},
    ],
    ids=str,
)
def test_every_option_searches(option: dict[str, str]) -> None:
    study = Study(SPACE, method(**option), seed=1)
    study.run(Toy(), 11)
    assert len(study.observations) == 11
    assert any(proposal.origin.startswith("latent") for proposal in study.proposals)


def test_a_whole_space_can_be_evaluated() -> None:
    study = Study(TINY, method(TINY, initial=80), seed=0)
    study.run(Toy(TINY), 91, 4)
    assert len(study.observations) == 91


def test_the_space_is_not_learnt_before_the_design_is_measured() -> None:
    study = Study(SPACE, method(), seed=0)
    study.ask(6)
    early = study.ask(2)
    assert [proposal.origin for proposal in early] == ["random", "random"]
    for proposal in list(study.pending):
        study.tell(Toy()(proposal.graph))
    assert study.ask(1)[0].origin.startswith("latent")


def test_graphs_that_failed_are_not_waited_for() -> None:
    def fragile(graph: LabeledGraph) -> Observation:
        if len(graph.edges) > 6:
            msg = "too large"
            raise RuntimeError(msg)
        return Toy()(graph)

    study = Study(SPACE, method(), seed=2)
    fragile.name, fragile.space, fragile.objective = "f", SPACE, "e"  # type: ignore[attr-defined]
    study.run(fragile, 14, 2, on_failure="skip")
    assert study.failures
    assert any(proposal.origin.startswith("latent") for proposal in study.proposals)


@pytest.mark.parametrize(
    ("wrong", "error", "about"),
    [
        ({"encoder": "cnn"}, UnknownNameError, "gnn"),
        ({"optimiser": "sgd"}, UnknownNameError, "gradient"),
        ({"transform": "cube"}, UnknownNameError, "transform"),
        ({"seeds": 0}, ValueError, "seeds"),
        ({"kl": -1.0}, ValueError, "kl"),
        ({"device": "tpu"}, ValueError, "device"),
        ({"initial": 0}, ValueError, "initial"),
    ],
)
def test_impossible_settings_are_refused(
    wrong: dict[str, Any], error: type[Exception], about: str
) -> None:
    with pytest.raises(error, match=about):
        method(**wrong)


def test_graphs_with_cycles_are_refused() -> None:
    with pytest.raises(ValueError, match="TopologicalOrder"):
        method(digraphs(4))
