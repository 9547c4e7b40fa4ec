"""One measurement: what its record says, what the options mean, what errors say."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import solve
from benchmarks.driver import Driver, changed, switches
from benchmarks.measure import attempt, measure
from benchmarks.observations import INITIAL
from benchmarks.problem import DIGRAPH_RULES, Problem
from benchmarks.results import (
    disagreements,
)
from benchmarks.suites.paper import PLAIN
from nasgoat.errors import UnknownNameError
from nasgoat.graphs import GraphBatch
from nasgoat.mip import ModelOptions, Symmetry
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import AUDIT_TOL, Progress
from nasgoat.solve import HighsSolver
from nasgoat.surrogate import GPSurrogate, Hyperparameters
from nasgoat.tabular import benchmark, benchmark_names

TINY = Problem("nasbench101", "4", observations=8)
TINY_OPTIONS = ["--nodes", "4", "--observations", "8"]


def test_one_line_of_json_holds_settings_answer_and_effort(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = [*TINY_OPTIONS, "--seed", "3", "--beta", "2", "--encoding", "paper", "--gap", "1e-5"]
    assert solve.main([*call, "--set", "descents=1", "--json", "--log"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    problem = replace(TINY, seed=3, beta=2.0)
    assert Problem(**record["problem"]) == problem
    driver = Driver(encoding="paper", gap=1e-5, settings={"descents": 1})
    assert Driver(**record["driver"]) == driver
    truth = ExhaustiveOptimizer().minimize(problem.task())[0].certificate.value
    assert record["status"] == "optimal"
    assert -AUDIT_TOL <= truth - record["lower_bound"] <= AUDIT_TOL
    assert record["value"] == pytest.approx(truth, abs=1e-5)
    assert record["optimizer"] == record["bound_source"] == "mip"
    assert record["solver"].startswith("highs 1")
    assert record["gap"] <= 1e-5
    seconds = record["seconds"]
    assert seconds["total"] == pytest.approx(seconds["build"] + seconds["solve"], abs=1e-5)
    assert seconds["setup"] > 0 < seconds["build"]
    assert seconds["listing"] is seconds["features"] is None
    assert all(record[name] >= 1 for name in ("variables", "rows"))
    assert all(record[name] >= 0 for name in ("rounds", "nodes"))
    assert record["machine"]["cpus"] >= 1
    assert record["nasgoat"]
    assert record["date"].endswith("+00:00")
    assert {"commit", "load", "graph"} <= set(record)
    assert all(bound <= truth + AUDIT_TOL for _, _, bound in record["log"] if bound is not None)


def test_exhaustive_search_tells_what_it_needs_once() -> None:
    record = measure(TINY, Driver(optimizer="exhaustive"))
    assert record["bound_source"] == "exhaustive"
    assert all(record["seconds"][phase] > 0 for phase in ("listing", "features", "total"))
    assert record["rounds"] is record["rows"] is None
    assert "log" not in record


def test_people_get_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    output = tmp_path / "one.jsonl"
    assert solve.main([*TINY_OPTIONS, "--output", str(output)]) == 0
    assert "optimal" in capsys.readouterr().out
    assert json.loads(output.read_text())["status"] == "optimal"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["--solver", "nobody"], "there is no solver 'nobody'"),
        (["--optimizer", "nobody"], "there is no optimizer 'nobody'"),
        (["--encoding", "nobody"], "there is no encoding 'nobody'"),
        (["--set", "options.nobody=1"], "there is no setting of ModelOptions 'nobody'"),
        (["--set", "options.symmetry.labels=false"], "break ties"),
        (["--space", "nasbench201", "--nodes", "4"], "no choice of nodes"),
        (["--space", "nasbench-graph", "--edges", "4"], "no choice of edges"),
        (["--space", "digraphs"], "digraphs take --nodes"),
        (["--targets", "table", "--table", "nobody"], "there is no table"),
        (["--design", "search"], "add --targets table"),
        (["--suite", "options", "--beta", "2"], "problems of its own"),
        (["--suite", "options", "--cases", "nobody"], "there is no case 'nobody'"),
    ],
)
def test_wrong_options_are_one_line(
    call: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert solve.main(call) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error


def test_spaces_are_what_their_settings_say() -> None:
    wide = Problem("nasbench101", "5", edges=10, ops=4).search_space()
    assert max(len(graph.edges) for graph in wide.enumerate()) == 10
    assert {label for graph in wide.enumerate() for label in graph.node_labels or ()} == set(
        range(6)
    )
    assert len(wide.node_alphabet) == 6
    assert Problem("nasbench101", "5").search_space().size() == 2441
    assert len(Problem("nasbench-graph", ops=5).search_space().node_alphabet) == 7
    # labelled graphs: 4 connected undirected ones of 3 nodes, 18 strongly connected ones, 64 in all
    sizes = {
        rules: Problem("digraphs", "3", rules=rules).search_space().size()
        for rules in DIGRAPH_RULES
    }
    assert sizes == {"arbitrary": 64, "strongly-connected": 18, "undirected-connected": 4}


@pytest.mark.parametrize("rules", DIGRAPH_RULES)
def test_digraphs_agree_with_enumeration(rules: str) -> None:
    problem = Problem("digraphs", "2-3", ops=2, rules=rules, observations=4)
    mip, listed = (measure(problem, Driver(optimizer=name)) for name in ("mip", "exhaustive"))
    assert mip["value"] == pytest.approx(listed["value"], abs=1e-4)
    assert not list(disagreements([mip, listed]))


def test_real_tables_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    untrained = Hyperparameters((1.0, 1.0), 1.0, 0.01)
    monkeypatch.setattr(GPSurrogate, "train", lambda *_: untrained)
    problem = Problem("nasbench-graph", observations=12, targets="table", seed=1)
    task = problem.task()
    assert np.std(getattr(task.posterior, "targets")) == pytest.approx(1.0)  # noqa: B009
    assert len(task.exclude) == 12
    assert len(task.starts) == 5
    again = problem.task()
    assert list(again.exclude) == list(task.exclude)


def test_histories_are_those_of_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """They begin like the random design and come to a better graph."""
    untrained = Hyperparameters((1.0, 1.0), 1.0, 0.01)
    monkeypatch.setattr(GPSurrogate, "train", lambda *_: untrained)
    random = Problem("nasbench-graph", observations=30, beta=0.0, targets="table", seed=1)
    designs = [one.task().exclude for one in (random, replace(random, design="search"))]
    space = random.search_space()
    drawn, history = (space.keys(GraphBatch.of(graphs)) for graphs in designs)
    assert len(set(history)) == 30
    assert history[:INITIAL] == drawn[:INITIAL]
    assert history[INITIAL:] != drawn[INITIAL:]
    table = benchmark(next(name for name in benchmark_names() if "graph" in name))
    values = [[table(graph).value for graph in graphs[INITIAL:]] for graphs in designs]
    assert min(values[1]) < min(values[0])
    with pytest.raises(UnknownNameError, match="design"):
        replace(random, design="nobody").task()


@pytest.mark.parametrize("targets", ["synthetic", "table"])
def test_features_reach_the_kernel(targets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    untrained = Hyperparameters((1.0, 1.0), 1.0, 0.01)
    monkeypatch.setattr(GPSurrogate, "train", lambda *_: untrained)
    problem = Problem("nasbench-graph", observations=6, features="nl+op-paths", targets=targets)
    posterior = problem.task().posterior
    assert isinstance(posterior, FeaturePosterior)
    assert [type(one).__name__ for one in posterior.kernel.maps] == ["NodeLabels", "OpPaths"]


def test_a_missing_table_is_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    record = attempt(Problem("nasbench201", targets="table"), Driver())
    assert record["status"] == "unavailable"
    assert "NASGOAT_DATA" in record["error"]


@pytest.mark.slow
def test_the_table_of_nasbench201() -> None:
    if "NASGOAT_DATA" not in os.environ:
        pytest.skip("NASGOAT_DATA is not set: no nasbench201.parquet")
    record = measure(Problem("nasbench201", observations=8, targets="table"), Driver())
    assert record["status"] == "optimal"


def test_every_option_is_switched_once() -> None:
    found = switches(MipOptimizer())
    assert found["symmetry.columns=false"] == {"options.symmetry.columns": False}
    joint = {"options.symmetry.labels": False, "options.symmetry.columns": False}
    assert found["symmetry.labels=false,columns=false"] == joint
    assert found["tangents=0"] == {"options.tangents": 0}
    assert found["descents=0"] == {"descents": 0}
    assert not any("threads" in name or "seed" in name for name in found)
    for change in found.values():
        assert changed(MipOptimizer(), change) != MipOptimizer()
    plain = changed(MipOptimizer(), PLAIN)
    assert plain == MipOptimizer(
        solver=HighsSolver(root_rounds=0, ceiling=False),
        options=ModelOptions(
            symmetry=Symmetry(labels=False, columns=False), products="paper", diagonal="prior"
        ),
        descents=0,
    )


@dataclass(frozen=True)
class Unknown:
    """An optimiser of the future."""

    bold: bool = True
    shy: bool = False
    depth: int = 3
    nothing: int = 0
    name: str = "unknown"


def test_options_of_the_future_are_found() -> None:
    assert list(switches(Unknown()).values()) == [{"bold": False}, {"shy": True}, {"depth": 0}]


def test_progress_is_passed_on() -> None:
    heard: list[Progress] = []
    measure(TINY, Driver(), on_progress=heard.append)
    assert heard
