"""One training loop for all models: Adam on named losses, with seeds, progress and checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from nasgoat.errors import NasgoatError
from nasgoat_models.devices import repeatable

# (rows of the training set, chance) -> terms of the loss by name, each a scalar
Losses = Callable[[Tensor, torch.Generator], Mapping[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Training:
    """How a model is trained.

    Args:
        epochs: passes over the training set.
        batch: examples per step.
        rate: of Adam.
        decay: of the weights, decoupled from the gradient (AdamW); 0 for plain Adam.
        clip: greatest norm of the gradient; None for no limit.
        cosine: the rate falls to 0 along half a cosine, step by step.
        seed: of the order of the examples and of whatever the losses draw.
        threads: of PyTorch on the CPU.

    Raises:
        ValueError: a number makes no sense.
    """

    epochs: int
    batch: int = 128
    rate: float = 1e-3
    decay: float = 0.0
    clip: float | None = None
    cosine: bool = False
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "threads"):
            if getattr(self, name) < (name != "epochs"):
                msg = f"{name} must not be so few: {getattr(self, name)}"
                raise ValueError(msg)
        if not (self.rate > 0 and self.decay >= 0):
            msg = f"the rate is above 0 and the decay at least 0, got {self.rate}, {self.decay}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training set.

    Args:
        number: from 1.
        of: epochs in all.
        losses: mean of every term over the examples, and their sum as ``"loss"``.
        seconds: that it took.
    """

    number: int
    of: int
    losses: Mapping[str, float]
    seconds: float

    @property
    def left(self) -> float:
        """Seconds that the epochs to come will take, if they are like this one."""
        return (self.of - self.number) * self.seconds


OnEpoch = Callable[[Epoch], None]


def told(on_stage: Callable[[str], None] | None, work: str) -> OnEpoch | None:
    """Tells of every epoch in words; None where nobody listens.

    Args:
        on_stage: hears the words.
        work: what is done, such as "training the autoencoder".
    """
    if on_stage is None:
        return None

    def on_epoch(epoch: Epoch) -> None:
        on_stage(
            f"{work}, epoch {epoch.number}/{epoch.of}, loss {epoch.losses['loss']:.3g}, about "
            f"{epoch.left:.0f} s left"
        )

    return on_epoch


class DivergedError(NasgoatError, FloatingPointError):
    """A loss that is not finite any more: the training cannot go on."""


class Trainer:
    """Trains a model, and can be stopped after any epoch and go on as if it had not been.

    Args:
        model: on the device where it is to be trained.
        losses: terms of the loss, to be added up, for rows of the training set.
        count: number of examples in the training set.
        training: the settings.
    """

    def __init__(self, model: nn.Module, losses: Losses, count: int, training: Training) -> None:
        self.model, self.losses, self.count, self.training = model, losses, count, training
        self.adam = torch.optim.AdamW(
            model.parameters(), training.rate, weight_decay=training.decay, fused=True
        )
        self.cosine = None
        if training.cosine:
            steps = max(1, training.epochs * math.ceil(count / training.batch))
            self.cosine = torch.optim.lr_scheduler.CosineAnnealingLR(self.adam, steps)
        # on the CPU: the same chance on every device
        self.generator = torch.Generator().manual_seed(training.seed)
        self.history: list[dict[str, float]] = []

    def run(self, on_epoch: OnEpoch | None = None) -> None:
        """Train until all epochs are done.

        Args:
            on_epoch: hears of every epoch after it; ``state`` may be called there.

        Raises:
            DivergedError: the loss is not finite any more.
        """
        with repeatable(self.training.threads):
            while len(self.history) < self.training.epochs:
                began = time.perf_counter()
                losses = self._epoch()
                seconds = time.perf_counter() - began
                self.history.append({**losses, "seconds": seconds})
                if on_epoch is not None:
                    done = len(self.history)
                    on_epoch(Epoch(done, self.training.epochs, losses, seconds))

    def _epoch(self) -> dict[str, float]:
        self.model.train()
        device = next(self.model.parameters()).device
        sums = _Sums()
        order = torch.randperm(self.count, generator=self.generator)
        for rows in order.split(self.training.batch):
            terms = self.losses(rows.to(device), self.generator)
            loss = torch.stack(list(terms.values())).sum()
            self.adam.zero_grad()
            loss.backward()
            if self.training.clip is not None:
                nn.utils.clip_grad_norm_(self.model.parameters(), self.training.clip)
            self.adam.step()
            if self.cosine is not None:
                self.cosine.step()
            sums.add({**terms, "loss": loss}, len(rows))
        return sums.means()

    def state(self) -> dict[str, Any]:
        """All that the rest of the training depends on, but for the model, as plain values."""
        return {
            "adam": self.adam.state_dict(),
            "cosine": None if self.cosine is None else _plain(self.cosine.state_dict()),
            "generator": self.generator.get_state(),
            "history": self.history,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state`` was called; the model is the caller's to restore."""
        self.adam.load_state_dict(state["adam"])
        if self.cosine is not None:
            self.cosine.load_state_dict(state["cosine"])
        self.generator.set_state(state["generator"].cpu())
        self.history = list(state["history"])


@dataclass(slots=True)
class _Sums:
    """Means over an epoch; one synchronisation with the device at its end."""

    totals: dict[str, Tensor] = field(default_factory=dict)
    count: int = 0

    def add(self, terms: Mapping[str, Tensor], rows: int) -> None:
        for name, term in terms.items():
            value = term.detach() * rows
            self.totals[name] = self.totals[name] + value if name in self.totals else value
        self.count += rows

    def means(self) -> dict[str, float]:
        means = {name: float(total) / self.count for name, total in self.totals.items()}
        if not torch.isfinite(torch.tensor(means["loss"])):
            msg = f"the loss is not finite any more: {means}; try a lower rate or clip gradients"
            raise DivergedError(msg)
        return means


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in state.items()
        if value is None or isinstance(value, bool | int | float | str | list)
    }
