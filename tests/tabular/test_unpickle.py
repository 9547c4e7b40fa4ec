"""Pickles are read as plain data; whatever asks for more is refused."""

import os
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.errors import BadDataError
from nasgoat.tabular.unpickle import NUMPY_FLOATS, Record, load_plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=10,
)


class Villain:
    """Would make a file when unpickled by the ordinary unpickler."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


@settings(max_examples=30)
@given(value=PLAIN)
def test_plain_data_come_back(value: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("plain") / "data"
    path.write_bytes(pickle.dumps(value))
    assert load_plain(path) == value


@pytest.mark.parametrize("protocol", range(3, pickle.HIGHEST_PROTOCOL + 1))
def test_numpy_floats_become_floats(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "data"
    value = {7: {"a": np.float64(1.5), "b": np.float64(-0.1), "c": 2.0}}
    path.write_bytes(pickle.dumps(value, protocol))
    loaded = load_plain(path, NUMPY_FLOATS)
    assert loaded == value
    assert {type(item) for item in loaded[7].values()} == {float}


@pytest.mark.parametrize("stand_ins", [None, NUMPY_FLOATS, {("analognasbench.data", "A"): Record}])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path, stand_ins: Any) -> None:
    path, trace = tmp_path / "data", tmp_path / "trace"
    path.write_bytes(pickle.dumps({"value": 1.0, "evil": Villain(trace)}))
    with pytest.raises(BadDataError, match=r"asks for (posix|nt)\.system; refused"):
        load_plain(path, stand_ins)
    assert not trace.exists()


@pytest.mark.parametrize(
    "payload",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cnumpy\ndtype.__init__\n.",
        b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.",
        b"\x80\x02\x82\x01.",  # an extension code
        b"Pname\n.",  # a persistent id
    ],
)
def test_names_are_refused_in_every_spelling(tmp_path: Path, payload: bytes) -> None:
    path = tmp_path / "data"
    path.write_bytes(payload)
    with pytest.raises(BadDataError, match="not a pickle of plain data"):
        load_plain(path, NUMPY_FLOATS)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80\x02ca\nRecord\nN}X\x01\x00\x00\x00xK\x01s\x86b.",  # sets an attribute of the class
        b"\x80\x02ca\nfunction\n}X\x01\x00\x00\x00xK\x01sb.",  # and of the function
        b"\x80\x02ca\nfunction\nN}X\x01\x00\x00\x00xK\x01s\x86b.",
    ],
)
def test_a_pickle_cannot_change_what_the_next_one_sees(tmp_path: Path, payload: bytes) -> None:
    def function() -> None:
        """Stands in for anything."""

    path = tmp_path / "data"
    path.write_bytes(payload)
    with suppress(BadDataError):
        load_plain(path, {("a", "Record"): Record, ("a", "function"): function})
    assert not hasattr(Record, "x")
    assert not hasattr(function, "x")


@pytest.mark.parametrize("value", [np.float32(1), np.arange(3), np.int64(3), np.dtype("O")])
def test_other_numpy_values_are_refused(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "data"
    path.write_bytes(pickle.dumps({"a": value}))
    with pytest.raises(BadDataError, match="not a pickle of plain data"):
        load_plain(path, NUMPY_FLOATS)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = pickle.dumps({i: {"a": np.float64(i)} for i in range(3)})
    path = tmp_path / "data"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BadDataError, match="not a pickle of plain data"):
            load_plain(path, NUMPY_FLOATS)
