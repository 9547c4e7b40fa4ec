"""Progress of a training on stderr, and its checkpoints."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.status import Status

from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.commands.recipe import Recipe
from nasgoat_models.training import Epoch, Trainer

SAVE_SECONDS = 5.0  # between checkpoints: what Ctrl-C may cost, beside the epoch that it ends
TOLD = 20  # lines of progress in all where stderr is no terminal


@dataclass(slots=True)
class Log:
    """Hears of a training's epochs.

    Args:
        trainer: of the model.
        recipe: what the checkpoints say that it was trained by.
        path: of the checkpoint.
        console: of the lines.
    """

    trainer: Trainer
    recipe: Recipe
    path: Path
    console: Console
    status: Status = field(init=False)
    saved: float = field(default_factory=time.monotonic)
    kept: int = 0  # epochs that the file holds

    def __post_init__(self) -> None:
        self.status = self.console.status("training")
        self.kept = len(self.trainer.history)

    def run(self) -> None:
        """Train; after Ctrl-C the file holds the state of some seconds ago, or of no epoch yet."""
        if not self.path.exists():
            self.save()
        try:
            with self.status:
                self.trainer.run(self.on_epoch)
        except KeyboardInterrupt:
            told = f"{self.path} holds {self.kept} of {self.recipe.epochs} epochs; --resume goes on"
            self.console.print(told, soft_wrap=True)
            raise

    def on_epoch(self, epoch: Epoch) -> None:
        """Tell of an epoch, and save where the last time is long ago or there is no other."""
        if epoch.number == epoch.of or time.monotonic() - self.saved > SAVE_SECONDS:
            self.save()
        terms = ", ".join(f"{name} {value:.4g}" for name, value in epoch.losses.items())
        line = f"epoch {epoch.number}/{epoch.of}: {terms}; about {epoch.left:.0f} s left"
        if self.console.is_terminal:
            self.status.update(line)
        elif epoch.number == 1 or epoch.number * TOLD % epoch.of < TOLD:
            self.console.print(line, soft_wrap=True)

    def save(self) -> None:
        """Write the checkpoint."""
        weights, state = self.trainer.model.state_dict(), self.trainer.state()
        recipe = self.recipe
        Checkpoint(recipe.model, recipe.config(), weights, training=state).save(self.path)
        self.saved, self.kept = time.monotonic(), len(self.trainer.history)
