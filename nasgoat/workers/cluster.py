"""Evaluations on a Dask cluster; the only door to dask.distributed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from typing import Any

from nasgoat.errors import ClusterError
from nasgoat.workers.processes import deaf

PATIENCE = 60  # seconds for a scheduler to answer, and for the first worker to come
PULSE = 5.0  # seconds between two looks after the workers of a cluster on this machine


@contextmanager
def dask_executor(scheduler: str | None = None, workers: int = 1) -> Iterator[tuple[Executor, int]]:
    """An executor on a Dask cluster, and how many evaluations the cluster does at a time.

    Dask gives the evaluation of a worker that died to another one; an evaluation that four workers
    died of fails (``distributed.scheduler.allowed-failures``). Evaluations that are in flight when
    the context is left are cancelled: those of a local cluster are stopped, the workers of another
    one end what they are at and nobody hears of it.

    Args:
        scheduler: address of a running scheduler, such as ``tcp://host:8786``; None to start a
            cluster on this machine and stop it at the end.
        workers: processes of the cluster on this machine, each with one evaluation at a time.

    Raises:
        ClusterError: Dask is not installed, the scheduler does not answer, or no worker comes.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415  (an extra; 1 s)
    except ImportError as error:
        msg = "dask.distributed is not installed: pip install 'nasgoat[dask]'"
        raise ClusterError(msg) from error
    with ExitStack() as stack:
        address: Any = scheduler
        if scheduler is None:
            with deaf():
                cluster = LocalCluster(workers, threads_per_worker=1, dashboard_address=":0")
            address = stack.enter_context(cluster)
            stack.callback(_mending(cluster, workers))
        client = stack.enter_context(_connected(Client, address))
        slots = sum(client.nthreads().values())
        executor = client.get_executor(pure=False)  # an architecture may be evaluated again
        yield executor, slots


def _mending(cluster: Any, workers: int) -> Callable[[], None]:
    """Ask for all workers every few seconds, until what is returned is called.

    Dask restarts a process that dies, but not one that dies while it starts.
    """
    over = Event()

    def mend() -> None:
        while not over.wait(PULSE):
            cluster.scale(workers)

    Thread(target=mend, daemon=True).start()
    return over.set


def _connected(Client: Any, address: Any) -> Any:
    """A client of a cluster that has a worker.

    Raises:
        ClusterError: the scheduler does not answer, or no worker comes.
    """
    try:
        with deaf():
            client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:  # timeouts are OSErrors
        msg = f"no Dask scheduler answers at {address}: {error or type(error).__name__}"
        raise ClusterError(msg) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        msg = f"the Dask scheduler at {address} has had no worker for {PATIENCE} s; start some"
        raise ClusterError(msg) from error
    return client
