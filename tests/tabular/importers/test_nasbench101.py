"""NAS-Bench-101 from files that TensorFlow and protobuf wrote, with cells of the published file."""

import json
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.spaces.nb101 import from_spec, parameters
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS
from tests.tabular.importers.files101 import OFFICIAL, Training, record, trainings, write

IMPORTER = IMPORTERS["nasbench101"]


def read(path: Path) -> TableData:
    return IMPORTER.read(path, lambda done, total: None)


@pytest.fixture(scope="module")
def made() -> list[Training]:
    return trainings((4, 12, 36, 108))


@pytest.fixture(scope="module")
def full(made: list[Training], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nasbench101") / "nasbench_full.tfrecord"
    write(path, map(record, made))
    return path


def test_every_number_arrives_in_its_column(full: Path, made: list[Training]) -> None:
    data = read(full)
    assert data.header.rows == len(OFFICIAL)
    assert not data.header.complete
    assert set(data.header.datasets) == {"cifar10", "cifar10-e36", "cifar10-e12", "cifar10-e4"}
    order = list(dict.fromkeys(training.cell for training in made))
    for row, cell in enumerate(order):
        for epochs in (4, 12, 36, 108):
            mine = [t for t in made if (t.cell, t.epochs) == (cell, epochs)]
            for column, attribute in (("valid", "valid"), ("test", "test"), ("seconds", "seconds")):
                final, half = f"{column}_e{epochs}", f"{column}_half_e{epochs}"
                assert data.columns[final][row].tolist() == [t.final(attribute) for t in mine]
                assert data.columns[half][row].tolist() == [t.final(attribute, 1) for t in mine]
    assert data.columns["parameters"].tolist() == [OFFICIAL[cell][3] for cell in order]


def test_cells_are_those_of_the_records(full: Path, made: list[Training]) -> None:
    data = read(full)
    space, graphs = data.space(), data.graphs()
    order = list(dict.fromkeys(training.cell for training in made))
    for graph, cell in zip(graphs, order, strict=True):
        _, adjacency, operations, _ = OFFICIAL[cell]
        ops = operations.split(",")
        matrix = np.array(list(map(int, adjacency))).reshape(len(ops), -1)
        assert graph == from_spec(matrix, ops)
        assert space.contains(graph)
    assert parameters(graphs).tolist() == data.columns["parameters"].tolist()


def test_the_small_file_has_one_dataset(tmp_path: Path) -> None:
    path = tmp_path / "nasbench_only108.tfrecord"
    write(path, map(record, trainings()))
    data = read(path)
    assert list(data.header.datasets) == ["cifar10"]
    objective, test, seconds = data.header.of("cifar10")[:3]
    assert (objective.name, objective.repeats, objective.epochs) == ("valid_e108", 3, 108)
    assert (test.name, seconds.name, seconds.unit) == ("test_e108", "seconds_e108", "s")


def _with(**changes: object) -> bytes:
    """A record with other fields."""
    fields = dict(
        zip(("name", "epochs", "adjacency", "operations", "metrics"), _record_fields(), strict=True)
    )
    return json.dumps(list((fields | changes).values())).encode()


def _record_fields() -> list[object]:
    fields: list[object] = json.loads(record(trainings(cells=1)[0]))
    return fields


CELL = list(map(record, trainings(cells=1)))
OTHER = OFFICIAL[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "holds no records"),
        ([b"hello"], "record 0: "),
        ([b"[1, 2, 3]"], "record 0: "),
        ([b"[1, 2, 3, 4, 5]"], "record 0: "),
        ([_with(metrics="!!")], "record 0: "),
        ([_with(metrics="")], "0 evaluations of a training"),
        ([_with(epochs="108")], "'108' epochs"),
        ([_with(name="00")], "a module hash '00'"),
        ([*CELL, CELL[0]], "a fourth training of the cell 00005c14"),
        (CELL[:2], "1 of 1 cells have fewer than 3 trainings with 108 epochs; .* incomplete"),
        ([*CELL[:2], _with(adjacency=OTHER[1])], "two different cells with the module hash"),
        ([_with(adjacency=OTHER[1])] * 3, "do not have the module hash given.* 00005c14"),
        ([_with(adjacency="010")] * 3, "an adjacency matrix '010'"),
        ([_with(adjacency="0100")] * 3, "a cell of 7 operations and 2 nodes"),
        ([_with(operations="input,conv5x5,output")] * 3, "the operations 'input,conv5x5,output'"),
        ([_with(operations="output,conv1x1-bn-relu,input")] * 3, "is no cell|operations and"),
    ],
)
def test_what_makes_no_sense_is_refused(content: list[bytes], message: str, tmp_path: Path) -> None:
    path = tmp_path / "nasbench_only108.tfrecord"
    write(path, content)
    with pytest.raises(BadDataError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_progress_goes_to_the_end(full: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    IMPORTER.read(full, lambda done, total: steps.append((done, total)))
    size = full.stat().st_size
    assert steps[-1] == (size, size)
