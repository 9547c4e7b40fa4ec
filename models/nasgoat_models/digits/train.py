"""One training: a network and its settings in, errors and seconds out."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch
from torch import nn

from nasgoat_models.devices import find_device, repeatable
from nasgoat_models.digits.data import Images, splits
from nasgoat_models.digits.network import initialise
from nasgoat_models.digits.settings import Training

BATCH = 64  # images per step
RATE = 0.1  # of the first step; falls to 0 along half a cosine
MOMENTUM = 0.9
DECAY = 5e-4  # of the weights; what both benchmarks use, or nearly so


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a training.

    Args:
        validation_error: in %; None if the loss was not finite any more.
        test_error: in %; None with the other.
        seconds: wall-clock, of the training without the measurement after it.
    """

    validation_error: float | None
    test_error: float | None
    seconds: float


def train(network: nn.Module, training: Training, seed: int) -> Outcome:
    """Train a network and measure it on images that it has not seen.

    Args:
        network: on the CPU; all its weights are drawn anew.
        training: the settings; the seed among them is not read.
        seed: of the weights and of the order of the images.

    Raises:
        ValueError: there is no such device.
    """
    device = find_device(training.device)
    images = {name: split.to(device) for name, split in splits().items()}
    generator = torch.Generator().manual_seed(seed)  # on the CPU: the same chance on every device
    initialise(network, generator)
    network.to(device)
    with repeatable(training.threads):
        began = time.perf_counter()
        finite = _descend(network, images["train"], training.epochs, generator)
        seconds = time.perf_counter() - began
        if not finite:
            return Outcome(None, None, seconds)
        errors = [_error(network, images[split]) for split in ("validation", "test")]
    return Outcome(errors[0], errors[1], seconds)


def _descend(network: nn.Module, images: Images, epochs: int, generator: torch.Generator) -> bool:
    """Gradient descent on shuffled batches; whether the loss was finite to the end."""
    network.train()
    descent = torch.optim.SGD(
        network.parameters(), RATE, MOMENTUM, weight_decay=DECAY, nesterov=True
    )
    steps = epochs * math.ceil(len(images) / BATCH)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator).to(images.digits.device)
        for rows in order.split(BATCH):
            logits = network(images.pixels[rows])  # (B, 10)
            loss = nn.functional.cross_entropy(logits, images.digits[rows])
            if not torch.isfinite(loss):
                return False
            descent.zero_grad()
            loss.backward()
            descent.step()
            cosine.step()
    return True


def _error(network: nn.Module, images: Images) -> float:
    """Images that are told wrong, in %."""
    network.eval()
    with torch.no_grad():
        told = network(images.pixels).argmax(dim=1)
    return 100.0 * (told != images.digits).float().mean().item()
