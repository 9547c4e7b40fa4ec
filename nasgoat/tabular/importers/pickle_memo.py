"""The memo of a long pickle, in little memory.

A pickle numbers its strings and containers as they appear, so that later parts can refer to them.
Keeping them all would keep the whole file; here a number costs four bytes, equal strings are kept
once, and containers can be forgotten.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Hashable, Sequence
from typing import Any

CONTAINERS = (dict, list, tuple, set)


class Forgotten:
    """Stands for a container of a record that was folded, where a later one refers to it."""

    def __repr__(self) -> str:
        return "a part of an earlier record, no longer in memory"


FORGOTTEN = Forgotten()


class Memo:
    """Objects by number; numbers are given out in order, as every pickler does."""

    def __init__(self) -> None:
        self._codes = array("i")  # number -> place among the values, or minus a container's count
        self._places: dict[Hashable, int] = {}
        self._values: list[Any] = []
        self._containers: dict[int, Any] = {}
        self.count = 0  # containers so far

    def __len__(self) -> int:
        return len(self._codes)

    def put(self, number: int, value: Any) -> None:
        """Give an object its number.

        Raises:
            UnpicklingError: the number is not the next one.
        """
        self._expect(number)
        if isinstance(value, CONTAINERS):
            self.count += 1
            self._containers[self.count] = value
            self._codes.append(-self.count)
        elif isinstance(value, str):
            self._codes.append(self._place(value, value))
        elif isinstance(value, float | int | bytes):
            self._codes.append(self._place((type(value), repr(value)), value))
        else:  # a stand-in or what it returned
            self._codes.append(self._place((object, id(value)), value))

    def put_strings(self, values: Sequence[str]) -> None:
        """Give strings the next numbers."""
        self._codes.extend([self._place(value, value) for value in values])

    def get(self, number: int) -> Any:
        """The object with a number; ``FORGOTTEN`` if it was.

        Raises:
            UnpicklingError: there is none.
        """
        if number >= len(self._codes):
            msg = f"it refers to an object {number} that it did not number"
            raise pickle.UnpicklingError(msg)
        code = self._codes[number]
        if code >= 0:
            return self._values[code]
        return self._containers.get(-code, FORGOTTEN)

    def forget(self, since: int) -> None:
        """Drop the containers numbered after the count was ``since``."""
        for count in range(since + 1, self.count + 1):
            self._containers.pop(count, None)

    def _place(self, key: Hashable, value: Any) -> int:
        place = self._places.setdefault(key, len(self._values))
        if place == len(self._values):
            self._values.append(value)
        return place

    def _expect(self, number: int) -> None:
        if number != len(self._codes):
            msg = f"it numbers an object {number} where {len(self._codes)} is due"
            raise pickle.UnpicklingError(msg)
