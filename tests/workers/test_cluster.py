"""Evaluations on a Dask cluster on this machine, and what becomes of a run whose workers die."""

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nasgoat.cli import app
from nasgoat.errors import ClusterError
from nasgoat.search import RandomSearch
from nasgoat.study import Event, Study, Told
from nasgoat.workers import cluster, dask_executor
from tests.search.toy import TINY
from tests.workers.deadly import deadly, lethal, lethal_once

RUN = ("run", "--benchmark", "nasbench-graph:proteins", "--method", "random", "--json")


@pytest.mark.slow  # workers that start anew, some seconds each
def test_a_run_survives_its_workers(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra dask")
    with dask_executor(workers=2) as (executor, slots):
        assert slots == 2
        pids = executor.submit(os.getpid), executor.submit(os.getpid)
        killed = []

        def watch(event: Event) -> None:
            if isinstance(event, Told) and event.number == 3:
                killed.append(pids[0].result())
                os.kill(killed[0], signal.SIGKILL)

        with Study(TINY, RandomSearch(), seed=1, journal=tmp_path / "j") as study:
            evaluate = partial(lethal_once, tmp_path)  # kills some more
            assert study.run(evaluate, 24, 2, executor=executor, on_event=watch) == "budget"
        assert killed
        assert any(deadly(one.graph) for one in study.observations)
        assert len({TINY.key(one.graph) for one in study.observations}) == 24
        assert study.pending == []
        deadly_one = next(graph for graph in TINY.enumerate() if deadly(graph))
        with pytest.raises(Exception, match="workers died while running it"):
            executor.submit(lethal, deadly_one, 1.0).result()
    with Study(TINY, RandomSearch(), seed=1, journal=tmp_path / "j") as again:
        assert again.observations == study.observations


@pytest.mark.slow
def test_the_command_line_finds_clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask")
    monkeypatch.chdir(tmp_path)
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=":0") as running:
        where = ("--scheduler", running.scheduler_address)
        result = CliRunner().invoke(app, [*RUN, "--budget", "9", "--out", "x", *where])
        assert result.exit_code == 0, result.stderr
    own = ("--executor", "dask", "--workers", "2")
    result = CliRunner().invoke(app, [*RUN, "--budget", "14", "--out", "x", "--resume", *own])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["evaluations"] == 14


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra dask")
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    with (
        pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1: "),
        dask_executor("tcp://127.0.0.1:1"),
    ):
        pass


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="pip install 'nasgoat"), dask_executor():
        pass
