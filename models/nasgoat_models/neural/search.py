"""A search that a fitted model guides: what all neural methods have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from nasgoat.errors import SolverUnavailableError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Design, SearchMethod, Surroundings
from nasgoat.search.guided import Known, guided
from nasgoat.spaces import SearchSpace


class Chooser(Protocol):
    """The settings of a method, which know how to choose."""

    @property
    def initial(self) -> int:
        """Size of the initial design."""

    def choose(self, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
        """Fit a model to all observations and choose 1 to ``k`` new graphs by it.

        Raises:
            NothingLeftError: every graph of the space is observed or pending.
        """


@dataclass(frozen=True, slots=True)
class NeuralSearch:
    """Random graphs first, then what a model chooses that is fitted anew for every batch.

    Args:
        name: of the method.
        settings: of the model.
    """

    name: str
    settings: Chooser

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
        return guided(state, (observations, pending), k, rng, self.settings.choose)


def search(name: str) -> Callable[[Any, Surroundings], SearchMethod[Any]]:
    """What builds the method of a name from its settings."""

    def build(settings: Chooser, surroundings: Surroundings) -> NeuralSearch:
        del surroundings
        require_torch(name)
        return NeuralSearch(name, settings)

    return build


def require_torch(name: str) -> None:
    """Refuse a method of that name where PyTorch is missing.

    Raises:
        SolverUnavailableError: it is.
    """
    if find_spec("torch") is None:
        msg = f"the method {name} needs the package torch; install it: pip install torch"
        raise SolverUnavailableError(msg)


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
