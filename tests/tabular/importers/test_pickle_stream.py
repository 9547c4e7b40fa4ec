"""The reader of long pickles sees what Python's unpickler sees, and refuses what is not data."""

import io
import pickle
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.tabular.importers import pickle_runs
from nasgoat.tabular.importers.pickle_memo import FORGOTTEN
from nasgoat.tabular.importers.pickle_stream import load_stream
from nasgoat.tabular.importers.window import Window
from nasgoat.tabular.unpickle import PLAIN_DATA
from tests.tabular.importers.villain import Villain

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
KEYS = st.text(max_size=40) | st.integers(0, 300)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(KEYS, inner)
        | st.dictionaries(KEYS, st.floats(allow_nan=False), min_size=2)
        | st.tuples(inner, inner, inner, inner)
        | st.tuples(inner)
        | st.sets(st.integers())
    ),
    max_leaves=20,
)


def load(data: bytes, **options: Any) -> Any:
    return load_stream(Window(io.BytesIO(data)), PLAIN_DATA, **options)


@settings(max_examples=300, deadline=None)
@given(value=VALUES, protocol=st.sampled_from(PROTOCOLS))
def test_plain_data_come_back(value: object, protocol: int) -> None:
    assert load(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_long_curves_come_back(protocol: int) -> None:
    """Runs of every kind, more items than between two marks, numbers of more than a byte."""
    names = [f"x-valid@{i}" for i in range(600)]
    value = {
        "named": {name: i / 7 for i, name in enumerate(names)},
        "again": {name: -i / 7 for i, name in enumerate(names)},
        "numbered": OrderedDict((i, i / 3) for i in range(256)),
        "long": {f"{i:032d}": float(i) for i in range(2500)},
        "longer names": {f"{i:033d}": float(i) for i in range(10)},
        "mixed": {"a": 1.0, "b": 2, 3: 4.0},
        "non-ascii": {"é": 1.0, "ü": 2.0, "日本": 3.0},
    }
    loaded = load(pickle.dumps(value, protocol))
    assert loaded == value
    assert [list(curve) for curve in loaded.values()] == [list(curve) for curve in value.values()]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_curves_are_taken_in_runs(protocol: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file of some gigabytes takes ten times as long."""
    taken = []

    def counted(*arguments: Any) -> Any:
        run = pickle_runs.take_run(*arguments)
        taken.append(0 if run is None else len(run[0]))
        return run

    monkeypatch.setattr("nasgoat.tabular.importers.pickle_stream.take_run", counted)
    names = [f"x-valid@{i}" for i in range(400)]
    before = [str(i) for i in range(300)]  # of a long pickle, most numbers have four bytes
    value = [
        before,
        dict.fromkeys(names, 1.5),
        dict.fromkeys(names, 2.5),
        dict.fromkeys(range(9), 3.5),
    ]
    assert load(pickle.dumps(value, protocol)) == value
    assert sum(taken) == 809


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_])
def test_numpy_numbers_become_numbers(protocol: int, kind: type) -> None:
    if kind is np.uint8:
        with pytest.raises(pickle.UnpicklingError, match="a numpy type 'u1'"):
            load(pickle.dumps(kind(1), protocol))
        return
    value = {"a": kind(1), "b": [kind(0), kind(1)]}
    loaded = load(pickle.dumps(value, protocol))
    assert loaded == value
    assert type(loaded["a"]) in (float, int, bool)


def test_shared_objects_are_shared() -> None:
    part = [1]
    loaded = load(pickle.dumps({"a": part, "b": part, "text": ["x" * 300] * 2}))
    assert loaded["a"] is loaded["b"]


def test_signed_zero_keeps_its_sign() -> None:
    loaded = load(pickle.dumps([np.float64(0.0), np.float64(-0.0)]))
    assert [np.signbit(value) for value in loaded] == [False, True]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_records_are_folded_as_soon_as_they_are_complete(protocol: int) -> None:
    records = [{"curve": {j: float(j) for j in range(300)}, "name": f"n{i}"} for i in range(50)]
    largest = 0

    def fold(state: dict[Any, Any]) -> dict[Any, Any] | None:
        nonlocal largest
        if "curve" not in state:
            return None
        largest = max(largest, len(state["curve"]))
        return {"last": state["curve"][299], "name": state["name"]}

    loaded = load(pickle.dumps({"records": records}, protocol), fold=fold)
    assert loaded == {"records": [{"last": 299.0, "name": f"n{i}"} for i in range(50)]}
    assert largest == 300


def test_what_was_folded_cannot_be_mistaken() -> None:
    curve = {1: 1.0, 2: 2.0}
    value = [{"curve": curve, "text": "t"}, {"other": curve, "text": "t"}]
    loaded = load(
        pickle.dumps(value), fold=lambda state: {"seen": True} if "curve" in state else None
    )
    assert loaded == [{"seen": True}, {"other": FORGOTTEN, "text": "t"}]


def test_progress_is_told_in_ascending_order() -> None:
    data = pickle.dumps([float(i) for i in range(400_000)])
    seen: list[int] = []
    load(data, progress=seen.append)
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert seen[-1] <= len(data)


def test_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for protocol in PROTOCOLS:
        with pytest.raises(pickle.UnpicklingError, match=r"asks for (posix|nt)\.system; refused"):
            load(pickle.dumps({"evil": Villain(trace)}, protocol))
    assert not trace.exists()


class Sneaky:
    """Asks for a harmless name and calls or fills what it must not."""

    def __init__(self, *how: Any) -> None:
        self.how = how

    def __reduce__(self) -> tuple[Any, ...]:
        return self.how


@pytest.mark.parametrize(
    "payload",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.",
        b"\x80\x02}(K\x01K\x02u)R.",  # a call of a dict
        b"\x80\x02]}b.",  # a state for a list
        b"\x80\x02]K\x01K\x02s.",  # items for a list
        b"\x80\x02}K\x01a.",  # an element for a dict
        b"\x80\x02\x82\x01.",  # an extension code
        b"\x80\x02K\x01Q.",  # a persistent id
        b"\x80\x02h\x07.",  # a number that was not given out
        b"\x80\x02K\x01q\x05.",  # a number out of order
        b"\x80\x02X\xff\xff\xff\x7f.",  # a string of two gigabytes
        b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00zlib\x86R.",
        b"\x80\x02(lp0\n.",  # an old opcode
    ],
)
def test_what_is_not_plain_data_is_refused(payload: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        load(payload)


def test_only_stand_ins_are_called() -> None:
    for how in ((dict, ([("a", 1)],)), (OrderedDict, ([("a", 1)],))):
        data = pickle.dumps(Sneaky(*how), 2)
        if how[0] is dict:
            with pytest.raises(pickle.UnpicklingError, match=r"asks for __builtin__\.dict"):
                load(data)
        else:
            assert load(data) == {"a": 1}


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(pickle.UnpicklingError, EOFError, IndexError, KeyError, TypeError, ValueError):
        load(b"\x80\x02" + data)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_pickles_cut_short_are_noticed(protocol: int) -> None:
    whole = pickle.dumps({"a": {f"x@{i}": float(i) for i in range(40)}, "b": [1, "x"]}, protocol)
    for length in range(len(whole)):
        with pytest.raises((EOFError, pickle.UnpicklingError)):
            load(whole[:length])


def test_the_window_is_left_behind_the_pickle() -> None:
    window = Window(io.BytesIO(pickle.dumps([1], 2) + pickle.dumps({"a": 2}, 4) + b"rest"))
    assert load_stream(window, {}) == [1]
    assert load_stream(window, {}) == {"a": 2}
    assert window.take(4) == b"rest"
    with pytest.raises(EOFError, match="cut short"):
        window.take(1)
