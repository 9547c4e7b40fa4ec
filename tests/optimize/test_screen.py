"""Screening in single precision changes no answer of exhaustive search."""

from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import ExpectedImprovement, LowerConfidenceBound
from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel
from nasgoat.optimize import ExhaustiveOptimizer, Task
from nasgoat.optimize.screen import deviation_factor, packed_of, screen_of
from nasgoat.posterior import FeaturePosterior
from nasgoat.spaces import CellSpace, nasbench101
from tests.mip.oracles_mip import DIGRAPHS, SMALL, believed, kernel_maps, random_acquisition

SPACES: list[CellSpace] = [*SMALL.values(), *DIGRAPHS.values(), nasbench101((2, 3, 4, 5))]


def random_task(seed: int) -> Task:
    """Also with duplicates, hardly any noise, and more observations than features."""
    rng = np.random.default_rng(seed)
    space = SPACES[seed % len(SPACES)]
    maps = kernel_maps(space, int(rng.integers(6)))
    posterior = believed(
        space,
        maps,
        seed,
        count=int(rng.integers(1, 200)),
        noise=float(10.0 ** rng.uniform(-6, 0)),
        weights=tuple(float(10.0 ** rng.uniform(-2, 2)) for _ in maps),
    )
    exclude = list(posterior.observed)[: int(rng.choice([0, 5, 200]))]
    return Task(random_acquisition(posterior, rng), posterior, space, exclude)


@pytest.mark.parametrize("seed", range(3 * len(SPACES)))
def test_intervals_hold_the_values_and_are_narrow(seed: int) -> None:
    task = random_task(seed)
    listing = task.space.listing()
    screen = screen_of(task.acquisition, task.posterior)
    assert screen is not None
    assert isinstance(task.posterior, FeaturePosterior)
    lower, upper = screen.intervals(packed_of(task.posterior.kernel.maps, listing))
    values = task.acquisition.values(task.posterior, listing)
    assert (lower <= values).all()
    assert (values <= upper).all()
    scale = np.sqrt(task.posterior.kernel.diag(listing).max()) + np.abs(values).max()
    assert (upper - lower).max() <= 0.01 * (scale + np.linalg.norm(screen.weights))


@pytest.mark.parametrize("seed", range(3 * len(SPACES)))
def test_the_k_best_are_those_of_all_values(seed: int) -> None:
    task = random_task(seed)
    listing = task.space.listing()
    taken = set(task.space.keys(GraphBatch.of(task.exclude))) if task.exclude else set()
    values = task.acquisition.values(task.posterior, listing)
    keys = task.space.keys(listing)
    left = sorted(v for v, key in zip(values.tolist(), keys, strict=True) if key not in taken)
    if not left:
        return
    found = ExhaustiveOptimizer().minimize(task, 7)
    scale = max(1.0, float(np.abs(values).max()))
    assert [o.certificate.value for o in found] == pytest.approx(left[:7], abs=1e-12 * scale)
    of_key = dict(zip(keys, values.tolist(), strict=True))
    again = task.space.keys(GraphBatch.of([o.graph for o in found]))
    assert len(set(again)) == len(found)
    assert not taken & set(again)
    for optimum, key in zip(found, again, strict=True):
        assert of_key[key] == pytest.approx(optimum.certificate.value, abs=1e-12 * scale)


def test_the_factor_is_that_of_the_covariance() -> None:
    space = nasbench101([5])
    posterior = believed(space, kernel_maps(space, 0), 1, count=60)
    factor = deviation_factor(posterior)
    assert factor @ factor.T == pytest.approx(posterior.covariance, abs=1e-12)


def test_what_has_no_screen_is_valued_as_it_is() -> None:
    task = random_task(0)
    assert screen_of(ExpectedImprovement(0.0), task.posterior) is None
    task = replace(task, acquisition=ExpectedImprovement(0.0), exclude=())
    values = task.acquisition.values(task.posterior, task.space.listing())
    found = ExhaustiveOptimizer().minimize(task, 3)
    assert [o.certificate.value for o in found] == pytest.approx(np.sort(values)[:3], abs=1e-12)


@pytest.mark.parametrize("size", [1e30, 1e80])
def test_beyond_single_range_double_precision_decides(size: float) -> None:
    space = nasbench101([5])
    small = believed(space, kernel_maps(space, 0), 2)
    posterior = FeaturePosterior.of(
        LinearKernel(small.kernel.maps, (1.0, 1.0)), small.observed, size * small.targets, 0.1
    )
    task = Task(LowerConfidenceBound(), posterior, space)
    least = task.acquisition.values(posterior, space.listing()).min()
    found = ExhaustiveOptimizer().minimize(task)[0].certificate.value
    assert found == pytest.approx(least, rel=1e-12)


def test_nan_is_refused() -> None:
    task = random_task(0)
    with pytest.raises(BadDataError, match="NaN"):
        ExhaustiveOptimizer().minimize(replace(task, acquisition=ExpectedImprovement(np.nan)))
