"""What a worker process does: answer calls until nobody asks any more."""

from __future__ import annotations

import os
import pickle
import traceback
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any


def serve(connection: Connection) -> None:
    """Receive ``(function, args, kwargs)``, send ``(True, value)`` or ``(False, exception)``."""
    Thread(target=_leave_with_parent, daemon=True).start()
    while True:
        try:
            connection.poll(None)
        except (EOFError, OSError):
            return
        try:
            _answer(connection)
        except (EOFError, OSError):
            return


def _answer(connection: Connection) -> None:
    answer: tuple[bool, Any]
    try:
        function, args, kwargs = connection.recv()
    except EOFError:
        raise
    except Exception as error:  # it cannot be unpickled here
        connection.send((False, portable(error)))
        return
    try:
        answer = True, function(*args, **kwargs)
    except BaseException as error:
        answer = False, portable(error)
    try:
        connection.send(answer)
    except (BrokenPipeError, ConnectionError):
        raise
    except Exception as error:  # it cannot be pickled
        connection.send((False, portable(error)))


def portable(error: BaseException) -> Exception:
    """An error that can be sent, with the traceback as a note.

    What is no ``Exception`` (an evaluator that calls ``sys.exit``) and what does not survive
    pickling is sent as a ``RuntimeError`` with the same words.
    """
    trace = "".join(traceback.format_exception(error))
    words = "".join(traceback.format_exception_only(error)).strip()
    sent = error if isinstance(error, Exception) else RuntimeError(words)
    try:
        pickle.loads(pickle.dumps(sent))  # noqa: S301  (our own)
    except Exception:
        sent = RuntimeError(words)
    sent.add_note(f"in a worker process:\n{trace}")
    return sent


def _leave_with_parent() -> None:
    """End this process when its parent is gone, so that a killed run leaves nobody behind."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
