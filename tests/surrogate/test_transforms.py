"""Target transforms: one law for all, golden values for each."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.errors import BadDataError
from nasgoat.surrogate import (
    TRANSFORMS,
    Log,
    LogClip,
    RankGaussian,
    Standardise,
    TargetTransform,
)

every_transform = pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=repr)
finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@every_transform
@given(st.lists(positive, min_size=1, max_size=30))
def test_monotone_and_standardised(transform: TargetTransform, targets: list[float]) -> None:
    found = transform.transform(targets)
    order = np.argsort(targets, kind="stable")
    assert found.shape == (len(targets),)
    assert np.isfinite(found).all()
    assert (np.diff(found[order]) >= 0).all()
    assert (np.diff(found[order])[np.diff(np.sort(targets)) == 0] == 0).all()
    assert found.mean() == pytest.approx(0, abs=1e-9)
    if found.any():
        assert found.std() == pytest.approx(1)


@pytest.mark.parametrize("transform", [Standardise(), RankGaussian()], ids=repr)
@given(st.lists(finite, min_size=1, max_size=30))
def test_any_sign_and_size(transform: TargetTransform, targets: list[float]) -> None:
    found = transform.transform(targets)
    assert np.isfinite(found).all()
    assert found.any() == (len(set(targets)) > 1)


@every_transform
@pytest.mark.parametrize("targets", [[0.1] * 7, [3.0], []])
def test_equal_targets_become_zeros(transform: TargetTransform, targets: list[float]) -> None:
    assert transform.transform(targets).tolist() == [0.0] * len(targets)


@every_transform
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([1.0, float("nan"), 2.0, float("inf")], r"targets \[1, 3\] are NaN or infinite"),
        ([-float("inf")], r"targets \[0\] are NaN or infinite"),
        ([[1.0, 2.0]], r"got shape \(1, 2\)"),
    ],
)
def test_bad_targets_are_refused(transform: TargetTransform, targets: Any, message: str) -> None:
    with pytest.raises(BadDataError, match=message):
        transform.transform(targets)


@pytest.mark.parametrize("transform", [Log(), LogClip()], ids=repr)
def test_logarithms_need_positive_targets(transform: TargetTransform) -> None:
    message = rf"{type(transform).__name__} needs positive .* \[1, 2\] are \[0.0, -3.0\]"
    with pytest.raises(BadDataError, match=message):
        transform.transform([1.0, 0.0, -3.0])


def test_standardise() -> None:
    assert Standardise().transform([1, 2, 3, 6]) == pytest.approx(
        np.array([-2, -1, 0, 3]) / np.sqrt(14 / 4)
    )


def test_log_is_standardised_logs() -> None:
    logs = np.array([0.0, 1.0, 5.0])
    assert Log().transform(np.exp(logs)) == pytest.approx(Standardise().transform(logs))


def test_log_clip_cuts_at_twice_the_median_less_the_least() -> None:
    """Logs 0, 1, 2, 3, 100 are cut at 2 * 2 - 0 = 4; mean 2, variance 2."""
    found = LogClip().transform(np.exp([0.0, 1.0, 2.0, 3.0, 100.0]))
    assert found == pytest.approx(np.array([-2, -1, 0, 1, 2]) / np.sqrt(2))


def test_log_clip_keeps_what_it_would_wipe_out() -> None:
    """With the median at the least value the ceiling would be there too."""
    targets = [1.0, 1.0, 1.0, 5.0, 9.0]
    assert np.array_equal(LogClip().transform(targets), Log().transform(targets))


def test_rank_gaussian_is_the_normal_scores() -> None:
    """Quantiles 1/6, 1/2, 5/6; the scale is free, so the ends are at +-sqrt(3/2)."""
    expected = np.sqrt(1.5) * np.array([-1, 1, 0])
    assert RankGaussian().transform([-5.0, 1e6, 0.0]) == pytest.approx(expected)
    scores = RankGaussian().transform([1, 2, 3, 4])
    # ndtri(5/8) / ndtri(7/8) = 0.318639 / 1.150349
    assert scores[2] / scores[3] == pytest.approx(0.276993, abs=1e-5)


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=20))
def test_rank_gaussian_sees_order_only(targets: list[int]) -> None:
    found = RankGaussian().transform(targets)
    assert np.array_equal(found, RankGaussian().transform(np.exp(targets)))
    mirrored = RankGaussian().transform(-np.array(targets))
    assert mirrored == pytest.approx(-found, abs=1e-9)


def test_ties_share_their_mean_rank() -> None:
    """Ranks 1, 2.5, 2.5, 4 of 4: symmetric, so the pair in the middle is at 0."""
    found = RankGaussian().transform([1.0, 2.0, 2.0, 9.0])
    assert found == pytest.approx(np.array([-np.sqrt(2), 0, 0, np.sqrt(2)]))


def test_registry() -> None:
    assert list(TRANSFORMS) == ["standardise", "log", "log-clip", "rank-gaussian"]
