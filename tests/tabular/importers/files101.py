"""Files of NAS-Bench-101, by TensorFlow's TFRecord writer and protobuf's encoder."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# (module hash, adjacency matrix, operations, trainable parameters), from the published file
OFFICIAL = (
    (
        "00005c142e6f48ac74fdcf73e3439874",
        "0100110001000000010010000010000001000000010000000",
        "input,conv3x3-bn-relu,maxpool3x3,conv3x3-bn-relu,conv3x3-bn-relu,conv1x1-bn-relu,output",
        8555530,
    ),
    (
        "001075f6862f8f40db12d1e65aa7579d",
        "0100000001000000011000000100000001100000010000000",
        "input,maxpool3x3,maxpool3x3,conv1x1-bn-relu,conv1x1-bn-relu,maxpool3x3,output",
        967178,
    ),
    (
        "0c187841d17db3b0b02791f4d7d0d93d",
        "0101101001000000010000000100000001000000010000000",
        "input,maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu,conv1x1-bn-relu,maxpool3x3,output",
        14873994,
    ),
)


@dataclass(frozen=True)
class Training:
    """What one record is to say."""

    cell: int  # in OFFICIAL
    epochs: int
    evaluations: tuple[tuple[float, ...], ...]  # epoch, seconds, train, valid, test

    @classmethod
    def of(cls, cell: int, epochs: int, rng: np.random.Generator) -> Training:
        evaluations = [
            (epochs * part, 10.0 * epochs * part, *np.float32(rng.uniform(0.1, 0.95, 3)).tolist())
            for part in (0.0, 0.5, 1.0)
        ]
        return cls(cell, epochs, tuple(evaluations))

    def final(self, attribute: str, at: int = 2) -> float:
        return self.evaluations[at][("epoch", "seconds", "train", "valid", "test").index(attribute)]


@lru_cache(maxsize=1)
def model_metrics() -> Any:
    """The message class of NAS-Bench-101's model_metrics.proto."""
    file = descriptor_pb2.FileDescriptorProto(
        name="model_metrics.proto", package="nasbench", syntax="proto2"
    )
    kind = descriptor_pb2.FieldDescriptorProto
    metrics = file.message_type.add(name="ModelMetrics")
    metrics.field.add(
        name="evaluation_data",
        number=1,
        label=kind.LABEL_REPEATED,
        type=kind.TYPE_MESSAGE,
        type_name=".nasbench.EvaluationData",
    )
    for name, number, of_type in (
        ("trainable_parameters", 2, kind.TYPE_INT32),
        ("total_time", 3, kind.TYPE_DOUBLE),
    ):
        metrics.field.add(name=name, number=number, label=kind.LABEL_OPTIONAL, type=of_type)
    evaluation = file.message_type.add(name="EvaluationData")
    for number, name in enumerate(
        (
            *("current_epoch", "training_time", "train_accuracy"),
            *("validation_accuracy", "test_accuracy", "checkpoint_path"),
        ),
        1,
    ):
        of_type = kind.TYPE_STRING if number == 6 else kind.TYPE_DOUBLE
        evaluation.field.add(name=name, number=number, label=kind.LABEL_OPTIONAL, type=of_type)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("nasbench.ModelMetrics"))


def message(training: Training, path: str | None = None) -> bytes:
    """The encoded metrics of a training."""
    metrics = model_metrics()()
    for epoch, seconds, train, valid, test in training.evaluations:
        data = metrics.evaluation_data.add()
        data.current_epoch, data.training_time = epoch, seconds
        data.train_accuracy, data.validation_accuracy, data.test_accuracy = train, valid, test
        if path is not None:
            data.checkpoint_path = path
    metrics.trainable_parameters = OFFICIAL[training.cell][3]
    metrics.total_time = 1234.5
    encoded: bytes = metrics.SerializeToString()
    return encoded


def record(training: Training) -> bytes:
    name, adjacency, operations, _ = OFFICIAL[training.cell]
    metrics = base64.b64encode(message(training)).decode("ascii")
    return json.dumps([name, training.epochs, adjacency, operations, metrics]).encode()


def write(path: Path, records: Iterable[bytes]) -> None:
    """Write a TFRecord file with TensorFlow."""
    import tensorflow as tf  # noqa: PLC0415  (seconds, which only these tests need)

    with tf.io.TFRecordWriter(str(path)) as writer:
        for data in records:
            writer.write(data)


def trainings(epochs: Iterable[int] = (108,), cells: int = len(OFFICIAL)) -> list[Training]:
    """Three trainings of each cell and number of epochs, in no particular order."""
    rng = np.random.default_rng(0)
    made = [Training.of(cell, e, rng) for cell in range(cells) for e in epochs for _ in range(3)]
    return [made[i] for i in rng.permutation(len(made))]
