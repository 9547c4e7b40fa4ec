"""One minimisation made of several: the progress of the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nasgoat.records import Progress, ProgressCallback
from nasgoat.solve.base import Clock, Outcome


def progress_over(
    progress: ProgressCallback | None, outcomes: Sequence[Outcome], clock: Clock, *, last: bool
) -> ProgressCallback | None:
    """What hears of the progress of one problem and tells that of all of them.

    Args:
        progress: hears of the whole.
        outcomes: of the other problems, as far as they are known.
        clock: of the whole.
        last: whether all others are known; before, there is no bound on the whole.
    """
    if progress is None:
        return None
    value = min((outcome.value for outcome in outcomes), default=math.inf)
    bound = min((outcome.lower_bound for outcome in outcomes), default=math.inf)

    def report(event: Progress) -> None:
        incumbent = min(value, math.inf if event.incumbent is None else event.incumbent)
        lower = None
        if last and event.lower_bound is not None and bound > -math.inf:
            lower = min(bound, event.lower_bound)
        progress(Progress(clock.elapsed, incumbent if incumbent < math.inf else None, lower))

    return report
