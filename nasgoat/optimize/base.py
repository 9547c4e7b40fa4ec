"""The protocol of acquisition optimisers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from nasgoat.acquisition import Acquisition
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import UserConstraint, members_known
from nasgoat.posterior import Posterior
from nasgoat.records import Certificate, Limits, ProgressCallback
from nasgoat.spaces import SearchSpace


@dataclass(frozen=True, slots=True)
class Optimum:
    """A graph with the best acquisition value among those allowed, and what is proven of it.

    Args:
        graph: the graph.
        certificate: its value, the proven bound, and the seconds of the solve.
        build_seconds: wall-clock seconds spent on writing the model, before the solve.
    """

    graph: LabeledGraph
    certificate: Certificate
    build_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """What to minimise, and where.

    Args:
        acquisition: the function.
        posterior: the belief it looks at.
        space: the graphs to choose from.
        exclude: graphs not to return, in any relabelling that the space does not tell apart.
        starts: graphs worth trying first (the best observed ones); they need not be allowed.
        constraints: further conditions, beside the rules of the space (docs/embedding.md).
    """

    acquisition: Acquisition
    posterior: Posterior
    space: SearchSpace
    exclude: Sequence[LabeledGraph] = ()
    starts: Sequence[LabeledGraph] = field(default=())
    constraints: Sequence[UserConstraint] = ()

    @property
    def members_known(self) -> bool:
        """Whether graphs can be tested: every constraint says which it allows."""
        return members_known(self.space) and all(c.allows is not None for c in self.constraints)

    def narrowed(self) -> Self:
        """The same task with the constraints as rules of its space."""
        if not self.constraints:
            return self
        name = f"{self.space.name} under {', '.join(repr(c.name) for c in self.constraints)}"
        rules = [constraint.rule() for constraint in self.constraints]
        return replace(self, space=self.space.with_rules(*rules, name=name), constraints=())

    def tested(self) -> Self:
        """``narrowed`` for optimisers that look at graphs one by one.

        Raises:
            NoEncodingError: a constraint does not say which graphs it allows.
        """
        if not self.members_known:
            unknown = [c.name for c in self.constraints if c.allows is None]
            msg = (
                f"the constraints {unknown} are known as rows only: give them `allows`, or use the "
                "MIP optimiser"
            )
            raise NoEncodingError(msg)
        return self.narrowed()


class AcquisitionOptimizer(Protocol):
    """Minimises an acquisition function over a search space."""

    @property
    def name(self) -> str:
        """Appears in certificates: ``"mip"``, ``"exhaustive"`` ..."""

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """The ``k`` best graphs, distinct by the space's key, best first.

        The certificate of the ``i``-th optimum speaks of the graphs left after the first ``i - 1``.

        Returns:
            1 to ``k`` optima: fewer where the space holds no more, or where the limits were reached
            after some were found.

        Raises:
            NothingLeftError: the space holds no graph that is not excluded.
            NoEncodingError: the optimiser cannot handle the acquisition function or the posterior.
            NoIncumbentError: the limits were reached before any graph was found.
        """
