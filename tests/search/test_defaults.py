"""What a search compares where nothing is asked for fits the space."""

from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import PathHandles, UserConstraint, row
from nasgoat.records import Observation
from nasgoat.search import (
    Alternate,
    GoatSettings,
    MethodSpec,
    TakeTurns,
    UseEI,
    UseLCB,
    default_acquisition,
    default_features,
    default_kernel,
)
from nasgoat.spaces import CellSpace, darts, digraphs, nasbench101, nasbench201, nasbench_graph
from nasgoat.study import Study
from nasgoat.surrogate import GPSurrogate, WLSurrogate, feature_maps_of


@pytest.mark.parametrize(
    ("space", "features"),
    [
        (nasbench_graph(), "nl+op-paths"),
        (nasbench_graph(("gcn", "sage", "skip")), "nl+op-paths"),
        (nasbench101([5]), None),
        (nasbench201(), None),
        (darts(), None),
        (digraphs(3), None),
    ],
    ids=lambda value: value.name if isinstance(value, CellSpace) else str(value),
)
def test_trees_are_compared_by_their_paths(space: CellSpace, features: str | None) -> None:
    assert default_features(space) == features
    assert feature_maps_of(space, features)


def test_bounds_take_turns_where_edges_have_labels() -> None:
    for space in (nasbench201(), darts()):
        assert default_acquisition(space) == TakeTurns((1, 16, 64))
    assert default_acquisition(nasbench101()) == default_acquisition(nasbench_graph()) == UseLCB()


def test_nothing_takes_turns_in_a_top_k_batch() -> None:
    space = nasbench201()
    assert GoatSettings().rule(space) == TakeTurns()
    assert GoatSettings(batch_rule="top-k").rule(space) == UseLCB()
    assert GoatSettings(beta=4.0).rule(space) == UseLCB(4.0)


def test_listable_trees_are_compared_by_their_subtrees() -> None:
    trees, cells = nasbench_graph(), nasbench101([5])
    assert default_kernel(trees) == "wl"
    assert GoatSettings().surrogate(trees) == WLSurrogate()
    assert GoatSettings().rule(trees) == Alternate((UseEI(), UseLCB()))
    assert GoatSettings(acquisition="lcb").rule(trees) == UseLCB()
    assert GoatSettings(acquisition="ei").rule(trees) == UseEI()
    assert GoatSettings(batch_rule="top-k").rule(trees) == UseLCB()
    assert GoatSettings(beta=2.0).rule(trees) == UseLCB(2.0)
    assert GoatSettings(kernel="wl").surrogate(cells) == WLSurrogate()
    for space in (cells, nasbench201(), darts()):
        assert default_kernel(space) == GoatSettings().kernel_for(space) == "linear"


@pytest.mark.parametrize(
    "asked",
    [
        {"features": "sp+nl"},
        {"optimizer": "mip"},
        {"solver": "highs"},
        {"acquisition": "thompson"},
        {"kernel": "linear"},
    ],
    ids="".join,
)
def test_whatever_subtrees_cannot_do_asks_for_features(asked: dict[str, str]) -> None:
    settings = GoatSettings(**asked)  # type: ignore[arg-type]
    assert isinstance(settings.surrogate(nasbench_graph()), GPSurrogate)
    if "acquisition" not in asked:
        assert settings.rule(nasbench_graph()) == UseLCB()


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"features": "sp"}, ValueError, "takes no features, got 'sp'"),
        ({"optimizer": "mip"}, NoEncodingError, "wl has no MIP form"),
        ({"solver": "highs"}, NoEncodingError, "wl has no MIP form"),
        ({"acquisition": "thompson"}, NoEncodingError, "needs a linear kernel"),
    ],
)
def test_subtrees_refuse_what_they_cannot_do(
    asked: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        GoatSettings(kernel="wl", **asked)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="wl does not fit space"):
        GoatSettings(kernel="wl").surrogate(nasbench201())


def test_trees_that_nothing_can_list_keep_a_kernel_that_the_mip_carries() -> None:
    def at_most_three_leaves(block: pyo.Block, handles: PathHandles) -> None:
        leaves = sum(handles.edge[v, 5] for v in range(1, 5))
        block.few = pyo.Constraint(expr=row(leaves <= 3))

    trees = nasbench_graph(("gcn", "sage", "skip"))
    narrowed = trees.with_rules(UserConstraint(at_most_three_leaves).rule())
    assert default_kernel(trees) == "wl"
    assert default_kernel(narrowed) == "linear"
    for space in (narrowed, nasbench101([8])):
        with pytest.raises(NoEncodingError, match="cannot be listed"):
            MethodSpec.of("goat", {"kernel": "wl"}).build(space)
    assert MethodSpec.of("goat", {"kernel": "wl", "optimizer": "pool"}).build(nasbench101([8]))


def test_a_top_k_batch_over_subtrees_and_a_resumed_run_are_those_of_any_kernel(
    tmp_path: Path,
) -> None:
    space = nasbench_graph(("gcn", "sage", "skip"))
    wanted = space.sample(np.random.default_rng(5))

    def evaluate(graph: LabeledGraph) -> Observation:
        return Observation(graph, float(len(set(graph.edges) ^ set(wanted.edges))))

    for options in ({}, {"batch_rule": "top-k"}):
        method = MethodSpec.of("goat", options).build(space)
        whole = Study(space, method, seed=1)
        whole.run(evaluate, 14, 4)
        journal = tmp_path / f"{len(options)}.jsonl"
        with Study(space, method, seed=1, journal=journal) as begun:
            begun.run(evaluate, 6, 4)
        with Study(space, method, seed=1, journal=journal) as resumed:
            resumed.run(evaluate, 14, 4)
        found, expected = ([one.graph for one in study.observations] for study in (resumed, whole))
        assert found == expected
        assert len({space.key(one.graph) for one in whole.observations}) == 14
