"""One thread for small matrices: OpenBLAS's threads spin longer than they work on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the body, products and factorisations of numpy and scipy use one thread.

    A fit to 150 observations takes 10 ms of processor time instead of 100 ms to seconds. The
    setting is the process's, so it also holds for other Python threads meanwhile.
    """
    with _controller().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401, PLC0415  (loads the last library that there is to control)

    return ThreadpoolController()
