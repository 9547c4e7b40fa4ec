"""Worker processes that are replaced when they die."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from threading import Lock
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from nasgoat.errors import WorkerDiedError
from nasgoat.workers.serve import serve

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 2  # once may be bad luck, such as a neighbour that took all memory
PATIENCE = 5.0  # seconds that a process has to end in after it was asked to
PULSE = 1.0  # seconds between two looks at whether a silent process is alive


class Processes(Executor):
    """An executor of processes, started by spawn, each with one evaluation at a time.

    A process that dies takes nothing else with it: a new one takes its place and does the
    evaluation again. If that dies as well, the evaluation ends in ``WorkerDiedError``.

    The processes do not hear Ctrl-C, and end when their parent does, however it ends. Left as a
    context manager, what is in flight is stopped: it can take hours. ``shutdown()`` waits for it.
    """

    def __init__(self, count: int) -> None:
        """Start the processes.

        Args:
            count: how many, at least 1.

        Raises:
            ValueError: there are to be fewer.
        """
        if count < 1:
            msg = f"evaluations need at least 1 process, got {count}"
            raise ValueError(msg)
        self._lock = Lock()
        self._stopped = False
        self._workers = [Worker() for _ in range(count)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="nasgoat-worker")

    @property
    def pids(self) -> list[int]:
        """Of the processes as they are now."""
        with self._lock:
            return [worker.pid for worker in self._workers]

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a function in a process (see ``concurrent.futures``).

        Raises:
            Exception: the function or an argument cannot be pickled.
            RuntimeError: the executor is shut down.
        """
        call = bytes(ForkingPickler.dumps((fn, args, kwargs)))
        return self._threads.submit(self._call, call)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more (see ``concurrent.futures``), and end the processes.

        Args:
            wait: for what was submitted; otherwise it is stopped.
            cancel_futures: what has not begun is cancelled.
        """
        if not wait:
            self.stop()
            return
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures)
        self.stop()

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            self._stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _call(self, call: bytes) -> Any:
        """Let an idle process do a call; in a thread of its own."""
        worker = self._idle.get()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return worker.answer(call)
                except GoneError:
                    death = worker.death()
                    worker = self._replaced(worker)
        finally:
            self._idle.put(worker)
        msg = (
            f"{ATTEMPTS} worker processes in a row died of an evaluation, the last {death}; out of "
            "memory? All results so far are on record: resume with fewer workers, or have such "
            "evaluations count as failed"
        )
        raise WorkerDiedError(msg)

    def _replaced(self, worker: Worker) -> Worker:
        """A new process in the place of a dead one.

        Raises:
            WorkerDiedError: it was stopped on purpose.
        """
        with self._lock:
            if self._stopped:
                msg = "the evaluation was stopped"
                raise WorkerDiedError(msg)
            new = Worker()
            self._workers[self._workers.index(worker)] = new
            return new


class GoneError(Exception):
    """A process ended instead of answering."""


class Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = get_context("spawn")  # TensorFlow, CUDA and Gurobi do not survive a fork
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,))
        with deaf():
            self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def answer(self, call: bytes) -> Any:
        """Do a call.

        Raises:
            GoneError: the process died.
            Exception: what the call raised.
        """
        try:
            self._connection.send_bytes(call)
            # End of file is no sure sign: processes that the evaluator forked hold the pipe, too.
            while not self._connection.poll(PULSE):
                if not self._process.is_alive() and not self._connection.poll():
                    raise GoneError
            good, value = self._connection.recv()
        except (EOFError, OSError) as error:
            raise GoneError from error
        if good:
            return value
        raise value

    def death(self) -> str:
        """How the process ended, in words."""
        self._process.join(PATIENCE)
        code = self._process.exitcode
        return f"killed by signal {-code}" if code is not None and code < 0 else f"by exit {code}"

    def end(self) -> None:
        """End the process now."""
        self._process.terminate()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._connection.close()


@contextmanager
def deaf() -> Iterator[None]:
    """What starts inside, processes and threads, never hears Ctrl-C: the study ends the run."""
    resource_tracker.ensure_running()  # which the first spawn would do, and then unblock the signal
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)
