"""PyTorch's chance and threads, so that a choice can be repeated to the bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def generator(rng: np.random.Generator) -> torch.Generator:
    """A generator of PyTorch's whose seed is drawn from one of numpy's."""
    return torch.Generator().manual_seed(int(rng.integers(2**62)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: these networks are too small for more, and sums keep their order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
