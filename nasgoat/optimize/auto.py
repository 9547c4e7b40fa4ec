"""The optimiser for those who do not want to choose: exhaustive where possible, else the MIP."""

from __future__ import annotations

from dataclasses import dataclass

from nasgoat.mip import members_known
from nasgoat.optimize.base import AcquisitionOptimizer, Optimum, Task
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.optimize.mip import MipOptimizer
from nasgoat.records import Limits, ProgressCallback
from nasgoat.spaces import SearchSpace


def listed(space: SearchSpace) -> bool:
    """Whether ``auto`` lists a space: it is small enough, and all its rules can be checked."""
    return space.is_listable() and members_known(space)


@dataclass(frozen=True, slots=True)
class AutoOptimizer:
    """Lists the space if it can be listed, which is exact and quick; otherwise solves the MIP.

    The certificate says which of the two it was.
    """

    mip: MipOptimizer = MipOptimizer()
    exhaustive: ExhaustiveOptimizer = ExhaustiveOptimizer()

    @property
    def name(self) -> str:
        return "auto"

    def choice(self, space: SearchSpace) -> AcquisitionOptimizer:
        """The optimiser used on a space."""
        return self.exhaustive if listed(space) else self.mip

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``."""
        chosen = self.choice(task.space) if task.members_known else self.mip
        return chosen.minimize(task, k, limits, progress)
