"""An optimiser that is checked by another one on the spot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nasgoat.errors import EncodingMismatchError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize.base import AcquisitionOptimizer, Optimum, Task
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.records import AUDIT_TOL, Certificate, Limits, ProgressCallback


@dataclass(frozen=True, slots=True)
class CheckedOptimizer:
    """Compares every proven optimum with the one that exhaustive search finds.

    Args:
        optimizer: what is checked; its answers are returned.
        oracle: what it is checked against.
        on_check: hears of every comparison: the value and the oracle's value.
    """

    optimizer: AcquisitionOptimizer
    oracle: ExhaustiveOptimizer = ExhaustiveOptimizer()
    on_check: Callable[[float, float], None] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        return self.optimizer.name

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``.

        Raises:
            EncodingMismatchError: a value proven optimal is not the oracle's, or a bound exceeds
                it.
        """
        optima = self.optimizer.minimize(task, k, limits, progress)
        picked = [optimum.graph for optimum in optima]
        truths = [self._truth(task, picked[:i]) for i in range(len(picked))]
        batch = GraphBatch.of([optimum.graph for optimum in optima])
        values = task.acquisition.values(task.posterior, batch)
        for optimum, value, truth in zip(optima, values.tolist(), truths, strict=True):
            self._compare(optimum.certificate, value, truth, limits)
        return optima

    def _truth(self, task: Task, picked: Sequence[LabeledGraph]) -> float:
        """The least value of what is left after the graphs picked before."""
        left = replace(task, exclude=(*task.exclude, *picked))
        return self.oracle.minimize(left)[0].certificate.value

    def _compare(
        self, certificate: Certificate, value: float, truth: float, limits: Limits
    ) -> None:
        tolerance = AUDIT_TOL * max(1.0, abs(truth))
        bound = -math.inf if certificate.lower_bound is None else certificate.lower_bound
        slack = limits.gap * max(1.0, abs(truth)) if certificate.status == "optimal" else math.inf
        if not (
            abs(certificate.value - value) <= tolerance
            and bound <= truth + tolerance
            and truth - tolerance <= value <= truth + slack + tolerance
        ):
            msg = (
                f"{certificate.solver} certified {certificate.value:.9g} (bound {bound:.9g}) for a "
                f"graph of value {value:.9g}, exhaustive search finds {truth:.9g}: the certificate "
                "is wrong"
            )
            raise EncodingMismatchError(msg)
        if self.on_check is not None:
            self.on_check(certificate.value, truth)
