"""Acquisition optimisation by looking at every graph: exact wherever a space can be listed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, NothingLeftError
from nasgoat.graphs import GraphBatch
from nasgoat.optimize.base import Optimum, Task
from nasgoat.records import Certificate, Limits, Progress, ProgressCallback
from nasgoat.spaces import CellSpace

CHUNK = 1 << 16  # graphs between two reports of progress: about a second


@dataclass(frozen=True, slots=True)
class ExhaustiveOptimizer:
    """Values every graph of a listable space; the bound is the value itself."""

    @property
    def name(self) -> str:
        return "exhaustive"

    def minimize(
        self,
        task: Task,
        k: int = 1,
        limits: Limits = Limits(),
        progress: ProgressCallback | None = None,
    ) -> list[Optimum]:
        """See ``AcquisitionOptimizer.minimize``; without limits: half a listing proves nothing.

        Raises:
            NotListableError: the space is too large.
            NothingLeftError: no graph is left.
            BadDataError: the acquisition function is NaN somewhere.
        """
        del limits
        began = time.perf_counter()
        chunks, row_of = _listed(task.space)
        taken = task.space.keys(GraphBatch.of(task.exclude)) if task.exclude else []
        allowed = np.ones(len(row_of), dtype=np.bool_)
        allowed[[row_of[key] for key in taken if key in row_of]] = False
        values = _values(task, chunks, allowed, progress)
        if np.isnan(values).any():
            msg = f"the acquisition function is NaN on {int(np.isnan(values).sum())} graphs"
            raise BadDataError(msg)
        left = int(allowed.sum())
        if left == 0:
            msg = f"no graph is left in {task.space.name} after {len(task.exclude)} were excluded"
            raise NothingLeftError(msg)
        rows = np.argsort(values, kind="stable")[: min(k, left)]
        seconds = time.perf_counter() - began
        return [
            Optimum(
                chunks[row // CHUNK][row % CHUNK],
                Certificate(value, value, "optimal", seconds, "exhaustive", self.name),
            )
            for row, value in zip(rows.tolist(), values[rows].tolist(), strict=True)
        ]


@lru_cache(maxsize=2)
def _listed(space: CellSpace) -> tuple[list[GraphBatch], dict[str, int]]:
    """A space's listing in chunks, which keep their features, and the row of every key."""
    listing = space.listing()
    if len(listing) <= CHUNK:
        chunks = [listing]
    else:
        chunks = [listing.take(slice(i, i + CHUNK)) for i in range(0, len(listing), CHUNK)]
    keys = [key for chunk in chunks for key in space.keys(chunk)]
    return chunks, {key: row for row, key in enumerate(keys)}


def _values(
    task: Task,
    chunks: list[GraphBatch],
    allowed: NDArray[np.bool_],
    progress: ProgressCallback | None,
) -> NDArray[np.float64]:
    """Acquisition value of every graph, infinite where it is not allowed."""
    began = time.perf_counter()
    parts = [np.zeros(0)]
    done = 0
    for chunk in chunks:
        values = task.acquisition.values(task.posterior, chunk)
        parts.append(np.where(allowed[done : done + len(chunk)], values, np.inf))
        done += len(chunk)
        if progress is not None:
            best = float(min(part.min(initial=np.inf) for part in parts))
            incumbent = best if np.isfinite(best) else None
            progress(Progress(time.perf_counter() - began, incumbent, None))
    return np.concatenate(parts)
