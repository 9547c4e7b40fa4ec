"""Long runs of dict items with float values, taken from a pickle at once.

Learning curves make up nearly all of a benchmark's pickle. They are dicts whose items follow a
MARK opcode and end with SETITEMS: ``(`` key value key value ... ``u``. The patterns below match
such a run opcode by opcode and see the same as the machine in ``pickle_stream``.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nasgoat.tabular.importers.pickle_memo import Memo

AHEAD = 1 << 16  # more than 1,000 items, as many as a pickler puts between two marks
LONGEST_KEY = 32


def _strings(length_bytes: int) -> bytes:
    """Pattern of a length and as many bytes, for every length up to ``LONGEST_KEY``."""
    return b"|".join(
        re.escape(size.to_bytes(length_bytes, "little")) + b".{%d}" % size
        for size in range(1, LONGEST_KEY + 1)
    )


VALUE = b"G(.{8})"
INTEGERS = re.compile(b"(?:K.G.{8}){2,}u", re.DOTALL)  # BININT1 BINFLOAT
REFERENCES = re.compile(b"(?:j.{4}G.{8}){2,}u", re.DOTALL)  # LONG_BINGET BINFLOAT
# BINUNICODE LONG_BINPUT BINFLOAT of protocol 2
NUMBERED = re.compile(b"(?:X(?:" + _strings(4) + b")r.{4}G.{8}){2,}u", re.DOTALL)
NUMBERED_ITEM = re.compile(b"X(" + _strings(4) + b")r(.{4})" + VALUE, re.DOTALL)
# SHORT_BINUNICODE MEMOIZE BINFLOAT of protocol 4
MEMOIZED = re.compile(b"(?:\x8c(?:" + _strings(1) + b")\x94G.{8}){2,}u", re.DOTALL)
MEMOIZED_ITEM = re.compile(b"\x8c(" + _strings(1) + b")\x94" + VALUE, re.DOTALL)

INTEGER_ITEM = np.dtype([("op", "u1"), ("key", "u1"), ("value_op", "u1"), ("value", ">f8")])
REFERENCE_ITEM = np.dtype([("op", "u1"), ("key", "<u4"), ("value_op", "u1"), ("value", ">f8")])


def take_run(data: bytes, at: int, memo: Memo) -> tuple[dict[Any, float], int] | None:
    """The items of a run and the position after it, or None if no such run begins there."""
    first = data[at : at + 1]
    if first == b"K" and (found := INTEGERS.match(data, at)):
        items = np.frombuffer(data, INTEGER_ITEM, (found.end() - at - 1) // 11, at)
        return dict(zip(items["key"].tolist(), items["value"].tolist(), strict=True)), found.end()
    if first == b"j" and (found := REFERENCES.match(data, at)):
        items = np.frombuffer(data, REFERENCE_ITEM, (found.end() - at - 1) // 14, at)
        keys = map(memo.get, items["key"].tolist())
        return dict(zip(keys, items["value"].tolist(), strict=True)), found.end()
    if first == b"X" and (found := NUMBERED.match(data, at)):
        texts, numbers, values = zip(*NUMBERED_ITEM.findall(data, at, found.end()), strict=True)
        numbered = np.frombuffer(b"".join(numbers), "<u4")
        if not np.array_equal(numbered, np.arange(len(memo), len(memo) + len(numbered))):
            return None
        return _named(texts, 4, values, memo), found.end()
    if first == b"\x8c" and (found := MEMOIZED.match(data, at)):
        texts, values = zip(*MEMOIZED_ITEM.findall(data, at, found.end()), strict=True)
        return _named(texts, 1, values, memo), found.end()
    return None


def _named(
    texts: tuple[bytes, ...], length_bytes: int, values: tuple[bytes, ...], memo: Memo
) -> dict[Any, float]:
    keys = [text[length_bytes:].decode("utf-8", "surrogatepass") for text in texts]
    memo.put_strings(keys)
    return dict(zip(keys, np.frombuffer(b"".join(values), ">f8").tolist(), strict=True))
