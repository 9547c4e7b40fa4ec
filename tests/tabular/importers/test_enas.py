"""ENAS networks: the official text file, which the arrays of the compact file make again."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.tabular.compact import read_enas
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS
from nasgoat.tabular.importers.enas import EnasImporter

ARRAYS = Path(os.environ.get("NASGOAT_DATA", "")) / "enas6.npz"
OFFICIAL = "fea9a7dde1545e7d3bd58fd4b9c3db08a89c18e0351f770cde2fe530c4791725"
needs_arrays = pytest.mark.skipif(
    not ARRAYS.is_file(), reason="needs enas6.npz in the folder that NASGOAT_DATA names"
)
LINES = (  # the first of the published file
    "[[1], [4, 0], [5, 0, 0], [0, 1, 1, 1], [2, 1, 1, 1, 1], [3, 0, 0, 0, 0, 1]], 0.7302",
    "[[5], [3, 1], [2, 1, 1], [3, 1, 1, 0], [5, 0, 0, 0, 1], [2, 0, 1, 1, 1, 0]], 0.7234",
    "[[1], [1, 1], [5, 1, 0], [4, 1, 0, 0], [4, 0, 1, 1, 1], [2, 1, 0, 1, 0, 1]], 0.7278",
)


def read(path: Path, burn_in: int = 0) -> TableData:
    return EnasImporter(burn_in=burn_in).read(path, lambda done, total: None)


def official_text(arrays: dict[str, np.ndarray]) -> str:
    """The text of the file whose networks the arrays hold."""
    lines = []
    for adjacency, types, accuracy in zip(
        arrays["adj"].tolist(), arrays["types"].tolist(), arrays["acc"].tolist(), strict=True
    ):
        layers = [[types[v] - 2, *(adjacency[u][v] for u in range(v - 1))] for v in range(1, 7)]
        lines.append(f"{layers}, {round(accuracy, 4)}\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    with np.load(ARRAYS) as archive:
        return dict(archive)


@needs_arrays
def test_all_lines_of_the_official_file(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "final_structures6.txt"
    path.write_text(official_text(arrays), encoding="ascii")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == OFFICIAL
    data, compact = IMPORTERS["enas"].read(path, lambda done, total: None), read_enas(ARRAYS)
    assert np.array_equal(data.codes, compact.codes)
    for name, values in compact.columns.items():
        np.testing.assert_array_equal(data.columns[name], values)
    in_test_set = data.columns["in_test_set"]
    assert ((in_test_set == 0).sum(), (in_test_set == 1).sum()) == (17118, 1902)
    assert np.isfinite(data.columns["valid"]).sum() == 19020
    assert data.header.rows == 19015  # five networks come twice
    everything = read(path)
    assert np.isfinite(everything.columns["valid"]).sum() == 20020


def test_lines_become_networks(tmp_path: Path) -> None:
    path = tmp_path / "three.txt"
    path.write_text("\n".join((*LINES, LINES[0].replace("0.7302", "0.75"))) + "\n")
    data = read(path)
    assert data.header.rows == 3
    first = data.graphs()[0]
    assert first.edges == (
        *((0, 1), (0, 4), (0, 5), (1, 2), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5), (3, 4), (3, 5)),
        *((4, 5), (4, 6), (5, 6), (6, 7)),
    )
    space = data.space()
    names = [space.node_alphabet[label] for label in first.node_labels or ()]
    assert names == [
        *("input", "sepconv3x3", "avgpool3x3", "maxpool3x3", "conv3x3", "conv5x5", "sepconv5x5"),
        "output",
    ]
    assert all(space.contains(graph) for graph in data.graphs())
    np.testing.assert_array_equal(
        data.columns["valid"], [[0.7302, 0.75], [0.7234, np.nan], [0.7278, np.nan]]
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hello", "line 2"),
        ("", "line 2"),
        pytest.param("[" * 100_000, "line 2", id="nested"),
        (LINES[0][:-20], "line 2"),
        (LINES[0].replace("[[1]", "[[6]"), r"line 2: layer 1 is \[6\]"),
        (LINES[0].replace("[4, 0]", "[4, 2]"), r"line 2: layer 2 is \[4, 2\]"),
        (LINES[0].replace("[4, 0]", "[4]"), "line 2: not 6 layers"),
        (LINES[0].replace("0.7302", "73.02"), "line 2: an accuracy of 73.02"),
        ('[[__import__("os").system("false")]], 0.5', "line 2"),
    ],
)
def test_other_lines_are_refused(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text(f"{LINES[0]}\n{line}\n{LINES[1]}\n")
    with pytest.raises(BadDataError, match=message):
        read(path)


def test_a_file_of_the_burn_in_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("\n".join(LINES))
    with pytest.raises(BadDataError, match="has 3 lines; the first 1000 are left out"):
        read(path, burn_in=1000)
