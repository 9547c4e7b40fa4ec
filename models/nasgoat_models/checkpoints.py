"""Checkpoints: weights with all that is needed to use them or to train on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import torch

from nasgoat import __version__
from nasgoat.errors import BadDataError, MissingDataError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model at some point of its training, as plain values and tensors.

    Args:
        kind: what the model is, e.g. ``"ngae"``.
        config: what the model is built of.
        weights: its ``state_dict``.
        source: where the training set comes from: benchmark, space, seed ...
        training: settings, and the trainer's ``state`` where training can go on.
        versions: of nasgoat and PyTorch when it was written.
    """

    kind: str
    config: Mapping[str, Any]
    weights: Mapping[str, torch.Tensor]
    source: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(
        default_factory=lambda: {"nasgoat": __version__, "torch": str(torch.__version__)}
    )

    def save(self, path: Path) -> None:
        """Write to a file; the one before it stays whole until the new one is complete."""
        path.parent.mkdir(parents=True, exist_ok=True)
        value = {"format": FORMAT} | {name: getattr(self, name) for name in self.__slots__}
        part = path.with_name(f"{path.name}.part")
        torch.save(value, part)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote, onto the CPU; runs no code from the file.

        Raises:
            MissingDataError: there is no such file.
            BadDataError: it is no checkpoint of this format.
        """
        if not path.is_file():
            msg = f"there is no checkpoint {path}; `nasgoat train` writes one"
            raise MissingDataError(msg)
        try:
            value = torch.load(path, map_location="cpu", weights_only=True)
            found = value.pop("format")
            if found != FORMAT:
                msg = f"its format is {found}, not {FORMAT}"
                raise ValueError(msg)
            return cls(**value)
        except Exception as error:
            msg = f"{path} is no checkpoint that can be read: {error}"
            raise BadDataError(msg) from error
