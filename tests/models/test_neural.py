"""What every neural method promises: entry points, resumption, all kinds of spaces."""

import pickle
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

from nasgoat.errors import NothingLeftError, UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.search import MethodKind, MethodSpec, SearchMethod, registry
from nasgoat.search.base import described
from nasgoat.search.options import checked
from nasgoat.spaces import SearchSpace, TableSpace, darts, digraphs, nasbench101, nasbench201
from nasgoat.study import Study
from tests.search.toy import SPACE, TINY, Toy, size

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "models" / "pyproject.toml").read_text(encoding="utf-8"))
POINTS = [
    EntryPoint(name, value, registry.GROUP)
    for name, value in PROJECT["project"]["entry-points"][registry.GROUP].items()
    if value.startswith("nasgoat_models.neural.")
]
QUICK = {
    "bananas": {"pool": 40, "layers": 2, "epochs": 4},
    "dngo": {"epochs": 4, "width": 8},
    "bohamiann": {"burn_in": 30, "samples": 4, "every": 3, "width": 8},
    "gcn-predictor": {"pool": 40, "layers": 2, "width": 8, "epochs": 3},
    "bonas": {"layers": 2, "width": 8, "epochs": 3},
    "nao": {"seeds": 6, "width": 8, "epochs": 3, "unlabelled": 10},
    "relu-mip": {"networks": 2, "width": 3, "epochs": 10, "time_limit": 20.0},
    "icnn-mip": {"networks": 2, "width": 3, "epochs": 10, "time_limit": 20.0},
}


@pytest.fixture(autouse=True)
def brought(monkeypatch: pytest.MonkeyPatch) -> None:
    """The methods as they are once the package is installed."""
    monkeypatch.setattr(registry, "entry_points", lambda *, group: POINTS)


def method(name: str, space: SearchSpace = TINY, **options: Any) -> SearchMethod[Any]:
    return MethodSpec.of(name, {"initial": 5, **QUICK[name], **options}).build(space)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_all_entry_points_are_kinds_and_are_tested() -> None:
    kinds = {point.name: point.load() for point in POINTS}
    assert all(isinstance(kind, MethodKind) for kind in kinds.values())
    assert set(QUICK) == {name for name, kind in kinds.items() if not kind.base}
    for name, kind in kinds.items():
        spec = pickle.loads(pickle.dumps(MethodSpec.of(name)))  # noqa: S301  (its own)
        built = spec.build(SPACE)
        assert described(built) == described(MethodSpec.of(name).build(SPACE))
        assert built.name == (kind.base or name)


def test_protocols() -> None:
    bananas, wen = MethodSpec.of("bananas-2021"), MethodSpec.of("wen-2020")
    assert (bananas.batch, bananas.budget) == (10, 150)
    assert (wen.batch, wen.budget) == (17, 150)
    with pytest.raises(ValueError, match="fixes initial=133"):
        MethodSpec.parse("wen-2020:initial=3")


@pytest.mark.parametrize("name", QUICK)
def test_a_resumed_search_goes_on_as_if_nothing_had_happened(name: str, tmp_path: Path) -> None:
    listed = {"optimizer": "auto"} if name.endswith("-mip") else {}  # as exact, and quicker

    def run(journal: Path | None, budget: int) -> list[LabeledGraph]:
        with Study(TINY, method(name, **listed), seed=3, journal=journal) as study:
            study.run(Toy(TINY), budget, 3)
        return [one.graph for one in study.observations]

    straight = run(None, 11)
    for budget in (5, 8, 11):  # after the design, then in the middle of the search
        resumed = run(tmp_path / "journal.jsonl", budget)
    assert resumed == straight
    assert len({TINY.key(graph) for graph in straight}) == 11


