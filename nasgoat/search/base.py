"""The protocol of search methods, and how their settings are written into journals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from nasgoat.graphs import LabeledGraph
from nasgoat.optimize.checked import CheckedOptimizer
from nasgoat.records import Observation, Proposal
from nasgoat.spaces import SearchSpace

State = TypeVar("State")

UNJOURNALLED = {"journal": False}  # metadata of fields that do not change what is proposed


class SearchMethod(Protocol[State]):
    """Decides what to evaluate next.

    What a method proposes depends on the space, the generators and the observations alone. Its
    state may hold what ``start`` drew, and keep what can be computed anew from the observations; a
    resumed study calls ``start`` again and carries on with its observations.

    Journals hold a method's settings: the fields of a dataclass (see ``described``).
    """

    @property
    def name(self) -> str:
        """A short name for journals and reports."""

    def start(self, space: SearchSpace, rng: np.random.Generator) -> State:
        """Begin a search."""

    def propose(
        self,
        state: State,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[State, list[Proposal]]:
        """Choose what to evaluate next.

        Args:
            state: what ``start`` or the last ``propose`` returned.
            observations: so far, in the order in which they were told.
            pending: proposed graphs that are not evaluated yet, and those that were skipped because
                their evaluation failed (see ``HeedsFailures``).
            k: at least 1.
            rng: source of all chance.

        Returns:
            The new state, and 1 to ``k`` proposals that are neither observed nor pending. There are
            fewer than ``k`` at the end of an initial design and where the space holds no more.

        Raises:
            NothingLeftError: every graph of the space is observed or pending.
        """


@runtime_checkable
class HeedsFailures(Protocol[State]):
    """A search method to which a failed graph is not the same as a pending one."""

    def heed(self, state: State, skipped: Sequence[LabeledGraph]) -> State:
        """Learn which graphs were skipped: no value of theirs will ever come.

        They are among the ``pending`` graphs of the next ``propose`` nevertheless. A resumed study
        calls this again.

        Args:
            state: what ``start`` or the last ``propose`` returned.
            skipped: all of them so far.
        """


@runtime_checkable
class Recommends(Protocol):
    """A search method that has an opinion on which observed architecture is best."""

    def recommend(
        self, observations: Sequence[Observation], candidates: Sequence[LabeledGraph]
    ) -> int:
        """The place among the candidates of the one that is most likely the best.

        Args:
            observations: at least 1.
            candidates: at least 1 observed graph.
        """


def described(value: Any) -> Any:
    """A setting as a value that ``json`` can write.

    Dataclasses become dicts of their fields, but for those with ``UNJOURNALLED`` metadata; other
    objects become the names of their classes, and functions their own names.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): described(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [described(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, CheckedOptimizer):
        value = value.optimizer  # checking changes no proposal
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [
            field for field in dataclasses.fields(value) if field.metadata.get("journal", True)
        ]
        settings = {field.name: described(getattr(value, field.name)) for field in fields}
        return {"kind": type(value).__name__, **settings}
    return getattr(value, "__qualname__", type(value).__qualname__)
