"""Samples are members, reach every member and, where edge sets can be listed, are uniform."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chisquare

from nasgoat.errors import EmptySpaceError, NotListableError
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    FixedLabel,
    InDegree,
    Indexed,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Rule,
    SingleSource,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
    darts,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)

SPACES = [
    nasbench101(),
    nasbench101([2, 3, 4]),
    nasbench201("any"),
    nasbench201(),
    nasbench201("all-on-path"),
    nasbench_graph(),
    digraphs(4, 1),
    digraphs(4, rules=[Undirected(), StronglyConnected()]),
    nasbench101([5]).with_rules(FixedLabel(2, 3), MaxLabelCount(1, 1)),
    darts(),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_samples_are_members(space: CellSpace) -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        assert space.violations(space.sample(rng)) == []


def test_the_seed_decides() -> None:
    space = nasbench101()
    draws = [[space.sample(np.random.default_rng(seed)) for seed in range(20)] for _ in range(2)]
    assert draws[0] == draws[1]
    assert len(set(draws[0])) > 15


UNIFORM = [
    nasbench101([4]),
    nasbench101([2, 3, 4]),
    digraphs(2, 1),
    digraphs(3, rules=[Acyclic()]),
    nasbench101([4]).with_rules(MaxLabelCount(1, 1)),
    CellSpace("edges", (3,), edge_alphabet=("a", "b"), identity=Indexed()),
    darts(2, ("a",)),
    darts(1, ("a", "b")),
]


@pytest.mark.parametrize("space", UNIFORM, ids=lambda space: f"{space.name}-{space.sizes}")
def test_indexed_graphs_are_drawn_uniformly(space: CellSpace) -> None:
    assert_uniform(space)


@pytest.mark.parametrize("space", UNIFORM, ids=lambda space: f"{space.name}-{space.sizes}")
def test_many_draws_at_once_are_uniform_too(space: CellSpace) -> None:
    points = list(replace(space, identity=Indexed()).listing())
    rng = np.random.default_rng(1)
    drawn = Counter(space.samples(25 * len(points), rng))
    assert sum(drawn.values()) == 25 * len(points)
    assert set(drawn) == set(points)
    assert chisquare([drawn[graph] for graph in points]).pvalue > 1e-3


def test_many_draws_keep_the_share_of_each_size_under_label_rules() -> None:
    rules = (TopologicalOrder(), MaxLabelCount(0, 1))
    space = digraphs(3, 2, rules=rules, node_alphabet=("a", "b"))
    smaller = int((space.samples(2000, np.random.default_rng(1)).sizes == 2).sum())
    assert chisquare([smaller, 2000 - smaller], [2000 * 6 / 38, 2000 * 32 / 38]).pvalue > 1e-3


def test_no_draws_and_draws_of_large_and_empty_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    assert len(nasbench101().samples(0, rng)) == 0
    large = nasbench101([7, 10], 16)
    assert len(large.samples(5, rng)) == 5
    assert all(large.contains(graph) for graph in large.samples(5, rng))
    monkeypatch.setattr("nasgoat.spaces.listing.MAX_ATTEMPTS", 20)
    empty = nasbench101([3]).with_rules(*(MaxLabelCount(label, 0) for label in (1, 2, 3)))
    with pytest.raises(EmptySpaceError, match="no graph of space"):
        empty.samples(1, rng)


def test_sizes_are_drawn_in_proportion_to_members_under_label_rules() -> None:
    rules = (TopologicalOrder(), MaxLabelCount(0, 1))
    space = digraphs(3, 2, rules=rules, node_alphabet=("a", "b"))
    rng = np.random.default_rng(1)
    smaller = sum(space.sample(rng).n == 2 for _ in range(2000))
    assert (space.size(), space.of_size(2).size()) == (38, 6)
    assert chisquare([smaller, 2000 - smaller], [2000 * 6 / 38, 2000 * 32 / 38]).pvalue > 1e-3


def assert_uniform(space: CellSpace) -> None:
    """Chi-square test; one in a thousand right samplers would fail it, but the seed is fixed."""
    rng = np.random.default_rng(1)
    points = list(replace(space, identity=Indexed()).listing())
    drawn = Counter(space.sample(rng) for _ in range(25 * len(points)))
    assert set(drawn) == set(points)  # at 25 a graph, a miss has probability e-25
    assert chisquare([drawn[graph] for graph in points]).pvalue > 1e-3


LARGE: list[CellSpace] = [
    nasbench101([9], 12),
    nasbench101([7, 10], 16),
    digraphs(8, rules=[StronglyConnected()]),
    digraphs(12, rules=[TopologicalOrder(), SingleSource(), InDegree(at_most=2)]),
    digraphs(9, rules=[Acyclic(), MaxEdges(20)], node_alphabet=("a", "b")),
]


@pytest.mark.parametrize("space", LARGE, ids=lambda space: f"{space.name}-{space.sizes}")
def test_spaces_too_large_to_list_are_still_sampled(space: CellSpace) -> None:
    assert not space.is_listable()
    rng = np.random.default_rng(0)
    drawn = [space.sample(rng) for _ in range(3)]
    assert all(space.contains(graph) for graph in drawn)
    assert len(set(drawn)) == 3


@pytest.mark.parametrize("space", [nasbench101([9], 12), nasbench101([6, 9], 12)])
def test_listing_a_large_space_is_refused(space: CellSpace) -> None:
    with pytest.raises(NotListableError, match="too many edge sets at 9 nodes"):
        space.size()
    with pytest.raises(NotListableError):
        next(space.enumerate())


def test_listing_too_many_labellings_is_refused() -> None:
    space = digraphs(4, node_alphabet="abcdef")
    assert not space.is_listable()
    with pytest.raises(NotListableError, match=r"5,308,416 indexed graphs.*4,000,000"):
        space.listing()


@pytest.mark.parametrize(
    "rules",
    [
        (MaxEdges(0), StronglyConnected()),
        (FixedLabel(0, 0), FixedLabel(0, 1)),
        (TopologicalOrder(), OnPath(), MaxEdges(1)),
    ],
)
def test_an_empty_space_says_so(rules: tuple[Rule, ...]) -> None:
    space = digraphs(3, rules=rules, node_alphabet=("a", "b"))
    assert space.size() == 0
    assert list(space.enumerate()) == []
    with pytest.raises(EmptySpaceError, match=r"digraphs\(3\)"):
        space.sample(np.random.default_rng(0))


def test_an_empty_size_of_several_is_never_drawn() -> None:
    space = digraphs(3, 1, rules=[TopologicalOrder(), MaxEdges(1), OnPath()])
    assert space.size() == 2  # one node, or two and an edge; three need two edges
    rng = np.random.default_rng(0)
    assert {space.sample(rng).n for _ in range(40)} == {1, 2}
