"""Constraints of a user's own, as rows of the model and, if it is known, as a test on graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.rules import encode_rule
from nasgoat.spaces import Rule, SearchSpace

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UserConstraint:
    """A condition that is written onto the model beside the rules of the space.

    Args:
        write: puts rows, and variables with finite bounds if it needs any, onto a block of its own.
            It is called once per model, of which a node count has one or several. Handles hold
            plain numbers where a value is known; ``row`` makes a constraint of a relation that may
            turn out to be one between numbers.
        allows: the same as a test of indexed graphs, ``(N,)`` booleans; None if it is not known.
            Then the answer cannot be audited, nothing but the MIP obeys the constraint, and the
            solver gets no start.
        relabelling_invariant: renumbering interior nodes changes nothing. If it is said of a
            constraint that is not, symmetry rows make the MIP lose graphs.
        name: appears in errors.
    """

    write: Callable[[pyo.Block, PathHandles], None]
    allows: Callable[[GraphBatch], Any] | None = None
    relabelling_invariant: bool = False
    name: str = "user constraint"

    def rule(self) -> Rule:
        """The constraint as a rule, which meets every graph where ``allows`` is not known."""
        return InvariantUserRule(self) if self.relabelling_invariant else UserRule(self)


@dataclass(frozen=True, slots=True)
class UserRule(Rule):
    """A user's constraint that may look at the numbers of nodes."""

    structural: ClassVar[bool] = False
    relabelling_invariant: ClassVar[bool] = False
    constraint: UserConstraint

    def holds(self, batch: GraphBatch) -> Flags:
        if self.constraint.allows is None or not len(batch):
            return np.ones(len(batch), dtype=np.bool_)
        allowed = np.asarray(self.constraint.allows(batch))
        if allowed.shape != (len(batch),) or allowed.dtype != np.bool_:
            msg = (
                f"`allows` of {self.constraint.name!r} returned {allowed.dtype} of shape "
                f"{allowed.shape} for {len(batch)} graphs; return one boolean per graph"
            )
            raise BadDataError(msg)
        return allowed

    def sentence(self, graph: LabeledGraph, names: Sequence[str]) -> str:
        del graph, names
        return f"{self.constraint.name!r} does not allow it"


@dataclass(frozen=True, slots=True)
class InvariantUserRule(UserRule):
    """A user's constraint that does not look at the numbers of nodes."""

    relabelling_invariant: ClassVar[bool] = True


@encode_rule.register
def _(rule: UserRule, block: pyo.Block, h: PathHandles) -> None:
    rule.constraint.write(block, h)


def members_known(space: SearchSpace) -> bool:
    """Whether a space can tell its members: no constraint of a user is in rows alone."""
    user = [rule.constraint for rule in space.rules if isinstance(rule, UserRule)]
    return all(constraint.allows is not None for constraint in user)
