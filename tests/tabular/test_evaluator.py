"""Queries: means by default, one training by a seed, and what a table cannot say."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import BadDataError, NoRepeatsError, NotInTableError, OutsideSpaceError
from nasgoat.spaces import TableSpace, nasbench101
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat.tabular.format import TableData, write_table
from nasgoat.tabular.measurements import Measurements, draw_repeats
from nasgoat.tabular.serve import serve
from tests.tabular.tables import CELLS, REPEATS, SECONDS, SPACE, VALID, header, toy

ERRORS = 100 - REPEATS


def toy_evaluator(rows: int = len(CELLS)) -> TableEvaluator:
    return serve(toy(rows), "cifar10", "toy:cifar10")


def test_accuracies_become_errors_and_repeats_their_mean() -> None:
    evaluator = toy_evaluator()
    assert evaluator.space == SPACE
    assert evaluator.objective == "validation error on CIFAR-10, %"
    for row in (0, 3, 4, 90):
        seen = evaluator(CELLS[row])
        assert seen.value == pytest.approx(np.nanmean(ERRORS[row]))
        assert seen.test_value == pytest.approx(100 - (VALID[row] - 0.5))
        assert seen.seconds == SECONDS[row]
        assert seen.metrics == {"params": float(row)}
    assert evaluator.optimum == pytest.approx(np.nanmean(ERRORS, axis=1).min())


def test_fractions_become_percent() -> None:
    data = toy()
    columns = [
        column.model_copy(update={"unit": "fraction"}) if column.unit == "%" else column
        for column in data.header.columns
    ]
    of_one = {
        name: values / 100 if name in ("valid", "test") else values
        for name, values in data.columns.items()
    }
    changed = data.header.model_copy(update={"columns": tuple(columns)})
    evaluator = serve(TableData(changed, data.codes, of_one), "cifar10", "toy")
    np.testing.assert_allclose(evaluator.table.value.mean, np.nanmean(ERRORS, axis=1))


def test_rows_are_queried_as_arrays() -> None:
    evaluator = toy_evaluator()
    rows = np.array([5, 3, 5])
    expected = np.nanmean(ERRORS, axis=1)[rows]
    np.testing.assert_allclose(evaluator.query(rows), expected)
    assert evaluator.rows(CELLS).tolist() == list(range(len(CELLS)))
    narrow = evaluator.within(nasbench101([4]))
    found = narrow.rows(CELLS)
    np.testing.assert_array_equal(found >= 0, CELLS.sizes == 4)


def test_chance_draws_each_training_that_is_there_equally_often() -> None:
    rng = np.random.default_rng(0)
    for row, there in ((0, 3), (3, 2), (4, 1)):
        drawn = toy_evaluator().query(np.full(3000, row), rng)
        values, counts = np.unique(drawn, return_counts=True)
        expected = ERRORS[row][~np.isnan(ERRORS[row])]
        np.testing.assert_allclose(values, np.sort(expected))
        assert len(values) == there
        assert (abs(counts - 3000 / there) < 5 * np.sqrt(3000 / there)).all()


def test_a_noisy_evaluator_is_one_training_by_its_seed() -> None:
    evaluator = toy_evaluator()
    one, same, other = (evaluator.noisy(seed) for seed in (1, 1, 2))
    assert one.name == "toy:cifar10 (noisy)"
    assert one.noisy(2).name == one.name
    assert one.objective.endswith("of one training drawn by chance")
    drawn = [one(graph).value for graph in CELLS]
    assert drawn == [same(graph).value for graph in CELLS]
    assert drawn != [other(graph).value for graph in CELLS]
    assert all(value in row for value, row in zip(drawn, ERRORS, strict=True))
    copy = pickle.loads(pickle.dumps(one))  # noqa: S301
    assert [copy(graph).value for graph in CELLS] == drawn
    assert one.optimum == evaluator.optimum
    assert one.best() == evaluator.best()


def test_the_other_numbers_are_those_of_the_same_training() -> None:
    data = toy()
    columns = [
        column.model_copy(update={"repeats": 3}) if column.name == "test" else column
        for column in data.header.columns
    ]
    values = dict(data.columns) | {"test": REPEATS - 0.5}
    changed = data.header.model_copy(update={"columns": tuple(columns)})
    noisy = serve(TableData(changed, data.codes, values), "cifar10", "toy").noisy(0)
    for graph in CELLS:
        seen = noisy(graph)
        assert seen.test_value == pytest.approx(seen.value + 0.5)


def test_an_absent_repeat_of_another_column_is_its_mean() -> None:
    column = Measurements.of(np.array([[1.0, np.nan, 3.0]]))
    zero = np.zeros(3, dtype=np.int64)
    assert column.drawn(zero, np.arange(3)).tolist() == [1.0, 2.0, 3.0]
    assert column.at(0) == column.mean[0] == 2.0
    chosen = draw_repeats(column.values.repeat(50, axis=0), np.random.default_rng(0))
    assert set(chosen.tolist()) == {0, 2}


def test_a_table_without_repeats_refuses_noise() -> None:
    data = toy()
    single = {name: v[:, 0] if v.ndim > 1 else v for name, v in data.columns.items()}
    columns = tuple(c.model_copy(update={"repeats": 1}) for c in data.header.columns)
    changed = data.header.model_copy(update={"columns": columns})
    evaluator = serve(TableData(changed, data.codes, single), "cifar10", "toy")
    with pytest.raises(NoRepeatsError, match="no repeats that noise could be drawn from"):
        evaluator.noisy(0)
    with pytest.raises(NoRepeatsError, match="no repeats"):
        evaluator.query(np.array([0]), np.random.default_rng(0))


def test_rows_without_any_training_are_refused() -> None:
    data = toy()
    values = dict(data.columns) | {"valid": np.full_like(REPEATS, np.nan)}
    with pytest.raises(BadDataError, match="'value' is NaN or infinite in 91 rows"):
        serve(TableData(data.header, data.codes, values), "cifar10", "toy")
    with pytest.raises(BadDataError, match=r"needs the dataset 'mnist'; the table holds \['cif"):
        serve(data, "mnist", "toy")


def test_a_partial_table_is_a_listed_space() -> None:
    evaluator = toy_evaluator(60)
    assert isinstance(evaluator.space, TableSpace)
    assert list(evaluator.space.enumerate()) == list(CELLS.take(slice(0, 60)))
    assert evaluator.optimum == evaluator.best().value == evaluator.table.value.mean.min()
    with pytest.raises(OutsideSpaceError, match="it is none of the 60 rows of toy"):
        evaluator(CELLS[60])
    wide = evaluator.within(SPACE)
    assert wide.optimum is None
    with pytest.raises(NotInTableError, match=re.escape("no row for it (it has 60 rows)")):
        wide(CELLS[60])
    few = TableSpace.of("few", SPACE, CELLS.take(np.array([0, 7, 59])))
    assert evaluator.within(few).optimum == pytest.approx(np.nanmean(ERRORS[[0, 7, 59]], 1).min())
    beyond = TableSpace.of("beyond", SPACE, CELLS.take(np.array([0, 60])))
    assert evaluator.within(beyond).optimum is None


def test_a_table_file_is_a_benchmark(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    write_table(path, toy())
    for name in (f"{path}:cifar10", str(path)):
        evaluator = benchmark(name)
        assert evaluator.optimum == toy_evaluator().optimum
        assert evaluator.name == "toy:cifar10"
    copy = pickle.loads(pickle.dumps(evaluator))  # noqa: S301
    assert len(pickle.dumps(evaluator)) < 2000
    assert copy(CELLS[4]) == evaluator(CELLS[4])
    with pytest.raises(BadDataError, match="holds no dataset 'mnist'"):
        benchmark(f"{path}:mnist")


def test_a_table_file_with_several_datasets_wants_one_named(tmp_path: Path) -> None:
    path = tmp_path / "two.parquet"
    valid = header().columns[0]
    datasets = {name: header().datasets["cifar10"] for name in ("a", "b")}
    columns = tuple(valid.model_copy(update={"name": name, "dataset": name}) for name in datasets)
    data = TableData.of(
        header(datasets=datasets, columns=columns), CELLS, {"a": REPEATS, "b": REPEATS}
    )
    write_table(path, data)
    with pytest.raises(BadDataError, match=r"holds the datasets \['a', 'b'\]; name one"):
        benchmark(str(path))
    assert benchmark(f"{path}:b").name == "toy:b"
