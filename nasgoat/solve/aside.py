"""Solvers run in a thread of their own, so that a Ctrl-C reaches the one that waits."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

POLL = 0.1  # seconds between two looks at the thread


def run_aside(
    work: Callable[[], object], stop: Callable[[], object], meanwhile: Callable[[], object]
) -> bool:
    """Run ``work`` in a thread until it ends; at a Ctrl-C ask it to end.

    Args:
        work: the solver, which must release the interpreter.
        stop: makes ``work`` return early; called from another thread, until it does.
        meanwhile: called now and then while ``work`` runs, and once after it.

    Returns:
        Whether it was interrupted.

    Raises:
        BaseException: what ``work`` or ``meanwhile`` raised.
    """
    failures: list[BaseException] = []
    done = Event()  # a Ctrl-C in Thread.join would leave Python 3.11 believing that it has ended
    thread = Thread(target=_guarded, args=(work, failures, done), daemon=True)
    thread.start()
    finished = interrupted = False
    while not finished:
        try:  # all of the waiting, so that no Ctrl-C leaves the thread alone
            finished = done.wait(POLL)
            (stop if interrupted or failures else meanwhile)()
        except KeyboardInterrupt:
            interrupted = True
        except BaseException as error:
            failures.append(error)
    if failures:
        raise failures[0]
    meanwhile()
    return interrupted


def _guarded(work: Callable[[], object], failures: list[BaseException], done: Event) -> None:
    try:
        work()
    except BaseException as error:  # raised again in the thread that waits
        failures.append(error)
    finally:
        done.set()
