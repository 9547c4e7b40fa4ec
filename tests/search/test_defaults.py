"""What a search compares where nothing is asked for fits the space."""

import pytest

from nasgoat.search import GoatSettings, TakeTurns, UseLCB, default_acquisition, default_features
from nasgoat.spaces import CellSpace, darts, digraphs, nasbench101, nasbench201, nasbench_graph
from nasgoat.surrogate import feature_maps_of


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
