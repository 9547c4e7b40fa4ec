"""Benchmarks of others come in by entry points; a broken one harms nobody."""

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from nasgoat.errors import BadDataError, MissingDataError, UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace, nasbench101
from nasgoat.tabular import Evaluator, benchmark, benchmark_names, registry

GROUP = registry.GROUP


class Edges:
    """Counts edges."""

    name, objective, optimum = "toys:edges", "edges", 1.0
    space: CellSpace = nasbench101([3])

    def __call__(self, graph: LabeledGraph) -> Observation:
        return Observation(graph, float(len(graph.edges)))


class Toys:
    """A family as a user's package would bring it."""

    asked: tuple[str, Path | None] | None = None

    def names(self) -> Sequence[str]:
        return ["toys:edges", "toys:nodes"]

    def load(self, name: str, data: Path | None) -> Evaluator:
        self.asked = (name, data)
        return Edges()


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Toys:
    """The only entry points are those of the toys."""
    module, family = ModuleType("toys_of_a_user"), Toys()
    module.family = family  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toys_of_a_user", module)
    bring(monkeypatch, EntryPoint("toys", "toys_of_a_user:family", GROUP))
    return family


def bring(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda *, group: points)


def test_benchmarks_of_entry_points_have_names_and_load(toys: Toys, tmp_path: Path) -> None:
    assert benchmark_names()[-2:] == ["toys:edges", "toys:nodes"]
    evaluator = benchmark("toys:edges", tmp_path)
    assert toys.asked == ("toys:edges", tmp_path)
    assert evaluator(nasbench101([3]).listing()[0]).value >= 2
    with pytest.raises(UnknownNameError, match="'toys:edge'; there are: toys:edges, toys:nodes"):
        benchmark("toys:edge")


def test_a_set_with_one_benchmark_is_called_by_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="nasbench301:xgb needs the members"):
        benchmark("nasbench301", tmp_path)
    with pytest.raises(UnknownNameError, match="'nasbench101'; there are: nasbench101:cifar10,"):
        benchmark("nasbench101", tmp_path)


def test_a_table_that_is_not_there_is_missing(tmp_path: Path) -> None:
    for name in ("mine.parquet", "mine.parquet:cifar10"):
        with pytest.raises(MissingDataError, match=r"there is no table .*mine\.parquet$"):
            benchmark(str(tmp_path / name))


def test_a_broken_entry_point_is_told_and_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, EntryPoint("broken", "nowhere_at_all:family", GROUP))
    with pytest.warns(UserWarning, match="'broken' of nowhere_at_all:family cannot be loaded"):
        names = benchmark_names()
    assert "nasbench-graph:cora" in names
    assert benchmark("nasbench-graph:proteins").name == "nasbench-graph:proteins"
    with pytest.raises(BadDataError, match="repair or uninstall the package"):
        benchmark("broken:x")


def test_an_entry_point_cannot_take_a_name_of_nasgoat(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, EntryPoint("nasbench-graph", "nowhere_at_all:family", GROUP))
    assert benchmark("nasbench-graph:proteins").space.size() == 2021
    assert "nasbench-graph:cora" in benchmark_names()
