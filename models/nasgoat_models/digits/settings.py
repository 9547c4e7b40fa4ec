"""The settings of a training, as values and as they are typed behind a benchmark's name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from nasgoat.errors import UnknownNameError

DEVICES = ("auto", "cpu", "cuda")
FEEDERS = 4  # vertices that share the output's channels in NAS-Bench-101: 9 edges allow no more
UNNAMED = ("device", "threads")  # where to compute; results differ by rounding at most


@dataclass(frozen=True, slots=True)
class Training:
    """How a cell is trained.

    Args:
        epochs: passes over the training images, at least 1.
        seed: of the initial weights and of the order of the images, at least 0.
        channels: of the first stage, at least 4; the second has twice as many.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"`` for a GPU if there is one.
        threads: of one training on the CPU. One by default, so that trainings in several processes
            do not slow each other down.

    Raises:
        ValueError: a number is too small.
        UnknownNameError: there is no such device.
    """

    epochs: int = 12
    seed: int = 0
    channels: int = 8
    device: str = "auto"
    threads: int = 1

    def __post_init__(self) -> None:
        least = {"epochs": 1, "seed": 0, "channels": FEEDERS, "threads": 1}
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                msg = f"{name} is at least {lowest}, got {name}={getattr(self, name)}"
                raise ValueError(msg)
        UnknownNameError.unless_among("device", self.device, DEVICES)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"epochs=5,seed=1"``; what is not named keeps its default.

        Raises:
            ValueError: the text is not of this form, names a setting twice, or a value is not one
                that the setting can take.
            UnknownNameError: there is no such setting or device.
        """
        names = [field.name for field in fields(cls)]
        values: dict[str, str] = {}
        for part in text.split(",") if text else ():
            name, equals, value = part.partition("=")
            if not (equals and value):
                msg = f"settings are written name=value,name=value; got {part!r} in {text!r}"
                raise ValueError(msg)
            UnknownNameError.unless_among("setting of a training", name, names)
            if name in values:
                msg = f"{name} is set twice in {text!r}; set it once"
                raise ValueError(msg)
            values[name] = value
        numbers = {name: _whole(name, value) for name, value in values.items() if name != "device"}
        return cls(**numbers, device=values.get("device", "auto"))

    def __str__(self) -> str:
        """The settings that change results and are not the default, as ``parse`` reads them."""
        named = [field for field in fields(self) if field.name not in UNNAMED]
        changed = [field.name for field in named if getattr(self, field.name) != field.default]
        return ",".join(f"{name}={getattr(self, name)}" for name in changed)


def _whole(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        msg = f"{name} is a whole number, got {name}={value}"
        raise ValueError(msg) from error
