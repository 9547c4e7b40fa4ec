"""The own protobuf reader against the encoder of the protobuf package."""

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.tabular.importers.model_metrics import decode
from tests.tabular.importers.files101 import OFFICIAL, Training, message, model_metrics

FIELDS = ("current_epoch", "training_time", "train_accuracy", "validation_accuracy")


@pytest.mark.parametrize("path", [None, "", "model.ckpt-1234"])
def test_messages_of_the_protobuf_package_are_understood(path: str | None) -> None:
    training = Training.of(0, 108, np.random.default_rng(0))
    seen = decode(message(training, path))
    assert seen.trainable_parameters == OFFICIAL[0][3]
    assert seen.total_time == 1234.5
    found = [
        (e.current_epoch, e.training_time, e.train_accuracy, e.validation_accuracy, e.test_accuracy)
        for e in seen.evaluations
    ]
    assert found == list(training.evaluations)


def test_fields_that_are_not_there_are_nan() -> None:
    metrics = model_metrics()()
    data = metrics.evaluation_data.add()
    data.test_accuracy = 0.5
    seen = decode(metrics.SerializeToString())
    assert seen.trainable_parameters == 0
    assert math.isnan(seen.total_time)
    [evaluation] = seen.evaluations
    assert evaluation.test_accuracy == 0.5
    assert all(math.isnan(getattr(evaluation, name)) for name in FIELDS)


def test_unknown_fields_and_other_orders_are_passed_over() -> None:
    evaluation = message(Training.of(1, 4, np.random.default_rng(1)))
    unknown = b"\x3a\x02hi" + b"\x45\x00\x00\x80\x3f" + b"\x48\x96\x01"  # bytes, 4 bytes, integer
    assert decode(unknown + evaluation + unknown) == decode(evaluation)


@pytest.mark.parametrize(
    "wrong",
    [
        b"\x0a\x05abc",  # longer than what is left
        b"\x0b",  # a group
        b"\x10" + b"\xff" * 11,  # an integer without end
        b"\x10",  # ends after a tag
        b"\x12\x01a",  # the parameters as bytes
        b"\x08\x01",  # an evaluation as an integer
        b"\x0a\x02\x08\x01",  # an epoch as an integer
    ],
)
def test_what_is_no_message_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="protocol buffer"):
        decode(wrong)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        assert decode(data).trainable_parameters >= 0
