"""The protocol buffer in which NAS-Bench-101 keeps the metrics of one training.

``ModelMetrics``:

    repeated EvaluationData evaluation_data = 1;
    optional int32 trainable_parameters = 2;
    optional double total_time = 3;             (seconds)

``EvaluationData``:

    optional double current_epoch = 1;
    optional double training_time = 2;          (seconds)
    optional double train_accuracy = 3;         (fraction)
    optional double validation_accuracy = 4;
    optional double test_accuracy = 5;
    optional string checkpoint_path = 6;
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5  # wire types
DOUBLE = struct.Struct("<d")
# The way all fields but the path are written by the usual encoders: five tagged doubles.
FIVE_DOUBLES = struct.Struct("<" + "Bd" * 5)
TAGS = (0x09, 0x11, 0x19, 0x21, 0x29)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Metrics at one moment of a training; accuracies are fractions, NaN if not in the message."""

    current_epoch: float
    training_time: float
    train_accuracy: float
    validation_accuracy: float
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class ModelMetrics:
    """One training: its evaluations in order of time, and the size of the network."""

    evaluations: tuple[Evaluation, ...]
    trainable_parameters: int
    total_time: float  # seconds, with evaluations; NaN if not in the message


def decode(message: bytes) -> ModelMetrics:
    """Decode a ``ModelMetrics``; unknown fields are passed over.

    Raises:
        ValueError: the bytes are no such message.
    """
    evaluations: list[Evaluation] = []
    parameters, total = 0, float("nan")
    for number, value in _fields(message):
        if number == 1:
            evaluations.append(_evaluation(_typed(value, bytes)))
        elif number == 2:
            parameters = _typed(value, int)
        elif number == 3:
            total = _typed(value, float)
    return ModelMetrics(tuple(evaluations), parameters, total)


def _evaluation(message: bytes) -> Evaluation:
    if len(message) >= FIVE_DOUBLES.size:
        parts = FIVE_DOUBLES.unpack_from(message)
        if parts[::2] == TAGS:
            return Evaluation(*parts[1::2])
    values = [float("nan")] * 5
    for number, value in _fields(message):
        if 1 <= number <= len(values):
            values[number - 1] = _typed(value, float)
    return Evaluation(*values)


def _fields(message: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """Number and value of each field; doubles are floats, varints ints, the rest bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if kind == LENGTH:
            size, at = _varint(message, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            msg = f"a protocol buffer field of wire type {kind}"
            raise ValueError(msg)
        part = message[at : at + size]
        at += size
        if len(part) < size:
            msg = "a protocol buffer that ends in the middle of a field"
            raise ValueError(msg)
        yield tag >> 3, DOUBLE.unpack(part)[0] if kind == FIXED64 else part


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The integer at a position, seven bits a byte from the lowest, and the position after it."""
    value = 0
    for index in range(10):  # 64 bits
        if at + index >= len(message):
            break
        byte = message[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
    msg = "a protocol buffer with a broken integer"
    raise ValueError(msg)


def _typed(value: int | float | bytes, kind: type[T]) -> T:
    if not isinstance(value, kind):
        msg = f"a protocol buffer field that should be {kind.__name__} is {type(value).__name__}"
        raise ValueError(msg)
    return value
