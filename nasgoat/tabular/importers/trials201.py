"""One training of NAS-Bench-201, reduced to the numbers of the table.

The official files keep a training (class ``ResultsCount``) and the trainings of an architecture
(``ArchResults``) as plain dicts:

    {"seed": 777, "epochs": 200, "flop": .., "params": .., "latency": [..],
     "train_times": {0: .., ..., 199: ..}, "eval_acc1es": {"x-valid@0": .., ..., "x-test@199": ..},
     and further curves, configurations and weights that are not read}
    {"arch_index": 0, "arch_str": "|..|", "all_results": {("cifar10", 777): training, ...}, ...}
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

SETS = ("x-valid", "x-test", "ori-test")
TRIAL, ARCHITECTURE = "nasgoat-trial", "nasgoat-architecture"  # keys of folded dicts
DATASETS = ("cifar10-valid", "cifar10", "cifar100", "ImageNet16-120")


@dataclass(frozen=True, slots=True)
class Trial:
    """One training.

    Args:
        accuracy: top-1 on each of ``SETS`` after the last epoch, in %; NaN where not measured.
        seconds: the sum of the epochs' training times; NaN if unknown. The files hold estimates
            here: the time of a 12-epoch training on CIFAR-10, scaled by the size of the dataset.
        flops, parameters: in millions.
        latency: of a batch of 256 images, in seconds; NaN if unknown.
    """

    accuracy: tuple[float, ...]
    seconds: float
    flops: float
    parameters: float
    latency: float

    @classmethod
    def of(cls, state: dict[Any, Any]) -> Trial:
        """Read a training's dict.

        Raises:
            ValueError: a number that every training has is missing, or is none.
        """
        epochs = _integer(state, "epochs")
        curves = _entry(state, "eval_acc1es")
        last = epochs - 1
        times = state.get("train_times")
        return cls(
            tuple(_number(curves.get(f"{name}@{last}", math.nan)) for name in SETS),
            math.nan if times is None else math.fsum(_number(times[i]) for i in range(epochs)),
            _number(_entry(state, "flop")),
            _number(_entry(state, "params")),
            _mean(state.get("latency")),
        )


@dataclass(frozen=True, slots=True)
class Architecture:
    """The trainings of one cell with one number of epochs, by dataset and seed."""

    index: int
    text: str
    trials: dict[tuple[str, int], Trial]

    @classmethod
    def of(cls, state: dict[Any, Any]) -> Architecture:
        """Read an architecture's dict, whose trainings may be folded already.

        Raises:
            ValueError: it is not such a dict.
        """
        trials = {}
        for key, training in _entry(state, "all_results").items():
            dataset, seed = key
            folded = training.get(TRIAL)
            trials[str(dataset), int(seed)] = folded if folded is not None else Trial.of(training)
        return cls(_integer(state, "arch_index"), str(_entry(state, "arch_str")), trials)


def fold(state: dict[Any, Any]) -> dict[Any, Any] | None:
    """Reduce a dict as soon as it is read, if it is a training or an architecture."""
    if "eval_acc1es" in state:
        return {TRIAL: Trial.of(state)}
    if "all_results" in state:
        return {ARCHITECTURE: Architecture.of(state)}
    return None


def _entry(state: dict[Any, Any], key: str) -> Any:
    try:
        return state[key]
    except KeyError:
        msg = f"a training or an architecture without {key!r}"
        raise ValueError(msg) from None


def _integer(state: dict[Any, Any], key: str) -> int:
    value = _entry(state, key)
    if not isinstance(value, int) or value < 0:
        msg = f"{key!r} is {value!r}"
        raise ValueError(msg)
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float):
        msg = f"{type(value).__name__} where a number is due"
        raise ValueError(msg)
    return float(value)


def _mean(values: Any) -> float:
    if values is None:
        return math.nan
    return math.fsum(_number(value) for value in values) / len(values)
