"""Reading a long pickle of plain data in one pass, folding records as soon as they are complete.

The pickles of NAS-Bench-201 and NATS-Bench hold hundreds of millions of numbers, of which a table
needs one in a few hundred. Python's unpickler would build all of them, and its memo would keep
them. This one is a machine for the opcodes that picklers write for dicts, lists, tuples, sets,
strings and numbers, from protocol 2 on. It resolves no global name but those that it was given a
stand-in for, calls nothing else, and refuses every other opcode.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from typing import Any

from nasgoat.tabular.importers.pickle_memo import Memo
from nasgoat.tabular.importers.pickle_runs import AHEAD, take_run
from nasgoat.tabular.importers.window import Window
from nasgoat.tabular.unpickle import StandIns, stand_in

Fold = Callable[[dict[Any, Any]], dict[Any, Any] | None]

LONGEST = 1 << 26  # a string or integer beyond this is damage
FLOAT = struct.Struct(">d")


def load_stream(
    window: Window,
    stand_ins: StandIns,
    *,
    fold: Fold = lambda _: None,
    persistent: Callable[[Any], Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Any:
    """Read one pickle.

    Args:
        window: where the pickle begins; left after its last byte.
        stand_ins: harmless callables in place of the global names that it may ask for.
        fold: is shown every dict once its items are complete. Returns what the dict shall hold
            instead, or None to leave it. Where the pickle refers to what was inside once more,
            there will be ``FORGOTTEN``.
        persistent: turns a persistent id into an object; None to refuse them.
        progress: is told the window's position, about once in a megabyte.

    Raises:
        UnpicklingError: it asks for a name without a stand-in, or for what is not plain data.
        EOFError: it is cut short.
    """
    machine = _Machine(window, stand_ins, fold, persistent)
    shown = window.passed
    while True:
        if window.at >= len(window.data) and not window.ahead(1):
            msg = "the file is cut short"
            raise EOFError(msg)
        if window.passed != shown:
            shown = window.passed
            progress(window.position)
        code = window.data[window.at]
        window.at += 1
        if code == STOP:
            return machine.stack.pop()
        action = ACTIONS.get(code)
        if action is None:
            msg = f"the opcode {code:#04x}, which plain data have no use for"
            raise pickle.UnpicklingError(msg)
        action(machine)


class _Machine:
    """The stack machine of a pickle; every method is what one opcode, or a kind of them, does."""

    def __init__(
        self,
        window: Window,
        stand_ins: StandIns,
        fold: Fold,
        persistent: Callable[[Any], Any] | None,
    ) -> None:
        self.window = window
        self.stack: list[Any] = []
        self._below: list[tuple[list[Any], int]] = []  # stack and memo count at each open mark
        self._memo = Memo()
        self._stand_ins = stand_ins
        self._harmless = {id(value) for value in stand_ins.values()}
        self._fold = fold
        self._persistent = persistent

    def mark(self) -> None:
        stack, window = self.stack, self.window
        if stack and isinstance(stack[-1], dict) and window.ahead(AHEAD):
            run = take_run(window.data, window.at, self._memo)
            if run is not None:
                items, window.at = run
                stack[-1].update(items)
                return
        self._below.append((stack, self._memo.count))
        self.stack = []

    def marked(self) -> list[Any]:
        items = self.stack
        self.stack, _ = self._below.pop()
        return items

    def set_items(self) -> None:
        since = self._below[-1][1]
        items = self.marked()
        target = _expect(self.stack[-1], dict)
        target.update(zip(items[::2], items[1::2], strict=True))
        folded = self._fold(target)
        if folded is not None:
            target.clear()
            target.update(folded)
            self._memo.forget(since)

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._below.append((self.stack, self._memo.count))  # too late to forget what is in it
        self.stack = [key, value]
        self.set_items()

    def append(self) -> None:
        value = self.stack.pop()
        _expect(self.stack[-1], list).append(value)

    def extend(self) -> None:
        items = self.marked()
        _expect(self.stack[-1], list).extend(items)

    def add(self) -> None:
        items = self.marked()
        _expect(self.stack[-1], set).update(items)

    def tuple(self, size: int) -> None:
        at = len(self.stack) - size
        self.stack[at:] = [tuple(self.stack[at:])]

    def name(self, module: Any, name: Any) -> None:
        self.stack.append(stand_in(self._stand_ins, module, name))

    def stack_name(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.name(module, name)

    def call(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if id(function) not in self._harmless:
            msg = f"a call of a {type(function).__name__}; refused"
            raise pickle.UnpicklingError(msg)
        self.stack.append(function(*arguments))

    def build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, dict):
            return  # attributes of an OrderedDict
        if id(type(target)) not in self._harmless:
            msg = f"a state for a {type(target).__name__}; refused"
            raise pickle.UnpicklingError(msg)
        target.__setstate__(state)

    def persistent_id(self) -> None:
        if self._persistent is None:
            msg = "a persistent id; refused"
            raise pickle.UnpicklingError(msg)
        self.stack.append(self._persistent(self.stack.pop()))

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def integer(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.window.take(size), "little", signed=signed)

    def long(self) -> None:
        self.stack.append(int.from_bytes(self.sized(1), "little", signed=True))

    def float(self) -> None:
        self.stack.append(FLOAT.unpack(self.window.take(8))[0])

    def text(self, length_bytes: int) -> None:
        self.stack.append(self.sized(length_bytes).decode("utf-8", "surrogatepass"))

    def sized(self, length_bytes: int) -> bytes:
        size = self.integer(length_bytes)
        if size > LONGEST:
            msg = f"a string of {size:,} bytes"
            raise pickle.UnpicklingError(msg)
        return self.window.take(size)

    def put(self, number: int | None = None) -> None:
        self._memo.put(len(self._memo) if number is None else number, self.stack[-1])

    def get(self, number: int) -> None:
        self.stack.append(self._memo.get(number))


def _expect(target: Any, kind: type) -> Any:
    if not isinstance(target, kind):
        msg = f"items for a {type(target).__name__} that should be a {kind.__name__}"
        raise pickle.UnpicklingError(msg)
    return target


STOP = pickle.STOP[0]
ACTIONS: dict[int, Callable[[_Machine], Any]] = {
    pickle.PROTO[0]: lambda m: m.window.take(1),
    pickle.FRAME[0]: lambda m: m.window.take(8),
    pickle.MARK[0]: _Machine.mark,
    pickle.POP[0]: lambda m: m.stack.pop(),
    pickle.NONE[0]: lambda m: m.push(None),
    pickle.NEWTRUE[0]: lambda m: m.push(True),
    pickle.NEWFALSE[0]: lambda m: m.push(False),
    pickle.BININT[0]: lambda m: m.push(m.integer(4, signed=True)),
    pickle.BININT1[0]: lambda m: m.push(m.integer(1)),
    pickle.BININT2[0]: lambda m: m.push(m.integer(2)),
    pickle.LONG1[0]: _Machine.long,
    pickle.BINFLOAT[0]: _Machine.float,
    pickle.BINUNICODE[0]: lambda m: m.text(4),
    pickle.SHORT_BINUNICODE[0]: lambda m: m.text(1),
    pickle.BINBYTES[0]: lambda m: m.push(m.sized(4)),
    pickle.SHORT_BINBYTES[0]: lambda m: m.push(m.sized(1)),
    pickle.EMPTY_DICT[0]: lambda m: m.push({}),
    pickle.SETITEM[0]: _Machine.set_item,
    pickle.SETITEMS[0]: _Machine.set_items,
    pickle.EMPTY_LIST[0]: lambda m: m.push([]),
    pickle.APPEND[0]: _Machine.append,
    pickle.APPENDS[0]: _Machine.extend,
    pickle.EMPTY_SET[0]: lambda m: m.push(set()),
    pickle.ADDITEMS[0]: _Machine.add,
    pickle.EMPTY_TUPLE[0]: lambda m: m.push(()),
    pickle.TUPLE[0]: lambda m: m.push(tuple(m.marked())),
    pickle.TUPLE1[0]: lambda m: m.tuple(1),
    pickle.TUPLE2[0]: lambda m: m.tuple(2),
    pickle.TUPLE3[0]: lambda m: m.tuple(3),
    pickle.GLOBAL[0]: lambda m: m.name(m.window.line().decode(), m.window.line().decode()),
    pickle.STACK_GLOBAL[0]: _Machine.stack_name,
    pickle.REDUCE[0]: _Machine.call,
    pickle.BUILD[0]: _Machine.build,
    pickle.BINPERSID[0]: _Machine.persistent_id,
    pickle.BINPUT[0]: lambda m: m.put(m.integer(1)),
    pickle.LONG_BINPUT[0]: lambda m: m.put(m.integer(4)),
    pickle.MEMOIZE[0]: _Machine.put,
    pickle.BINGET[0]: lambda m: m.get(m.integer(1)),
    pickle.LONG_BINGET[0]: lambda m: m.get(m.integer(4)),
}
