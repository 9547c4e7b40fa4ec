"""Where PyTorch computes, and that it computes the same again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def find_device(name: str) -> torch.device:
    """The device of a name: ``cpu``, ``cuda``, or ``auto`` for a GPU where there is one.

    Raises:
        ValueError: a GPU is asked for and PyTorch can use none, or there is no such device.
    """
    if name not in ("auto", "cpu", "cuda"):
        msg = f"a device is auto, cpu or cuda, got {name!r}"
        raise ValueError(msg)
    present = torch.cuda.is_available()
    if name == "cuda" and not present:
        msg = "device=cuda, but PyTorch sees no GPU; use device=cpu or device=auto"
        raise ValueError(msg)
    return torch.device("cuda" if present and name != "cpu" else "cpu")


@contextmanager
def repeatable(threads: int) -> Iterator[None]:
    """Compute in a fixed order with so many threads, and leave PyTorch as it was.

    A GPU keeps to cuDNN's deterministic algorithms; sums elsewhere may still be rounded in another
    order from run to run.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.backends.cudnn.flags(deterministic=True, benchmark=False):
            yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from a seed, and leave the generator of the CPU as it was.

    For weights of new modules, which draw from the global generator.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
