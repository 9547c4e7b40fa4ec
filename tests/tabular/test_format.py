"""Table files: what is written is read, and what is not a table is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from nasgoat.errors import BadDataError
from nasgoat.spaces import CellSpace, digraphs, nasbench101, nasbench201
from nasgoat.tabular.format import KEY, TableData, read_header, read_table, write_table
from nasgoat.tabular.header import ColumnInfo, DatasetInfo, SpaceInfo, TableHeader
from tests.tabular.tables import CELLS, REPEATS, SPACE, header, toy


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path, data = tmp_path / "toy.parquet", toy()
    write_table(path, data)
    again = read_table(path)
    assert again.header == data.header == read_header(path)
    assert list(again.graphs()) == list(CELLS)
    assert again.space() == SPACE
    assert set(again.columns) == {"valid", "test", "seconds", "params"}
    for name, values in data.columns.items():
        np.testing.assert_array_equal(again.columns[name], values)
        assert again.columns[name].dtype == values.dtype
    assert [file.name for file in tmp_path.iterdir()] == ["toy.parquet"]


def two_datasets() -> TableData:
    columns = tuple(
        ColumnInfo(
            name=f"{dataset}_valid",
            metric="validation error",
            role="objective",
            dataset=dataset,
            unit="%",
            better="lower",
        )
        for dataset in "ab"
    )
    both = {name: DatasetInfo(title=name, objective=f"error on {name}, %") for name in "ab"}
    values = np.arange(len(CELLS), dtype=np.float32)
    return TableData.of(
        header(datasets=both, columns=columns), CELLS, {"a_valid": values, "b_valid": -values}
    )


def test_only_the_columns_of_a_dataset_are_read(tmp_path: Path) -> None:
    path = tmp_path / "two.parquet"
    write_table(path, two_datasets())
    assert list(read_table(path, "b").columns) == ["b_valid"]
    with pytest.raises(BadDataError, match=r"holds no dataset 'c'; it holds \['a', 'b'\]"):
        read_table(path, "c")


@pytest.mark.parametrize(
    "space", [nasbench201("any"), digraphs(3, 1), digraphs(3, node_alphabet="ab")]
)
def test_any_cell_space_can_be_written(tmp_path: Path, space: CellSpace) -> None:
    path, graphs = tmp_path / "any.parquet", space.listing()
    of_space = header(len(graphs), space=SpaceInfo.of_space(space), columns=(), datasets={})
    write_table(path, TableData.of(of_space, graphs, {}))
    again = read_table(path)
    assert list(again.graphs()) == list(graphs)
    assert again.space(space) is space
    with pytest.raises(BadDataError, match="a space of its own, which is unknown here; give it"):
        again.space()
    with pytest.raises(BadDataError, match="the table has the sizes"):
        again.space(nasbench101())


def rewritten(path: Path, change: dict[str, Any]) -> Path:
    """The toy table with other values in its header."""
    write_table(path, toy())
    table = pq.read_table(path)
    value = json.loads(table.schema.metadata[KEY]) | change
    pq.write_table(table.replace_schema_metadata({KEY: json.dumps(value)}), path)
    return path


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format_version": 2}, "has the table format 2, this nasgoat reads up to 1; upgrade"),
        ({"format_version": None}, "states no format version"),
        ({"rows": "many"}, "its header is not valid: rows: "),
        ({"surprise": 1}, "its header is not valid: surprise: "),
        ({"rows": 90}, r"the shape \(91, 6\), the header \(90, 6\)"),
        ({"datasets": {}}, "which is no dataset"),
    ],
)
def test_headers_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    path = rewritten(tmp_path / "toy.parquet", change)
    with pytest.raises(BadDataError, match=complaint) as caught:
        read_table(path)
    assert str(path) in str(caught.value)


def test_a_space_that_has_changed_is_refused(tmp_path: Path) -> None:
    value = header().space.model_dump()
    path = tmp_path / "toy.parquet"
    unknown = rewritten(path, {"space": {**value, "preset": "moonbase"}})
    with pytest.raises(BadDataError, match="the space 'moonbase', which is unknown here"):
        read_table(unknown).space()
    labels = ["input", "a", "b", "c", "output"]
    other = rewritten(path, {"space": {**value, "node_alphabet": labels}})
    with pytest.raises(BadDataError, match="the table has the node_alphabet"):
        read_table(other).space()
    odd = rewritten(path, {"space": {**value, "arguments": {"nodes": "x"}}})
    with pytest.raises(BadDataError, match="cannot be made from"):
        read_table(odd).space()


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_text("index,arch\n")
    with pytest.raises(BadDataError, match="is not a parquet file"):
        read_table(path)
    pq.write_table(pa.table({"x": [1]}), path)
    assert read_header(path) is None
    with pytest.raises(BadDataError, match="has no nasgoat header"):
        read_table(path)
    pq.write_table(pa.table({"x": [1]}).replace_schema_metadata({KEY: b"{"}), path)
    with pytest.raises(BadDataError, match="a header that is not JSON"):
        read_table(path)


def test_a_file_without_its_columns_or_with_words_in_them_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.parquet"
    write_table(path, toy())
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["params"]), path)
    with pytest.raises(BadDataError, match="is not what its header says"):
        read_table(path)
    words = table.set_column(4, "params", pa.array(["x"] * len(CELLS)))
    pq.write_table(words, path)
    with pytest.raises(BadDataError, match="the column 'params': it holds string, not numbers"):
        read_table(path)


def test_a_damaged_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "toy.parquet"
    write_table(path, toy())
    content = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(0).column(1)  # valid
    last = column.data_page_offset + column.total_compressed_size - 1
    content[last] ^= 1
    path.write_bytes(content)
    with pytest.raises(BadDataError, match="is not what its header says"):
        read_table(path)


def test_columns_must_be_those_of_the_header() -> None:
    columns = dict(toy().columns)
    with pytest.raises(BadDataError, match=r"names the columns \['test'\]"):
        TableData.of(header(), CELLS, {k: v for k, v in columns.items() if k != "test"})
    with pytest.raises(BadDataError, match="the column 'more' is not in the header"):
        TableData.of(header(), CELLS, columns | {"more": columns["test"]})
    with pytest.raises(BadDataError, match=r"'valid' has the shape \(91, 2\), the header says"):
        TableData.of(header(), CELLS, columns | {"valid": REPEATS[:, :2]})


@pytest.mark.parametrize(
    ("column", "complaint"),
    [
        ({"role": "objective", "dataset": "cifar10"}, "needs `dataset` and `better`"),
        ({"role": "test", "better": "lower"}, "needs `dataset` and `better`"),
        (
            {"role": "test", "dataset": "cifar10", "better": "higher", "unit": "points"},
            "in % or as a fraction",
        ),
        ({"role": "metric", "name": "test_value"}, "a metric cannot be named 'test_value'"),
        ({"role": "verdict"}, "role"),
    ],
)
def test_roles_are_complete(column: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ColumnInfo(**{"name": "x", "metric": "x"} | column)


def test_a_dataset_has_one_objective() -> None:
    valid, test, *_ = header().columns
    with pytest.raises(ValidationError, match=r"needs one objective .*\[\]"):
        header(columns=(test,))
    twice = valid.model_copy(update={"name": "again"})
    with pytest.raises(ValidationError, match=r"needs one objective .*\['valid', 'again'\]"):
        header(columns=(valid, twice))
    with pytest.raises(ValidationError, match="column names are distinct"):
        header(columns=(valid, valid))


def test_a_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "toy.parquet"
    write_table(path, toy())
    before = path.read_bytes()
    data = toy()
    broken = TableData(data.header, data.codes, {})
    with pytest.raises(KeyError):
        write_table(path, broken)
    assert path.read_bytes() == before
    assert isinstance(read_table(path).header, TableHeader)
