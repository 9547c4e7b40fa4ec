"""Rank tests: worked examples, published values, laws, and error rates by simulation."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from nasgoat.compare.ranks import (
    critical_difference,
    friedman,
    holm,
    indistinct,
    ranks,
    wilcoxon,
)

TABLES = arrays(
    np.float64,
    st.tuples(st.integers(2, 8), st.integers(3, 5)),
    elements=st.integers(0, 4).map(float),
)


def test_friedmans_statistic_by_hand() -> None:
    table = np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0], [2.0, 1.0, 3.0], [1.0, 2.0, 3.0]])
    sums = ranks(table).sum(axis=0)
    by_hand = 12 / (4 * 3 * 4) * (sums**2).sum() - 3 * 4 * 4
    found = friedman(table)
    assert found.statistic == pytest.approx(by_hand)
    assert found.p == pytest.approx(stats.chi2.sf(by_hand, 2))
    assert found.blocks == 4


@given(TABLES, st.randoms(use_true_random=False))
def test_friedman_does_not_mind_the_order(table: np.ndarray, random: object) -> None:
    columns = np.random.default_rng(table.size).permutation(table.shape[1])
    here, there = friedman(table), friedman(table[:, columns])
    assert here.statistic is not None
    assert there.statistic == pytest.approx(here.statistic, abs=1e-9)
    assert 0 <= (here.p or 0.0) <= 1
    assert ranks(table).sum() == pytest.approx(table.size * (table.shape[1] + 1) / 2)


def test_friedman_of_columns_without_difference() -> None:
    found = friedman(np.repeat([[1.0], [4.0]], 3, axis=1))
    assert (found.statistic, found.p) == (0.0, 1.0)
    assert friedman(np.ones((5, 2))).p is None


def test_wilcoxon_is_exact_on_few_differences() -> None:
    """Of 2^5 signs only one is as extreme as all positive, and one as all negative."""
    assert wilcoxon(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx(2 / 2**5)


@pytest.mark.parametrize("n", [4, 9, 25, 50])
def test_wilcoxon_is_that_of_scipy_where_nothing_is_tied(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.3, size=n)
    wanted = stats.wilcoxon(differences, method="exact").pvalue
    assert wilcoxon(differences) == pytest.approx(float(wanted), rel=1e-9)


def test_wilcoxon_of_many_is_that_of_scipy() -> None:
    differences = np.round(np.random.default_rng(0).normal(0.05, size=700), 1)
    wanted = stats.wilcoxon(differences, zero_method="pratt", method="asymptotic").pvalue
    assert wilcoxon(differences) == pytest.approx(float(wanted), rel=1e-9)
    fewer = differences[:200]
    near = stats.wilcoxon(fewer, zero_method="pratt", method="asymptotic").pvalue
    assert wilcoxon(fewer) == pytest.approx(float(near), abs=0.01)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_wilcoxon_with_ties_and_zeros_counts_all_signs(given_: list[int]) -> None:
    differences = np.array(given_) * 0.1
    sizes = stats.rankdata(np.abs(given_)) * (differences != 0)
    total = float(sizes[differences > 0].sum())
    signs = np.array(list(product([0, 1], repeat=len(given_))))
    sums = signs @ sizes
    tail = min((sums <= total + 1e-9).mean(), (sums >= total - 1e-9).mean())
    assert wilcoxon(differences) == pytest.approx(min(1.0, 2 * tail))


def test_wilcoxon_of_mostly_zeros() -> None:
    assert wilcoxon(np.zeros(20)) == 1.0
    some = np.array([0.0] * 30 + [0.2] * 12 + [-0.2] * 12)
    assert wilcoxon(some) > 0.9
    most = np.array([0.0] * 30 + [0.2] * 24)
    assert wilcoxon(most) < 1e-3
    assert wilcoxon(most) == pytest.approx(wilcoxon(-most))


def test_wilcoxon_keeps_its_level() -> None:
    rng = np.random.default_rng(2)
    found = [wilcoxon(rng.normal(size=25)) for _ in range(400)]
    assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.08


def test_holm_by_hand() -> None:
    """0.01 * 4, 0.015 * 3 and 0.03 * 2; the last is raised to the one before."""
    found = holm(np.array([0.03, 0.01, 0.05, 0.015]))
    assert found.tolist() == pytest.approx([0.06, 0.04, 0.06, 0.045])
    assert holm(np.array([])).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_the_raw_and_bonferronis(raw: list[float]) -> None:
    given_, found = np.array(raw), holm(np.array(raw))
    assert (given_ <= found + 1e-15).all()
    assert (found <= np.minimum(1, given_ * len(raw)) + 1e-12).all()
    ordered = found[np.argsort(given_, kind="stable")]
    assert all(a <= b for a, b in pairwise(ordered))


def test_holm_keeps_the_level_of_a_family() -> None:
    rng = np.random.default_rng(4)
    wrong = [(holm(rng.random(10)) < 0.05).any() for _ in range(2000)]
    assert 0.03 <= np.mean(wrong) <= 0.07


@pytest.mark.parametrize(("columns", "q"), [(2, 1.960), (4, 2.569), (7, 2.949), (10, 3.164)])
def test_critical_differences_are_those_of_demsars_table(columns: int, q: float) -> None:
    wanted = q * np.sqrt(columns * (columns + 1) / (6 * 14))
    assert critical_difference(columns, 14) == pytest.approx(wanted, rel=1e-3)


def test_groups_that_are_not_told_apart() -> None:
    means = np.array([3.0, 1.0, 2.0, 4.5])
    assert indistinct(means, 1.2) == [[1, 2], [2, 0]]
    assert indistinct(means, 0.5) == []
    assert indistinct(means, 9.0) == [[1, 2, 0, 3]]
