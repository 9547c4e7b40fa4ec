"""Plain values that several floors exchange."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from nasgoat.errors import EncodingMismatchError
from nasgoat.graphs import LabeledGraph

AUDIT_TOL = 1e-4  # 100x the solvers' feasibility tolerance over at most 200 kernel terms


@dataclass(frozen=True, slots=True)
class Observation:
    """One evaluated architecture.

    Args:
        graph: what was evaluated.
        value: the objective, to be minimised, in the benchmark's unit (mostly validation error in
            %).
        test_value: the same measure on the test split, or None where there is none.
        metrics: further figures by name.
        seconds: wall-clock (or simulated training) seconds of the evaluation.
    """

    graph: LabeledGraph
    value: float
    test_value: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


Penalty = Literal["worst"] | float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An evaluation that brought no value.

    Args:
        graph: what was to be evaluated.
        error: what went wrong, for people.
        penalty: the value that search methods take the graph to have: a number, ``"worst"`` for the
            largest value observed so far, or None for none: then the graph is skipped.
        seconds: wall-clock seconds that were spent on it.

    Raises:
        ValueError: the penalty is another text, or is not finite.
    """

    graph: LabeledGraph
    error: str
    penalty: Penalty = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        check_penalty(self.penalty)


def check_penalty(penalty: Penalty) -> None:
    """Refuse what no search method could take for a value.

    Raises:
        ValueError: it is a text other than "worst", or a number that is not finite.
    """
    if penalty is None or penalty == "worst":
        return
    if isinstance(penalty, str) or not math.isfinite(penalty):
        msg = f"a failed evaluation is worth a finite number, 'worst' or None, got {penalty!r}"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known about an optimum of a minimisation.

    Args:
        value: the objective of the graph, recomputed on the number side.
        lower_bound: proven: no allowed graph has a smaller objective; None means "no proof".
        status: ``"optimal"``, ``"time_limit"``, ``"interrupted"``, ``"heuristic"`` ...
        seconds: wall-clock seconds spent.
        solver: name of the solver or procedure that proved the bound, with its version.
        optimizer: name of the acquisition optimiser that called it.
        effort: what the solver needed, by name: ``"rounds"``, ``"nodes"``, ``"variables"``,
            ``"rows"`` (sums over the models solved).
    """

    value: float
    lower_bound: float | None
    status: str
    seconds: float
    solver: str
    optimizer: str
    effort: Mapping[str, int] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """``(value - lower_bound) / max(1, |value|)``; None without a bound."""
        if self.lower_bound is None:
            return None
        return (self.value - self.lower_bound) / max(1.0, abs(self.value))

    @classmethod
    def audited(
        cls,
        value: float,
        bound: float,
        *,
        status: str,
        seconds: float,
        solver: str,
        optimizer: str,
    ) -> Self:
        """Compare a solver's bound with the recomputed value.

        A bound above the value by at most ``AUDIT_TOL`` (relative above 1) is rounding and is
        clamped.

        Raises:
            EncodingMismatchError: the bound exceeds the value by more.
        """
        if not bound <= value + AUDIT_TOL * max(1.0, abs(value)):  # also where one of them is NaN
            msg = (
                f"{solver} claims a lower bound of {bound:.9g}, but its graph has the value "
                f"{value:.9g}: the certificate is refused"
            )
            raise EncodingMismatchError(msg)
        lower_bound = min(bound, value) if bound > -math.inf else None
        return cls(value, lower_bound, status, seconds, solver, optimizer)

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        return {
            "value": self.value,
            "lower_bound": self.lower_bound,
            "gap": self.gap,
            "status": self.status,
            "seconds": self.seconds,
            "solver": self.solver,
            "optimizer": self.optimizer,
            "effort": dict(self.effort),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            value["value"],
            value["lower_bound"],
            value["status"],
            value["seconds"],
            value["solver"],
            value["optimizer"],
            value.get("effort", {}),
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a surrogate expects of an architecture before it is evaluated.

    Args:
        mean, std: of the noise-free target, in the surrogate's transformed unit.
        noise: variance of the observation noise in the same unit.
    """

    mean: float
    std: float
    noise: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """An architecture to evaluate next.

    Args:
        graph: the architecture.
        origin: what proposed it: ``"initial"``, ``"random"``, ``"acquisition"``, ``"mutation"`` ...
        certificate: for model-based proposals that came from an optimiser.
        seconds: wall-clock seconds by phase (``"fit"``, ``"build"``, ``"solve"`` ...).
        prediction: of the surrogate, as fitted to all observations and without fantasies.
    """

    graph: LabeledGraph
    origin: str
    certificate: Certificate | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    prediction: Prediction | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solver may stop before its proof is complete.

    Args:
        seconds: wall-clock limit per optimum; None for none.
        gap: stop once ``Certificate.gap`` is at most this.
        nodes: limit on branch-and-bound nodes per solve; None for none.

    Raises:
        ValueError: a limit is negative, or ``gap`` is not below 1.
    """

    seconds: float | None = None
    gap: float = 1e-4
    nodes: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not self.seconds > 0:
            msg = f"a time limit is a positive number of seconds, got {self.seconds}"
            raise ValueError(msg)
        if not 0 <= self.gap < 1:
            msg = f"a gap limit lies in [0, 1), got {self.gap}"
            raise ValueError(msg)
        if self.nodes is not None and self.nodes < 1:
            msg = f"a node limit is at least 1, got {self.nodes}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a solver's anytime log.

    Args:
        seconds: since the solve began.
        incumbent: value of the best graph so far, or None.
        lower_bound: proven so far, or None.
    """

    seconds: float
    incumbent: float | None
    lower_bound: float | None


ProgressCallback = Callable[[Progress], None]
