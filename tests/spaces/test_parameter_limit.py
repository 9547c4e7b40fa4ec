"""The limit on parameters never lets a larger network through, and leaves few others out."""

import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import ParameterLimit, digraphs, nasbench101
from nasgoat.spaces.nb101 import parameters

MOST_OVER = 0.015  # of the official number; 1.4 % at worst in the whole space


def feeding(batch: GraphBatch) -> np.ndarray:
    """How many operations feed the output."""
    return batch.adjacency[np.arange(len(batch)), 1:, batch.sizes - 1].sum(axis=1)


@pytest.fixture(scope="module")
def cells() -> GraphBatch:
    space, rng = nasbench101([6, 7]), np.random.default_rng(0)
    drawn = GraphBatch.of([space.sample(rng) for _ in range(300)])
    return GraphBatch.concatenate([nasbench101(range(2, 6)).listing(), drawn])


def test_counts_are_the_official_ones_or_little_more(cells: GraphBatch) -> None:
    official, counted = parameters(cells), ParameterLimit(0).counts(cells)
    k = feeding(cells)
    assert {0, 1, 2, 3, 4} <= set(k.tolist())
    even = np.isin(k, (0, 1, 2, 4))
    assert (counted[even] == official[even]).all()
    assert (counted[~even] >= official[~even]).all()
    assert (counted[~even] > official[~even]).any()
    assert (counted <= (1 + MOST_OVER) * official).all()


@pytest.mark.parametrize("limit", [500_000, 3_000_000, 9_000_000, 30_000_000])
def test_members_keep_the_limit(cells: GraphBatch, limit: int) -> None:
    kept = ParameterLimit(limit).holds(cells)
    assert 0 < kept.sum() < len(cells)
    assert (parameters(cells)[kept] <= limit).all()
    assert (parameters(cells)[~kept] > limit / (1 + MOST_OVER)).all()


def test_the_limit_itself_is_allowed(cells: GraphBatch) -> None:
    count = int(ParameterLimit(0).counts(cells)[100])
    assert ParameterLimit(count).holds(cells)[100]
    assert not ParameterLimit(count - 1).holds(cells)[100]


def test_no_numbering_changes_the_count() -> None:
    space, rng = nasbench101([7]), np.random.default_rng(1)
    for _ in range(20):
        copies = GraphBatch.of(space.identity.copies(space.sample(rng), ordered=True))
        assert len(set(ParameterLimit(0).counts(copies).tolist())) == 1
    assert ParameterLimit(0).relabelling_invariant


def test_what_came_and_what_is_allowed() -> None:
    cell = LabeledGraph(3, ((0, 1), (1, 2)), (0, 3, 4))
    space = nasbench101([3]).with_rules(ParameterLimit(1_000))
    [count] = parameters(GraphBatch.of([cell]))
    [sentence] = space.violations(cell)
    assert sentence == f"the network has up to {count:,} parameters, the space allows 1,000"


def test_other_labels_do_not_fit() -> None:
    with pytest.raises(ValueError, match="about NAS-Bench-101's labels"):
        digraphs(3, rules=(ParameterLimit(1_000),), node_alphabet=("a", "b"))
    with pytest.raises(ValueError, match="makes no sense"):
        ParameterLimit(-1)
