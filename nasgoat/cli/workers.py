"""Processes that evaluate for ``nasgoat run --workers``."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context

from nasgoat.errors import NasgoatError


class WorkerDiedError(NasgoatError):
    """A process that evaluated a graph is gone."""


@contextmanager
def workers(count: int) -> Iterator[Executor | None]:
    """An executor of so many processes, or None for one, which evaluates in this process.

    The processes start afresh (TensorFlow and Gurobi do not survive a fork) and do not hear Ctrl-C.
    At the end they are stopped, whatever they are at: an evaluation in flight can take hours.

    Raises:
        WorkerDiedError: a process died of something that is no exception, such as lack of memory.
    """
    if count == 1:
        yield None
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        _start(pool, count)
        yield pool
    except BrokenProcessPool as error:
        msg = (
            "a worker process died while it evaluated; out of memory? All results so far are in "
            "the journal: go on with --resume, and with fewer --workers"
        )
        raise WorkerDiedError(msg) from error
    finally:
        for child in set(active_children()) - others:
            child.terminate()
        pool.shutdown()


def _start(pool: ProcessPoolExecutor, count: int) -> None:
    """Start all processes now: they inherit that SIGINT is ignored, from their first moment on."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for _ in range(count):
            pool.submit(_nothing)
    finally:
        signal.signal(signal.SIGINT, previous)


def _nothing() -> None:
    """Give a process a reason to start."""
