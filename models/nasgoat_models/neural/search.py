"""A search that a fitted model guides: what all neural methods have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.guided import Known, guided
from nasgoat.spaces import SearchSpace

# (settings, what is known, k, chance) -> 1 to k new graphs
Choose = Callable[[Any, Known, int, np.random.Generator], list[LabeledGraph]]


class Settings(Protocol):
    """Options of a method."""

    @property
    def initial(self) -> int:
        """Size of the initial design."""


@dataclass(frozen=True, slots=True)
class NeuralSearch:
    """Random graphs first, then what a model chooses that is fitted anew for every batch.

    Args:
        name: of the method.
        settings: its options.
        choose: fits the model to all observations and chooses by it.
    """

    name: str
    settings: Settings
    choose: Choose = field(metadata=UNJOURNALLED)

    def start(self, space: SearchSpace, rng: np.random.Generator) -> Design:
        """See ``SearchMethod``."""
        return Design.draw(space, self.settings.initial, rng)

    def propose(
        self,
        state: Design,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[Design, list[Proposal]]:
        """See ``SearchMethod``."""

        def choose(known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
            return self.choose(self.settings, known, k, rng)

        return guided(state, (observations, pending), k, rng, choose)


def check_counts(**counts: int) -> None:
    """Refuse sizes and numbers of steps below 1.

    Raises:
        ValueError: one of them is; says which.
    """
    for name, count in counts.items():
        if count < 1:
            msg = f"{name} is at least 1, got {count}"
            raise ValueError(msg)


def check_positive(**numbers: float) -> None:
    """Refuse rates and scales that are not positive finite numbers.

    Raises:
        ValueError: one of them is not; says which.
    """
    for name, number in numbers.items():
        if not (np.isfinite(number) and number > 0):
            msg = f"{name} is a positive number, got {number}"
            raise ValueError(msg)


def seed_of(rng: np.random.Generator) -> int:
    """A seed for PyTorch, drawn from numpy's chance."""
    return int(rng.integers(2**62))
