"""Methods by name: their options, their pickles, and those that other packages bring."""

import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any, Literal

import pytest

from nasgoat.errors import BadDataError, NoEncodingError, UnknownNameError
from nasgoat.optimize import CheckedOptimizer, DescentOptimizer, MipOptimizer, PoolOptimizer
from nasgoat.search import (
    Evolution,
    GoatSearch,
    LocalSearch,
    MethodKind,
    MethodSpec,
    Nasbot,
    Nasbowl,
    RandomSearch,
    Surroundings,
    TopKPool,
    UseEI,
    build,
    method_kind,
    method_kinds,
    method_names,
    registry,
)
from nasgoat.search.base import described
from nasgoat.search.options import checked, options_of, pairs_of
from nasgoat.surrogate import PAPER_NOISE, GPSurrogate, Standardise
from tests.search.toy import SPACE

GROUP = registry.GROUP


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No packages but nasgoat."""
    bring(monkeypatch)


def bring(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda *, group: points)


def test_every_method_is_built_from_its_name_in_another_process() -> None:
    for name in method_names():
        spec = pickle.loads(pickle.dumps(MethodSpec.of(name)))  # noqa: S301  (its own)
        method, again = spec.build(SPACE), build(name, {}, SPACE)
        assert described(method) == described(again)
        assert MethodSpec.parse(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("random:initial=3", RandomSearch(3)),
        ("evolution:retire=worst,population=20", Evolution(20, 10, "worst")),
        ("local-search", LocalSearch()),
        ("nasbot-degrees:initial=4", Nasbot(4, "degrees")),
        ("nasbowl-2021:depth=2", Nasbowl(10, 200, 2, "log")),
    ],
)
def test_options_reach_their_methods(text: str, method: object) -> None:
    assert MethodSpec.parse(text).build(SPACE) == method


def goat(text: str) -> GoatSearch:
    method = MethodSpec.parse(text).build(SPACE)
    assert isinstance(method, GoatSearch)
    return method


def test_variants_of_goat() -> None:
    method = goat("goat:acquisition=ei,optimizer=pool,pool=50,batch_rule=top-k,initial=4,gap=0.01")
    assert method.optimizer == PoolOptimizer(50)
    assert (method.acquisition, method.batch, method.initial) == (UseEI(), TopKPool(), 4)
    assert method.limits.gap == 0.01
    assert isinstance(goat("goat:solver=highs").optimizer, MipOptimizer)
    assert goat("goat:optimizer=local-search").optimizer == DescentOptimizer()
    exponential = goat("goat:kernel=exponential,features=sp,transform=log-clip,noise=0.01")
    surrogate = exponential.surrogate
    assert isinstance(surrogate, GPSurrogate)
    assert (surrogate.exponential, len(surrogate.maps), surrogate.noise) == (True, 1, 0.01)


def test_checks_are_asked_for() -> None:
    heard: list[float] = []
    method = MethodSpec.of("goat").build(SPACE, on_check=lambda value, _: heard.append(value))
    assert isinstance(method, GoatSearch)
    assert isinstance(method.optimizer, CheckedOptimizer)


def test_the_setting_of_the_paper() -> None:
    spec = MethodSpec.of("nasgoat-2025", {"kernel": "exponential"})
    assert (spec.batch, spec.budget) == (5, 160)
    method = goat(str(spec))
    surrogate = method.surrogate
    assert isinstance(surrogate, GPSurrogate)
    assert (surrogate.transform, surrogate.noise) == (Standardise(), PAPER_NOISE)
    assert surrogate.exponential
    assert (method.batch, method.initial) == (TopKPool(), 10)


def test_protocols_fix_what_they_prescribe() -> None:
    with pytest.raises(ValueError, match=r"nasbowl-2021 fixes pool=200; .* the method nasbowl"):
        MethodSpec.of("nasbowl-2021", {"pool": 100})
    assert MethodSpec.of("nasbowl-2021").batch == 5
    assert MethodSpec.of("goat").batch is MethodSpec.of("goat").budget is None


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("goaty", UnknownNameError, "no method 'goaty'; there are: goat, "),
        ("random:pool=3", UnknownNameError, "'pool'; there are: initial"),
        ("random:initial=ten", ValueError, "initial is a whole number, got 'ten'"),
        ("random:initial=0", ValueError, "at least 1 graph"),
        ("random:initial", ValueError, "key=value, got 'initial'"),
        ("random:=3", ValueError, "key=value, got '=3'"),
        ("evolution:retire=young", ValueError, "retire is one of oldest, worst, got 'young'"),
        ("goat:optimizer=guess", UnknownNameError, "'guess'; there are: "),
        ("goat:solver=guess", UnknownNameError, "'guess'; there are: "),
        ("goat:transform=guess", UnknownNameError, "'guess'; there are: "),
        ("goat:pool=0", ValueError, "a pool has at least 1 graph"),
        ("goat:kernel=exponential,acquisition=thompson", NoEncodingError, "linear kernel"),
        ("bananas", UnknownNameError, "comes with the package nasgoat-models"),
        ("bananas-2021", UnknownNameError, "comes with the package nasgoat-models"),
    ],
)
def test_what_cannot_be_is_refused(text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        MethodSpec.parse(text)


@dataclass(frozen=True)
class Everything:
    """One option of every type."""

    flag: bool = False
    count: int = 3
    share: float = 0.5
    word: str = "w"
    choice: Literal["a", "b"] = "a"
    maybe: float | None = None
    mapping: Mapping[str, int] | None = None  # no option: it is no plain value
    both: int | str = 1  # no option either


def test_options_are_read_by_their_types() -> None:
    texts = pairs_of(["flag=Yes", "count=7", "share=2", "word=x=y", "choice=b", "maybe=none"])
    read = checked(Everything, "everything", texts)
    assert read == {
        "flag": True,
        "count": 7,
        "share": 2.0,
        "word": "x=y",
        "choice": "b",
        "maybe": None,
    }
    assert isinstance(read["share"], float)
    assert checked(Everything, "everything", dict(read)) == read
    assert list(options_of(Everything)) == ["flag", "count", "share", "word", "choice", "maybe"]
    assert options_of(Everything)["maybe"].meaning == "a number, or none"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flag", "2"),
        ("flag", 1),
        ("count", True),
        ("count", "3.5"),
        ("count", 3.5),
        ("count", None),
        ("share", "half"),
        ("word", 3),
        ("choice", "c"),
        ("maybe", "maybe"),
    ],
)
def test_values_of_other_types_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"option of everything: {name} is "):
        checked(Everything, "everything", {name: value})


def test_a_method_without_options_takes_none() -> None:
    @dataclass(frozen=True)
    class Nothing:
        pass

    with pytest.raises(UnknownNameError, match="nothing has no options"):
        checked(Nothing, "nothing", {"a": "b"})


@dataclass(frozen=True)
class Bananas:
    """Settings as another package would bring them."""

    initial: int = 20
    ensemble: int = 5

    def build(self, surroundings: Surroundings) -> Any:
        assert surroundings.space is SPACE
        return RandomSearch(self.initial)


@pytest.fixture
def bananas(monkeypatch: pytest.MonkeyPatch) -> MethodKind:
    module = ModuleType("bananas_of_a_user")
    kind = MethodKind("an ensemble", "White et al. 2021", Bananas, Bananas.build)
    module.KIND = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bananas_of_a_user", module)
    bring(monkeypatch, EntryPoint("bananas", "bananas_of_a_user:KIND", GROUP))
    return kind


def test_methods_of_entry_points_are_methods(bananas: MethodKind) -> None:
    assert method_kind("bananas") is bananas
    assert {"bananas", "bananas-2021"} <= set(method_names())
    assert MethodSpec.parse("bananas:initial=7,ensemble=2").build(SPACE) == RandomSearch(7)
    protocol = MethodSpec.parse("bananas-2021:ensemble=2")
    assert (protocol.batch, protocol.budget) == (10, 150)
    assert protocol.build(SPACE) == RandomSearch(10)


@pytest.mark.parametrize("value", ["nowhere_at_all:KIND", "builtins:print"])
def test_a_broken_entry_point_harms_nobody_else(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(monkeypatch, EntryPoint("broken", value, GROUP))
    with pytest.warns(UserWarning, match="'broken' .* cannot be loaded"):
        assert "goat" in method_kinds()
    with pytest.raises(BadDataError, match="repair or uninstall"):
        method_kind("broken")


def test_an_entry_point_does_not_take_the_name_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, EntryPoint("goat", "nowhere_at_all:KIND", GROUP))
    assert method_kind("goat").source == "nasgoat's own"
    assert method_names().count("goat") == 1
