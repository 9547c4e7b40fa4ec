"""Worker processes: what they answer, how they die, and who takes their place."""

import os
import re
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from nasgoat.errors import WorkerDiedError
from nasgoat.records import Failure
from nasgoat.search import RandomSearch
from nasgoat.study import Study
from nasgoat.workers import Processes, attempt
from tests.search.toy import TINY, Toy
from tests.workers.deadly import closure, deadly, dies_once, lethal, odd, very_long


@pytest.fixture(scope="module")
def pool() -> Any:
    with Processes(2) as processes:
        yield processes
    assert active_children() == []


def test_values_and_errors_come_back(pool: Processes) -> None:
    assert pool.submit(pow, 2, 3).result() == 8
    assert pool.submit(sorted, [1, 3, 2], reverse=True).result() == [3, 2, 1]
    error = pool.submit(int, "x").exception()
    assert isinstance(error, ValueError)
    assert "in a worker process:\nTraceback" in error.__notes__[0]
    with pytest.raises(RuntimeError, match="OddError: 1 and 2"):
        pool.submit(odd).result()
    with pytest.raises(RuntimeError, match="SystemExit: 4"):
        pool.submit(sys.exit, 4).result()
    with pytest.raises(AttributeError, match="local object"):  # pickle cannot send it
        pool.submit(closure).result()
    with pytest.raises((AttributeError, TypeError, ValueError), match="pickle"):
        pool.submit(lambda: 1)  # nor this, which is said at once


def test_a_process_that_dies_is_replaced_and_its_work_done_again(
    pool: Processes, tmp_path: Path
) -> None:
    before = set(pool.pids)
    assert pool.submit(dies_once, tmp_path / "mark").result() == "the second time"
    assert len(before & set(pool.pids)) == 1
    assert len(set(pool.pids)) == 2


def test_a_call_that_kills_every_process_fails_and_nothing_else_does(pool: Processes) -> None:
    deadly = pool.submit(os._exit, 9)
    others = [pool.submit(pow, 2, i) for i in range(20)]
    with pytest.raises(WorkerDiedError, match=r"2 worker processes in a row .* by exit 9; out of"):
        deadly.result()
    assert [one.result() for one in others] == [2**i for i in range(20)]


def test_a_process_that_is_killed_while_nobody_looks_is_replaced(pool: Processes) -> None:
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    assert [pool.submit(abs, -i).result() for i in range(4)] == [0, 1, 2, 3]


def test_a_study_goes_on_past_architectures_that_kill(pool: Processes) -> None:
    study = Study(TINY, RandomSearch(), seed=1)
    assert study.run(lethal, 24, 2, executor=pool, on_failure="skip") == "budget"
    assert study.failures
    assert all("killed by signal 9" in one.error for one in study.failures)
    assert all(deadly(one.graph) for one in study.failures)
    assert not any(deadly(one.graph) for one in study.observations)
    strict = Study(TINY, RandomSearch(), seed=1)
    with pytest.raises(WorkerDiedError, match="killed by signal 9"):
        strict.run(lethal, 24, 2, executor=pool)
    assert any(deadly(one.graph) for one in strict.pending)


def test_what_is_left_is_stopped_and_what_is_shut_down_is_done() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with Processes(1) as pool:
        pids = pool.pids
        flying = [pool.submit(time.sleep, 3600) for _ in range(3)]
        assert signal.getsignal(signal.SIGINT) is handler
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
    assert all(one.cancelled() or one.exception() is not None for one in flying)
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(abs, 1)
    pool = Processes(1)
    pids += pool.pids
    future = pool.submit(abs, -3)
    pool.shutdown()
    assert future.result() == 3
    pool.shutdown(wait=False)
    assert not set(pids) & {child.pid for child in active_children()}


def test_there_is_at_least_one_process() -> None:
    with pytest.raises(ValueError, match="at least 1 process, got 0"):
        Processes(0)


ORPHANS = """
import time
from nasgoat.workers import Processes
if __name__ == "__main__":
    pool = Processes(2)
    pool.submit(abs, 1).result()
    pool.submit(time.sleep, 3600)
    print(*pool.pids, flush=True)
    time.sleep(3600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"  # dead, but nobody has asked for its exit status yet


def test_a_run_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ORPHANS)
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_errors_become_failures_where_they_are() -> None:
    cell = next(iter(TINY.enumerate()))
    failure = attempt(odd, cell, "worst")
    assert isinstance(failure, Failure)
    assert (failure.graph, failure.penalty) == (cell, "worst")
    assert re.search(r"OddError: 1 and 2 \(deadly.py:\d+\)$", failure.error)
    long = attempt(very_long, cell, None)
    assert isinstance(long, Failure)
    assert 1000 < len(long.error) < 1040
    assert attempt(Toy(TINY), cell, None) == Toy(TINY)(cell)
