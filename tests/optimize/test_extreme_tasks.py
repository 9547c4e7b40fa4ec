"""The MIP finds what exhaustive search finds where numbers are extreme; failures name the seed."""

from dataclasses import replace

import pytest

from nasgoat.errors import SolverUnavailableError
from nasgoat.records import Limits
from tests.optimize.extreme_tasks import extreme_task
from tests.optimize.test_mip_is_exhaustive import compare, compare_hundred


@pytest.mark.parametrize("seed", range(60))
def test_extreme_tasks(seed: int) -> None:
    try:
        compare(extreme_task(seed))
    except SolverUnavailableError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("seed", [139, 5062, 5211])
def test_scip_at_its_own_epsilon(seed: int) -> None:
    """SCIP 10.0.2 at a feasibility tolerance of 1e-9 cut off optima of exponential kernels."""
    drawn = replace(extreme_task(seed), backend="scip", descents=0, k=1, limits=Limits(10.0))
    compare(drawn)


@pytest.mark.parametrize("seed", [406, 869])
def test_scip_and_what_it_infers_from_the_objective(seed: int) -> None:
    """SCIP 10.0.2 cut off optima when it propagated the objective."""
    drawn = replace(extreme_task(seed), backend="scip", descents=0, limits=Limits())
    assert "optimal" in compare(drawn)


@pytest.mark.parametrize("seed", [753, 770])
def test_scip_closes_between_presolve_and_search(seed: int) -> None:
    """To ask SCIP 10.0.2 to stop at that moment is an error, and was raised as one."""
    drawn = replace(extreme_task(seed), limits=Limits())
    assert set(compare(drawn)) == {"optimal"}


@pytest.mark.parametrize("seed", [1183])
def test_targets_of_hundreds_of_millions(seed: int) -> None:
    """HiGHS 1.15.1 proved a false bound where the mean of an exponential kernel was 1e8."""
    drawn = replace(extreme_task(seed), limits=Limits())
    assert set(compare(drawn)) == {"optimal"}


def test_ranges_have_more_room_than_highs_tolerates() -> None:
    """HiGHS 1.15.1 took a row for forcing whose slack of 4.5e-6 was the margin of a range."""
    drawn = replace(extreme_task(1311), limits=Limits(60.0))
    assert compare(drawn) == ["optimal"] * 4


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(6))
def test_extreme_tasks_at_length(hundred: int) -> None:
    compare_hundred(extreme_task, hundred)
