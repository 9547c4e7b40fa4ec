"""TFRecord files as TensorFlow writes them; the checksum against published values."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.errors import BadDataError
from nasgoat.tabular.importers.crc32c import crc32c
from nasgoat.tabular.importers.tfrecord import records
from tests.tabular.importers.files101 import write

CONTENT = [b"", b"a", bytes(range(256)) * 5, b"nasgoat", b"b" * 70]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tfrecord") / "file.tfrecord"
    write(path, CONTENT)
    return path


def test_checksums_are_the_published_ones() -> None:
    """RFC 3720, appendix B.4, and the check value of the CRC catalogue."""
    known = {
        b"123456789": 0xE3069283,
        bytes(32): 0x8A9136AA,
        b"\xff" * 32: 0x62A8AB43,
        bytes(range(32)): 0x46DD794E,
        bytes(range(31, -1, -1)): 0x113FDB5C,
        b"": 0,
    }
    assert crc32c(list(known)).tolist() == list(known.values())
    assert crc32c([]).shape == (0,)


@settings(max_examples=50, deadline=None)
@given(messages=st.lists(st.binary(max_size=40), max_size=6))
def test_a_batch_has_the_checksums_of_its_messages(messages: list[bytes]) -> None:
    assert crc32c(messages).tolist() == [int(crc32c([message])[0]) for message in messages]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_records_come_back(file: Path, batch: int) -> None:
    batches = list(records(file, batch))
    assert [record for part, _ in batches for record in part] == CONTENT
    positions = [position for _, position in batches]
    assert positions == sorted(positions)
    assert positions[-1] == file.stat().st_size


def test_every_flipped_byte_is_noticed(file: Path, tmp_path: Path) -> None:
    whole, damaged = file.read_bytes(), tmp_path / "damaged"
    for at in np.random.default_rng(0).permutation(len(whole))[:60].tolist():
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(BadDataError, match=r"checksum|middle of a record|a record of"):
            list(records(damaged))


def test_a_file_cut_within_a_record_is_noticed(file: Path, tmp_path: Path) -> None:
    whole, cut = file.read_bytes(), tmp_path / "cut"
    ends = {position for _, position in records(file, 1)} | {0}
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        if length in ends:
            list(records(cut))
            continue
        with pytest.raises(BadDataError, match="ends in the middle of a record"):
            list(records(cut))


def test_a_record_that_would_not_fit_the_memory_is_damage(file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(file.read_bytes() + (1 << 20).to_bytes(8, "little") + bytes(2 << 20))
    with pytest.raises(BadDataError, match="damaged: a record of 1,048,576 bytes"):
        list(records(damaged))


def test_the_number_of_a_damaged_record_is_told(file: Path, tmp_path: Path) -> None:
    whole, damaged = file.read_bytes(), tmp_path / "damaged"
    at = whole.index(b"nasgoat")
    damaged.write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    with pytest.raises(BadDataError, match=r"damaged.*the checksum of record 3 does not hold"):
        list(records(damaged, 2))
