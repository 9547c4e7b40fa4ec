"""Scikit-learn's handwritten digits, split once and for all.

1,797 grey images of 8 x 8 pixels (the test half of the UCI set "Optical recognition of handwritten
digits"). They come with scikit-learn: nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits

CLASSES = 10
SIDE = 8  # pixels

# Of five consecutive images of a class two are for training, two for validation, one for the test.
# Many validation images rather than many to train on: they are what tells good cells apart.
TURNS = ("train", "validation", "train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Images:
    """One split.

    Args:
        pixels: ``(N, 1, 8, 8)``, mean 0 and variance 1 over the training split.
        digits: ``(N,)``, 0 to 9.
    """

    pixels: torch.Tensor
    digits: torch.Tensor

    def __len__(self) -> int:
        return len(self.digits)

    def to(self, device: torch.device) -> Images:
        """The same images elsewhere."""
        return Images(self.pixels.to(device), self.digits.to(device))


@cache
def splits() -> dict[str, Images]:
    """The images by split: ``"train"`` (723), ``"validation"`` (719), ``"test"`` (355)."""
    pixels, digits = load_digits(return_X_y=True)
    turns = np.array(TURNS)[_place_in_class(digits) % len(TURNS)]
    seen = pixels[turns == "train"]
    scaled = ((pixels - seen.mean()) / seen.std()).astype(np.float32)
    shaped = torch.from_numpy(scaled.reshape(-1, 1, SIDE, SIDE))
    labels = torch.from_numpy(digits.astype(np.int64))
    masks = {name: torch.from_numpy(turns == name) for name in dict.fromkeys(TURNS)}
    return {name: Images(shaped[mask], labels[mask]) for name, mask in masks.items()}


def _place_in_class(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many images of the same class come before each."""
    one_hot = digits[:, None] == np.arange(CLASSES)
    return (one_hot.cumsum(axis=0) - 1)[one_hot]
