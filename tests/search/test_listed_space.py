"""Every search method works on the rows of a table, and proposes nothing else."""

from pathlib import Path

import numpy as np
import pytest

from nasgoat.optimize import AutoOptimizer
from nasgoat.search import Evolution, GoatSearch, LocalSearch, RandomSearch, SearchMethod
from nasgoat.spaces import TableSpace, nasbench101
from nasgoat.study import Study
from nasgoat.surrogate import GPSurrogate
from nasgoat.tabular import Table, TableEvaluator

CELLS = nasbench101([4, 5])
ROWS = CELLS.listing().take(np.arange(0, CELLS.size(), 60))  # 43 rows
SPACE = TableSpace.of("rows", CELLS, ROWS)
VALUES = np.random.default_rng(0).uniform(5, 20, len(ROWS))
TABLE = TableEvaluator(
    "toy", SPACE, "error, %", Table.of(CELLS, ROWS, {"value": VALUES}, CELLS.size())
)

METHODS = [
    RandomSearch(5),
    Evolution(population=10),
    LocalSearch(5),
    GoatSearch(GPSurrogate.of_space(SPACE, seed=0), AutoOptimizer(), initial=5),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_search_ends_when_all_rows_are_known(
    method: SearchMethod[object], tmp_path: Path
) -> None:
    budget = 12 if isinstance(method, GoatSearch) else 100
    with Study(SPACE, method, seed=0, journal=tmp_path / "j.jsonl", benchmark="toy") as study:
        study.run(TABLE, budget)
        seen = SPACE.index.rows([observation.graph for observation in study.observations])
    assert (seen >= 0).all()
    assert len(set(seen.tolist())) == len(seen) == min(budget, len(ROWS))
    assert study.best is not None
    if budget > len(ROWS):
        assert study.best.value == TABLE.optimum == VALUES.min()
