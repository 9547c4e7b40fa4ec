"""The pools of several node counts, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nasgoat.errors import EmptySpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.mip import AcquisitionProblem
from nasgoat.records import Limits, ProgressCallback
from nasgoat.solve.base import Clock, Outcome, Pool, PoolSolver, Start
from nasgoat.solve.parts import progress_over
from nasgoat.solve.ranking import Ranking


def pools(
    solver: PoolSolver,
    problems: Sequence[tuple[AcquisitionProblem, Sequence[LabeledGraph]]],
    ranking: Ranking,
    k: int,
    limits: Limits,
    progress: ProgressCallback | None,
) -> list[Outcome]:
    """Ask for the pool of every problem; the cutoff of each is the ``k``-th best value known.

    Args:
        solver: whose pools.
        problems: with feasible graphs, good ones first.
        ranking: takes the graphs in.
        k: how many graphs are wanted of all problems together.
        limits: of all of it.
        progress: hears of the best graph.

    Returns:
        One outcome per problem, fewer after a Ctrl-C: no graph of the problem has a value below
        the bound but those in the ranking.

    Raises:
        EncodingMismatchError: a pool does not pass the audit.
    """
    clock = Clock(limits.seconds)
    for problem, feasible in problems:
        ranking.add(problem, feasible)
    outcomes: list[Outcome] = []
    for problem, feasible in problems:
        left = None if limits.seconds is None else max(clock.left, 1e-3)
        start = Start(feasible[:k], ranking.cutoff(k))
        last = len(outcomes) == len(problems) - 1
        over = progress_over(progress, outcomes, clock, last=last)
        try:
            pool = solver.pool(problem, k, replace(limits, seconds=left), start, over)
        except EmptySpaceError:  # found out only by the standard form
            pool = Pool((), math.inf, "optimal")
        ranking.audit(problem, pool)
        ranking.add(problem, pool.graphs)
        value = ranking.cutoff(1)
        outcomes.append(Outcome(None, value, pool.lower_bound, pool.status, pool.effort))
        if pool.status == "interrupted":
            break
    return outcomes
