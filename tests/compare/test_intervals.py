"""Intervals: against scipy and formulas, on data without spread, and by how often they cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from nasgoat.compare import intervals
from nasgoat.compare.intervals import (
    expanded,
    mean_interval,
    mean_intervals,
    median_interval,
    share_interval,
)

SAMPLES = arrays(np.float64, st.integers(1, 25), elements=st.floats(-50, 50, width=16))


@pytest.mark.parametrize("n", [8, 30, 100])
@pytest.mark.parametrize("skewed", [False, True])
def test_the_interval_of_a_mean_is_that_of_scipy(n: int, skewed: bool) -> None:
    rng = np.random.default_rng(n)
    values = rng.exponential(size=n) if skewed else rng.normal(size=n)
    wanted = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=20_000,
        rng=rng,
        method="BCa",
        confidence_level=expanded(0.95, n),
    )
    found = mean_interval(values)
    chance = 0.06 * values.std() / np.sqrt(n) * 1.96 * 2  # of the two sets of resamples
    assert found.low == pytest.approx(wanted.confidence_interval.low, abs=chance)
    assert found.high == pytest.approx(wanted.confidence_interval.high, abs=chance)


def test_the_adjusted_levels_are_those_of_the_formula() -> None:
    """With scipy's own resamples both take the same quantiles."""
    values = np.random.default_rng(3).exponential(size=20)
    counts = intervals._resamples(20)  # noqa: SLF001
    draws = np.sort(counts @ values / 20)
    bias = stats.norm.ppf((draws < values.mean()).mean())
    jackknife = np.array([np.delete(values, i).mean() for i in range(20)])
    u = 19 * (jackknife.mean() - jackknife)
    a = (u**3).sum() / 20**3 / (6 * ((u**2).sum() / 20**2) ** 1.5)
    tail = np.sqrt(20 / 19) * stats.t.ppf(0.975, 19)
    z = bias + np.array([-tail, tail])
    wanted = np.quantile(draws, stats.norm.cdf(bias + z / (1 - a * z)))
    found = mean_interval(values)
    assert (found.low, found.high) == pytest.approx(tuple(wanted), abs=1e-9)


def test_columns_do_not_mix() -> None:
    table = np.random.default_rng(1).gamma(1.0, size=(15, 4))
    low, high = mean_intervals(table)
    each = [mean_interval(column) for column in table.T]
    assert low.tolist() == pytest.approx([one.low for one in each], abs=1e-12)
    assert high.tolist() == pytest.approx([one.high for one in each], abs=1e-12)


@given(SAMPLES)
def test_intervals_lie_among_the_values_and_around_their_centre(values: np.ndarray) -> None:
    for interval, centre in (
        (mean_interval(values), values.mean()),
        (median_interval(values), np.median(values)),
    ):
        assert values.min() - 1e-9 <= interval.low <= interval.high <= values.max() + 1e-9
        if len(values) > 5:
            assert interval.low - 1e-9 <= centre <= interval.high + 1e-9


@given(SAMPLES, st.integers(-3, 3))
def test_intervals_move_with_the_values(values: np.ndarray, shift: int) -> None:
    for interval in (mean_interval, median_interval):
        here, there = interval(values), interval(values * 2 + shift)
        assert there.low == pytest.approx(here.low * 2 + shift, abs=1e-6)
        assert there.high == pytest.approx(here.high * 2 + shift, abs=1e-6)


@pytest.mark.parametrize("values", [[0.0], [0.0] * 30, [7.3] * 11])
def test_equal_values_have_no_spread(values: list[float]) -> None:
    for interval in (mean_interval(np.array(values)), median_interval(np.array(values))):
        assert (interval.low, interval.high) == (values[0], values[0])


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_medians_of_resamples_are_those_of_numpy(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    counts = intervals._resamples(n).astype(int)  # noqa: SLF001
    medians = [np.median(np.repeat(values, row)) for row in counts]
    found = median_interval(values)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(medians, [0.025, 0.975])))


def test_wilsons_formula() -> None:
    z = stats.norm.ppf(0.975)
    for k, n in ((0, 20), (7, 20), (95, 100), (100, 100)):
        p = k / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        found = share_interval(k, n)
        assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-12)


@pytest.mark.parametrize(
    ("n", "zeros", "least"), [(20, 0.4, 0.90), (50, 0.4, 0.91), (100, 0.8, 0.91)]
)
def test_how_often_intervals_cover_the_truth(n: int, zeros: float, least: float) -> None:
    """Regrets as they are: skewed, many of them 0. Student's interval of them covers less."""
    rng = np.random.default_rng(0)
    regrets = rng.exponential(size=(n, 1000)) * (rng.random((n, 1000)) >= zeros)
    low, high = mean_intervals(regrets)
    truth = 1 - zeros
    assert least <= ((low <= truth) & (truth <= high)).mean() <= 0.98


def test_how_often_intervals_of_medians_cover_the_truth() -> None:
    medians = [median_interval(row) for row in np.random.default_rng(0).normal(size=(300, 41))]
    assert 0.90 <= np.mean([one.low <= 0 <= one.high for one in medians]) <= 0.99


def test_a_mean_difference_of_0_is_seldom_excluded() -> None:
    """Paired differences of two methods that are equally good."""
    rng = np.random.default_rng(5)
    common = rng.gamma(2.0, size=(40, 1000))
    first, second = (common + rng.exponential(0.4, size=common.shape) for _ in range(2))
    low, high = mean_intervals(first - second)
    assert 0.03 <= ((low > 0) | (high < 0)).mean() <= 0.08
