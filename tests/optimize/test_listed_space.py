"""Acquisition optimisation on the rows of a table: exact by listing, refused by the MIP."""

import numpy as np
import pytest

from nasgoat.acquisition import ExpectedImprovement, LowerConfidenceBound
from nasgoat.errors import NoEncodingError, NothingLeftError
from nasgoat.graphs import GraphBatch
from nasgoat.mip import UserConstraint
from nasgoat.optimize import AutoOptimizer, ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.spaces import TableSpace, nasbench101
from nasgoat.surrogate import GPSurrogate

CELLS = nasbench101([4, 5])
ROWS = CELLS.listing().take(np.arange(0, CELLS.size(), 11))
SPACE = TableSpace.of("rows", CELLS, ROWS)


def task() -> Task:
    rng = np.random.default_rng(0)
    graphs = [SPACE.sample(rng) for _ in range(12)]
    posterior = GPSurrogate.of_space(SPACE, seed=0).fit(graphs, rng.standard_normal(12))
    return Task(LowerConfidenceBound(), posterior, SPACE, exclude=graphs)


def test_the_best_rows_are_found_with_a_certificate() -> None:
    job = task()
    values = job.acquisition.values(job.posterior, ROWS)
    left = ~np.isin(np.arange(len(ROWS)), SPACE.index.rows(GraphBatch.of(job.exclude)))
    for optimizer in (ExhaustiveOptimizer(), AutoOptimizer()):
        optima = optimizer.minimize(job, k=3)
        found = [optimum.certificate.value for optimum in optima]
        assert found == pytest.approx(np.sort(values[left])[:3])
        assert all(optimum.certificate.gap == 0 for optimum in optima)
        assert all(SPACE.contains(optimum.graph) for optimum in optima)
        assert optima[0].certificate.optimizer == "exhaustive"


@pytest.mark.parametrize("acquisition", [LowerConfidenceBound(), ExpectedImprovement(0.0)])
def test_the_mip_refuses_with_a_reason(acquisition: object) -> None:
    job = Task(acquisition, task().posterior, SPACE)  # type: ignore[arg-type]
    with pytest.raises(NoEncodingError, match=r"'rows' is a list of 230 graphs; .* exhaustive"):
        MipOptimizer().minimize(job)


def test_constraints_narrow_the_rows() -> None:
    sparse = UserConstraint(
        lambda block, handles: None, lambda batch: batch.adjacency.sum(axis=(1, 2)) <= 4
    )
    job = task()
    narrow = Task(job.acquisition, job.posterior, SPACE, job.exclude, constraints=(sparse,))
    best = AutoOptimizer().minimize(narrow)[0].graph
    assert len(best.edges) <= 4
    assert SPACE.contains(best)


def test_nothing_is_left_when_all_rows_are_excluded() -> None:
    job = task()
    with pytest.raises(NothingLeftError):
        ExhaustiveOptimizer().minimize(Task(job.acquisition, job.posterior, SPACE, list(ROWS)))
