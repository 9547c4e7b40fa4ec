"""Exhaustive, automatic and checked optimisers; empty spaces and limits of each route."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound, PosteriorMean
from nasgoat.errors import (
    EmptySpaceError,
    EncodingMismatchError,
    NoEncodingError,
    NothingLeftError,
    NotListableError,
)
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import ExponentialKernel, NodeLabels
from nasgoat.mip import NO_SYMMETRY, ModelOptions
from nasgoat.optimize import (
    AcquisitionOptimizer,
    AutoOptimizer,
    CheckedOptimizer,
    ExhaustiveOptimizer,
    MipOptimizer,
    Optimum,
    Task,
    exhaustive,
)
from nasgoat.posterior import KernelPosterior
from nasgoat.records import Limits, Progress, ProgressCallback
from nasgoat.spaces import (
    CellSpace,
    FixedLabel,
    Indexed,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Rule,
    SkipNormalForm,
    StronglyConnected,
    TopologicalOrder,
    digraphs,
    nasbench101,
    nasbench201,
)
from tests.mip.oracles_mip import (
    CELL,
    DIGRAPHS,
    OPS,
    SMALL,
    TERMINALS,
    believed,
    indexed_graphs,
    kernel_maps,
)

ROUTES: dict[str, AcquisitionOptimizer] = {
    "exhaustive": ExhaustiveOptimizer(),
    "mip": MipOptimizer(),
    "mip without descents": MipOptimizer(descents=0),
    "mip without symmetry": MipOptimizer(options=ModelOptions(symmetry=NO_SYMMETRY)),
    "paper's encoding": MipOptimizer(options=ModelOptions(encoding="paper")),
    "auto": AutoOptimizer(),
    "checked": CheckedOptimizer(MipOptimizer()),
}


def task_on(space: CellSpace, seed: int = 0, beta: float = 1.0) -> Task:
    return Task(LowerConfidenceBound(beta), believed(space, kernel_maps(space, 0), seed), space)


def values(optima: list[Optimum]) -> list[float]:
    return [optimum.certificate.value for optimum in optima]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("sizes", [(2,), (3,), (2, 3), (2, 3, 4)])
def test_all_of_a_space_comes_out_and_no_more(route: str, sizes: tuple[int, ...]) -> None:
    space = nasbench101(sizes, max_edges=3)
    task = task_on(space)
    everything = space.size()
    optima = ROUTES[route].minimize(task, everything)
    assert values(optima) == pytest.approx(sorted(values(optima)), abs=1e-4)
    assert set(space.keys(GraphBatch.of([o.graph for o in optima]))) == set(
        space.keys(space.listing())
    )
    assert len(ROUTES[route].minimize(task, everything + 1)) == everything
    with pytest.raises(NothingLeftError):
        ROUTES[route].minimize(replace(task, exclude=list(space.listing())))


def test_many_sizes_have_their_best() -> None:
    space = nasbench101(range(2, 6), max_edges=5)
    task = task_on(space, 2)
    optima = MipOptimizer().minimize(task, 4)
    assert values(optima) == pytest.approx(
        values(ExhaustiveOptimizer().minimize(task, 4)), abs=1e-4
    )


@pytest.mark.parametrize("route", ROUTES)
def test_outsiders_may_be_excluded_and_started_from(route: str) -> None:
    space = nasbench101([4])
    task = task_on(space, 1)
    outsiders = [
        LabeledGraph(4, ((0, 3),), (0, 1, 1, 4)),
        LabeledGraph(2, ((0, 1),), (0, 4)),
        LabeledGraph(4, ((0, 1), (1, 0)), (0, 1, 1, 4)),
        nasbench101([5]).listing()[3],
    ]
    truth = values(ExhaustiveOptimizer().minimize(task, 3))
    found = ROUTES[route].minimize(replace(task, exclude=outsiders, starts=outsiders), 3)
    assert values(found) == pytest.approx(truth, abs=1e-4)


def test_outsiders_of_a_narrowed_benchmark_are_passed_over() -> None:
    wide, narrow = nasbench201("any"), nasbench201("all-on-path")
    task = task_on(narrow)
    outsiders = [graph for graph in list(wide.listing())[::97] if not narrow.contains(graph)]
    assert len(outsiders) > 20
    truth = values(ExhaustiveOptimizer().minimize(task, 2))
    found = MipOptimizer().minimize(replace(task, exclude=outsiders, starts=outsiders), 2)
    assert values(found) == pytest.approx(truth, abs=1e-4)


@pytest.mark.parametrize("encoding", ["layered", "paper"])
def test_a_single_possible_cell(encoding: str) -> None:
    space = CellSpace("one", (3,), OPS, (), (*CELL, FixedLabel(1, 1), MaxEdges(2)))
    options = ModelOptions(encoding=encoding)  # type: ignore[arg-type]
    (optimum,) = MipOptimizer(options=options, descents=0).minimize(task_on(space))
    assert optimum.graph == LabeledGraph(3, ((0, 1), (1, 2)), (0, 1, 3))


def test_graphs_of_one_node() -> None:
    for space in (digraphs(1), digraphs(2, 1), CellSpace("one or two", (1, 2))):
        task = task_on(space)
        optima = MipOptimizer().minimize(task, space.size())
        truth = values(ExhaustiveOptimizer().minimize(task, space.size()))
        assert values(optima) == pytest.approx(truth, abs=1e-4)


EMPTY: dict[str, tuple[tuple[int, ...], tuple[Rule, ...]]] = {
    "two labels on one node": ((3,), (*CELL, FixedLabel(0, 1))),
    "no label is left": ((3,), (*CELL, FixedLabel(0, 1, True), FixedLabel(2, 2, True))),
    "too few edges": ((4,), (*CELL, MaxEdges(2))),
    "too few labels": ((4,), (*CELL, MaxLabelCount(1, 0), MaxLabelCount(2, 1))),
    "a cycle in an order": ((3,), (*CELL, StronglyConnected())),
    "several sizes": ((3, 4), (*CELL, MaxEdges(1))),
}


@pytest.mark.parametrize(
    "route", ["exhaustive", "mip without descents", "paper's encoding", "checked"]
)
@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_space_has_nothing_left(name: str, route: str) -> None:
    sizes, rules = EMPTY[name]
    space = CellSpace(name, sizes, OPS, (), rules)
    posterior = believed(SMALL["in-degree"], (NodeLabels(4),))
    with pytest.raises((NothingLeftError, EmptySpaceError)):
        ROUTES[route].minimize(Task(PosteriorMean(), posterior, space))


@pytest.mark.parametrize("route", [name for name in ROUTES if "mip" in name])
@pytest.mark.parametrize("alphabet", [("in", "out"), ()])
def test_no_label_for_a_node_leaves_nothing(alphabet: tuple[str, ...], route: str) -> None:
    wide = CellSpace("wide", (3,), alphabet)
    posterior = believed(wide, kernel_maps(wide, 0))
    ends = (FixedLabel(0, 0, True), FixedLabel(-1, 1, True)) if alphabet else (FixedLabel(0, 0),)
    narrow = wide.with_rules(*ends)
    with pytest.raises((NothingLeftError, EmptySpaceError)):
        ROUTES[route].minimize(Task(PosteriorMean(), posterior, narrow))


def test_a_label_of_some_sizes_only_leaves_the_others() -> None:
    space = CellSpace("second", (2, 3, 4), OPS, (), (*CELL, FixedLabel(2, 1)))
    assert set(indexed_graphs(replace(space, sizes=(4,))).sizes.tolist()) == {4}
    task = task_on(space)
    found = MipOptimizer().minimize(task, space.size())
    truth = ExhaustiveOptimizer().minimize(task, space.size())
    assert values(found) == pytest.approx(values(truth), abs=1e-4)
    sizes = (3, 4)
    wider = CellSpace("label", sizes, OPS[:2], (), (TopologicalOrder(), OnPath(), FixedLabel(2, 1)))
    task = task_on(wider)
    found = MipOptimizer().minimize(task, 5)
    assert values(found) == pytest.approx(values(ExhaustiveOptimizer().minimize(task, 5)), abs=1e-4)


def test_trees_without_further_rules() -> None:
    rules = (TopologicalOrder(), *TERMINALS, SkipNormalForm(2))
    space = CellSpace("trees", (3, 4), ("input", "a", "skip", "output"), (), rules)
    task = task_on(space)
    found, truth = (optimizer.minimize(task, 5) for optimizer in (MipOptimizer(), AutoOptimizer()))
    assert values(found) == pytest.approx(values(truth), abs=1e-4)


def test_exhaustive_is_brute_force_in_any_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    space = nasbench101((3, 4))
    task = task_on(space, 3)
    whole = ExhaustiveOptimizer().minimize(task, space.size())
    expected = sorted(
        float(task.acquisition.values(task.posterior, GraphBatch.of([graph]))[0])
        for graph in space.listing()
    )
    assert values(whole) == pytest.approx(expected, abs=1e-12)
    for chunk in (1, 7, 89):
        exhaustive._listed.cache_clear()  # noqa: SLF001  (its chunks have the old length)
        monkeypatch.setattr(exhaustive, "CHUNK", chunk)
        events: list[Progress] = []
        some = ExhaustiveOptimizer().minimize(task, 10, progress=events.append)
        assert values(some) == pytest.approx(expected[:10], abs=1e-12)
        for optimum in some:
            own = task.acquisition.values(task.posterior, GraphBatch.of([optimum.graph]))[0]
            assert own == pytest.approx(optimum.certificate.value, abs=1e-12)
        assert len(events) == -(-space.size() // chunk)
        incumbents = [event.incumbent for event in events]
        assert incumbents == sorted(incumbents, reverse=True)  # type: ignore[type-var]
    exhaustive._listed.cache_clear()  # noqa: SLF001


def test_exhaustive_leaves_out_every_copy_of_the_excluded() -> None:
    space = nasbench101([5], max_edges=6)
    task = task_on(space, 3)
    best = ExhaustiveOptimizer().minimize(task, 2)
    for copy in space.identity.copies(best[0].graph, ordered=True):
        again = ExhaustiveOptimizer().minimize(replace(task, exclude=[copy]))
        assert again[0].graph == best[1].graph


def test_auto_lists_where_it_can() -> None:
    auto = AutoOptimizer()
    assert auto.choice(nasbench101([5])) is auto.exhaustive
    large = digraphs(7, rules=(TopologicalOrder(),), node_alphabet=tuple("abcdefgh"))
    assert not large.is_listable()
    assert auto.choice(large) is auto.mip
    with pytest.raises(NotListableError):
        ExhaustiveOptimizer().minimize(task_on(large, 0))
    assert auto.minimize(task_on(SMALL["nb101-4"]))[0].certificate.optimizer == "exhaustive"


@dataclass(frozen=True)
class Liar:
    """Exhaustive search that answers with the second best, or with other figures."""

    changes: dict[str, object]
    rank: int = 0
    name: str = "liar"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        optima = ExhaustiveOptimizer().minimize(task, k + self.rank, limits, progress)
        return [
            replace(o, certificate=replace(o.certificate, **self.changes))  # type: ignore[arg-type]
            for o in optima[self.rank :]
        ]


@pytest.mark.parametrize(
    "liar",
    [
        Liar({}, rank=20),
        Liar({"value": 50.0}),
        Liar({"lower_bound": 50.0}),
        Liar({"lower_bound": 50.0, "status": "time_limit"}, rank=20),
        Liar({"value": -50.0, "lower_bound": -50.0}),
    ],
)
def test_a_liar_is_caught(liar: Liar) -> None:
    with pytest.raises(EncodingMismatchError, match="the certificate is wrong"):
        CheckedOptimizer(liar).minimize(task_on(SMALL["nb101-4"], 3))


def test_the_truth_passes_and_is_heard_of() -> None:
    heard: list[tuple[float, float]] = []
    checked = CheckedOptimizer(MipOptimizer(), on_check=lambda *pair: heard.append(pair))
    optima = checked.minimize(task_on(SMALL["nb101-4"], 3), 3)
    assert checked.name == "mip"
    assert [pair[0] for pair in heard] == values(optima)
    assert np.ptp(np.array(heard), axis=1).max() <= 1e-4
    unproven = Liar({"status": "heuristic", "lower_bound": None}, rank=5)
    CheckedOptimizer(unproven).minimize(task_on(SMALL["nb101-4"], 3))


def test_what_has_no_rows_says_what_to_do() -> None:
    task = task_on(SMALL["nb101-4"])
    posterior = KernelPosterior.of(
        ExponentialKernel(task.posterior.kernel),  # type: ignore[attr-defined]
        task.posterior.observed,  # type: ignore[attr-defined]
        task.posterior.targets,  # type: ignore[attr-defined]
        0.1,
    )
    sick = replace(posterior, noise=1e-12)
    with pytest.raises(NoEncodingError, match="too ill-conditioned"):
        MipOptimizer().minimize(replace(task, posterior=sick))
    harmless = replace(task, posterior=sick)
    assert ExhaustiveOptimizer().minimize(harmless)[0].certificate.status == "optimal"


@pytest.mark.parametrize("name", ["interior", "second-last", "third-fixed"])
def test_listed_graphs_are_members(name: str) -> None:
    space = SMALL[name]
    assert all(space.contains(graph) for graph in space.listing())


def test_progress_is_monotone_and_true() -> None:
    space = nasbench101((4, 5), max_edges=5)
    task = task_on(space, 1)
    truth = values(ExhaustiveOptimizer().minimize(task))[0]
    events: list[Progress] = []
    MipOptimizer().minimize(task, progress=events.append)
    bounds = [event.lower_bound for event in events if event.lower_bound is not None]
    assert all(bound <= truth + 1e-6 for bound in bounds)
    assert all(event.incumbent is None or event.incumbent >= truth - 1e-9 for event in events)


@pytest.mark.parametrize("name", ["all", "labelled", "edge-labelled"])
def test_digraphs_by_the_paper_alone(name: str) -> None:
    space = DIGRAPHS[name]
    task = task_on(space, 6)
    options = ModelOptions(encoding="paper")
    found = MipOptimizer(options=options).minimize(task, 3, Limits(seconds=20.0))
    assert values(found) == pytest.approx(values(ExhaustiveOptimizer().minimize(task, 3)), abs=1e-4)
    assert isinstance(space.identity, Indexed)
