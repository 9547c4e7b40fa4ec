"""Loading TensorFlow without its start-up chatter on the terminal, and without harm to PyTorch."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module

# read when TensorFlow is first imported
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # leave a GPU's memory to others


@cache
def load_gpflow() -> None:
    """Import GPflow and TensorFlow (several seconds at the first call).

    PyTorch for GPUs brings Triton, which its optimisers load. Both TensorFlow and Triton have an
    LLVM inside, and the process crashes where Triton's comes second.
    """
    with stderr_held_back():
        with suppress(ImportError, OSError):
            import_module("triton")
        import gpflow  # noqa: F401, PLC0415


@contextmanager
def stderr_held_back() -> Iterator[None]:
    """Hold back what the process writes to file descriptor 2; show it only if the body raises.

    TensorFlow's C++ side writes there before it has read any setting.
    """
    with tempfile.TemporaryFile() as held:
        if sys.stderr is not None:
            sys.stderr.flush()
        shown = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            if sys.stderr is not None:
                sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
