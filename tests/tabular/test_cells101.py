"""The cells of NAS-Bench-101 in a file of their own."""

import os
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.spaces import CellSpace, nasbench101
from nasgoat.spaces.nb101 import module_hashes, parameters
from nasgoat.tabular import cells101
from nasgoat.tabular.cells101 import FILENAME, Cells101, nasbench101_cells

SMALL = nasbench101(range(2, 6))
REFERENCE = Path(os.environ.get("NASGOAT_DATA", "")) / "nasbench101_space.npz"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often the cells are made; they are those of up to 5 nodes."""
    calls: list[int] = []

    def small(nodes: range) -> CellSpace:
        calls.append(len(nodes))
        return SMALL

    monkeypatch.setattr(cells101, "SIZE", 2_532)
    monkeypatch.setattr(cells101, "nasbench101", small)
    return calls


def same(one: Cells101, other: Cells101) -> bool:
    return (
        (one.hashes == other.hashes).all()
        and (one.parameters == other.parameters).all()
        and list(one.cells) == list(other.cells)
    )


def test_cells_are_sorted_and_kept(tmp_path: Path, made: list[int]) -> None:
    first = nasbench101_cells(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILENAME]
    second = nasbench101_cells(tmp_path / "new")
    assert made == [6]
    assert same(first, second)
    hashes = [row.tobytes() for row in second.hashes]
    assert hashes == sorted(set(hashes))
    assert (module_hashes(second.cells) == second.hashes).all()
    assert (parameters(second.cells) == second.parameters).all()
    assert set(SMALL.keys(second.cells)) == set(SMALL.keys(SMALL.listing()))


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "other"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, made: list[int], damage: str) -> None:
    first = nasbench101_cells(tmp_path)
    path = tmp_path / FILENAME
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 255  # zip's checksum notices
    path.write_bytes({"empty": b"", "cut": data[:-100]}.get(damage, bytes(data)))
    if damage == "other":
        Cells101.of(nasbench101([3]).listing()).write(path)
    assert same(nasbench101_cells(tmp_path), first)
    assert made == [6, 6]
    nasbench101_cells(tmp_path)
    assert made == [6, 6]


def test_where_nothing_can_be_written_the_cells_are_made(tmp_path: Path, made: list[int]) -> None:
    (tmp_path / "file").write_text("no folder")
    found = nasbench101_cells(tmp_path / "file")
    assert len(found.cells) == 2_532
    assert made == [6]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = nasbench101_cells(tmp_path)

    def full(*_args: object, **_arrays: object) -> None:
        msg = "disk full"
        raise OSError(msg)

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="disk full"):
        found.write(tmp_path / FILENAME)
    assert [path.name for path in tmp_path.iterdir()] == [FILENAME]
    assert same(nasbench101_cells(tmp_path), found)
    assert made == [6]


def test_another_number_of_cells_is_refused(tmp_path: Path) -> None:
    Cells101.of(nasbench101([3]).listing()).write(tmp_path / "a.npz")
    with pytest.raises(BadDataError, match="does not hold 7 cells"):
        Cells101.read(tmp_path / "a.npz", 7)


@pytest.mark.slow
@pytest.mark.skipif(
    not REFERENCE.is_file(), reason="needs nasbench101_space.npz in the folder of NASGOAT_DATA"
)
def test_the_whole_space_is_the_official_one(tmp_path: Path) -> None:
    nasbench101_cells(tmp_path)
    with np.load(tmp_path / FILENAME) as mine, np.load(REFERENCE) as reference:
        for name in reference.files:
            assert (mine[name] == reference[name]).all(), name
