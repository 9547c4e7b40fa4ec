"""An optimiser that is checked by another one on the spot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nasgoat.errors import EncodingMismatchError
from nasgoat.optimize.base import AcquisitionOptimizer, Optimum, Task
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.records import AUDIT_TOL, Limits, ProgressCallback


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
        truths = self.oracle.minimize(task, len(optima))
        for optimum, truth in zip(optima, truths, strict=True):
            self._compare(optimum, truth.certificate.value, limits)
        return optima

    def _compare(self, optimum: Optimum, truth: float, limits: Limits) -> None:
        certificate = optimum.certificate
        scale = max(1.0, abs(truth))
        bound = certificate.lower_bound
        false_bound = bound is not None and bound > truth + AUDIT_TOL * scale
        claimed = certificate.status == "optimal"
        if false_bound or (
            claimed and certificate.value > truth + (limits.gap + AUDIT_TOL) * scale
        ):
            msg = (
                f"{certificate.solver} certified {certificate.value:.9g} (bound {bound}), "
                f"exhaustive search finds {truth:.9g}: the certificate is wrong"
            )
            raise EncodingMismatchError(msg)
        if self.on_check is not None:
            self.on_check(certificate.value, truth)
