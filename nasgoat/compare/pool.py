"""Worker processes that are kept, run on one thread each, and never outlive the program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, connection, get_context, parent_process
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")

# Read by the libraries when they are loaded.
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def spread(
    jobs: Sequence[Job],
    width: int,
    work: Callable[[Job], Answer],
    on_done: Callable[[Job, Answer], None],
    on_death: Callable[[Job], None],
) -> None:
    """Do jobs in so many processes, in their order.

    A process that dies takes the jobs in flight with it. Each of them is then done once more with a
    process to itself: one that kills this, too, is given up.

    Args:
        jobs: what to do.
        width: number of processes.
        work: does a job; a function that can be pickled.
        on_done: hears of every job that is done.
        on_death: hears of every job that is given up.

    Raises:
        Exception: whatever ``work`` raises.
    """
    waiting = list(reversed(jobs))
    suspects: list[Job] = []
    while waiting:
        suspects += _until_one_dies(waiting, width, work, on_done)
    for suspect in suspects:
        if _until_one_dies([suspect], 1, work, on_done):
            on_death(suspect)


def _until_one_dies(
    waiting: list[Job],
    width: int,
    work: Callable[[Job], Answer],
    on_done: Callable[[Job, Answer], None],
) -> list[Job]:
    """Do the jobs from the end of the list on; those in flight when a process died."""
    flying: dict[Future[Answer], Job] = {}
    with _processes(min(width, len(waiting))) as pool:
        while waiting or flying:
            try:
                while waiting and len(flying) < width:
                    flying[pool.submit(work, waiting[-1])] = waiting[-1]
                    waiting.pop()
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    answer = future.result()
                    on_done(flying.pop(future), answer)
            except BrokenProcessPool:
                return list(flying.values())
    return []


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """An executor whose processes run already; at the end they are stopped, whatever they are at.

    They start afresh (TensorFlow and Gurobi do not survive a fork), and do not hear Ctrl-C.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_follow_parent)
    try:
        with _inherited():
            for _ in range(count):
                pool.submit(_nothing)
        yield pool
    finally:
        for child in set(active_children()) - others:
            child.terminate()
        pool.shutdown(cancel_futures=True)


@contextmanager
def _inherited() -> Iterator[None]:
    """What processes that start meanwhile inherit: one thread each, and that SIGINT is ignored."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    in_main_thread = threading.current_thread() is threading.main_thread()
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main_thread else None
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if in_main_thread:
            signal.signal(signal.SIGINT, previous)


def _follow_parent() -> None:
    """End this process as soon as its parent is gone, even if that was killed."""
    parent = parent_process()
    assert parent is not None

    def follow() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _nothing() -> None:
    """Give a process a reason to start."""