SPACES = [
    nasbench201(),
    darts(),
    digraphs(3),
    TableSpace.of("rows", SPACE, SPACE.samples(60, np.random.default_rng(0))),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
@pytest.mark.parametrize("name", QUICK)
def test_every_kind_of_space_is_searched(name: str, space: SearchSpace) -> None:
    listed = name.endswith("-mip") and space is not SPACES[0]
    options: dict[str, Any] = {}
    if listed:  # the MIP itself has tests of its own
        if space is SPACES[1]:
            pytest.skip("DARTS is neither listable nor quickly solved")
        options = {"optimizer": "auto"}
    with Study(space, method(name, space, **options)) as study:
        study.run(size, 7, 2)
    assert len({space.key(one.graph) for one in study.observations}) == 7
    assert all(space.contains(one.graph) for one in study.observations)


@pytest.mark.parametrize("name", QUICK)
def test_equal_values_and_repeated_graphs_are_no_trouble(name: str) -> None:
    search = method(name)
    state = search.start(TINY, rng(0))
    design = list(TINY.listing())[:12]
    told = [Observation(graph, 5.0) for graph in [*design, *design[:3], *state.graphs]]
    _, proposals = search.propose(state, told, [], 2, rng())
    keys = [TINY.key(one.graph) for one in proposals]
    assert len(set(keys)) == 2
    assert not set(keys) & {TINY.key(one.graph) for one in told}


@pytest.mark.parametrize("name", ["dngo", "bohamiann", "gcn-predictor", "bonas", "nao"])
def test_how_badly_a_training_failed_changes_nothing(name: str) -> None:
    search = method(name, SPACE, initial=20)
    state = search.start(SPACE, rng(0))

    def proposed(worst: float) -> list[LabeledGraph]:
        told = [Toy()(graph) for graph in state.graphs]
        told.append(Observation(SPACE.sample(rng(9)), worst))
        return [one.graph for one in search.propose(state, told, [], 3, rng())[1]]

    assert proposed(90.0) == proposed(9000.0)


@pytest.mark.parametrize("name", QUICK)
def test_the_end_of_a_space(name: str) -> None:
    space = nasbench101([2, 3])
    search = method(name, space)
    state = search.start(space, rng(0))
    every = list(space.listing())
    told = [Toy(space)(graph) for graph in every[:-1]]
    _, proposals = search.propose(state, told, [], 3, rng())
    assert [space.key(one.graph) for one in proposals] == [space.key(every[-1])]
    with pytest.raises(NothingLeftError):
        search.propose(state, told, [every[-1]], 3, rng())


WRONG = [
    ("bananas", {"lower_bound": 100.0}, ValueError, "below all values"),
    ("bananas", {"paths": -1}, ValueError, "at least 0"),
    ("bananas", {"layers": 0}, ValueError, "layers is at least 1"),
    ("bananas", {"rate": 0.0}, ValueError, "rate is a positive"),
    ("dngo", {"width": 0}, ValueError, "width is at least 1"),
    ("dngo", {"transform": "cube"}, ValueError, "transform is one of"),
    ("bohamiann", {"friction": 1.0}, ValueError, "below 1"),
    ("gcn-predictor", {"pool": 0}, ValueError, "at least 1 graph"),
    ("nao", {"trade_off": 1.0}, ValueError, "between 0 and 1"),
    ("nao", {"doublings": -1}, ValueError, "at least 0"),
    ("relu-mip", {"decay": -1.0}, ValueError, "at least 0"),
    ("relu-mip", {"optimizer": "guess"}, UnknownNameError, "guess"),
    ("icnn-mip", {"features": "guess"}, UnknownNameError, "guess"),
]


@pytest.mark.parametrize(("name", "options", "error", "words"), WRONG, ids=str)
def test_what_cannot_be_is_refused(
    name: str, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    def build_and_propose() -> None:
        search = method(name, TINY, **options)
        state = search.start(TINY, rng(0))
        search.propose(state, [Toy(TINY)(graph) for graph in state.graphs], [], 1, rng())

    with pytest.raises(error, match=words):
        build_and_propose()


def test_options_are_typed() -> None:
    kind = next(point.load() for point in POINTS if point.name == "bananas")
    assert checked(kind.settings, "bananas", {"lower_bound": "none"}) == {"lower_bound": None}
