"""``nasgoat doctor``: whether the installation works, part by part, and what to do where not."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import typer
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.markup import escape

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.cli.console import print_json, stderr, stdout
from nasgoat.cli.errors import FAILED
from nasgoat.graphs import GraphBatch
from nasgoat.optimize import ExhaustiveOptimizer, Optimization, Task
from nasgoat.records import AUDIT_TOL, Limits
from nasgoat.solve import SolverState, solver_states
from nasgoat.spaces import nasbench101
from nasgoat.surrogate import GPflowTrainer, GPSurrogate
from nasgoat.tabular import benchmark
from nasgoat.tabular.catalogue import CATALOGUE
from nasgoat.tabular.files import data_directory

DISTRIBUTION = "nasgoat"
EXTRAS = {  # what they are for; the solvers' are reported with the solvers
    "torch": "the package in models/: neural methods, trainings",
    "dask": "evaluations on a cluster",
    "data": "the benchmarks analog-nasbench:*",
    "optuna": "the methods tpe and cmaes, nasgoat export",
    "reference": "reference kernels in tests",
}
COLOURS = {"ok": "green", "absent": "yellow", "broken": "bold red"}
SECONDS = 60.0  # for a problem that takes well under one


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check.

    Args:
        part: what was checked.
        state: ``absent`` is something optional that is not there.
        text: what was found.
        advice: what to do, empty where nothing is to be done.
    """

    part: str
    state: Literal["ok", "absent", "broken"]
    text: str
    advice: str = ""


def examine(data: Path | None, *, json: bool) -> None:
    """Check everything; exit with an error where something is broken."""
    findings: list[Finding] = []
    with stderr().status("checking") as status:
        for title, check in _checks(data):
            status.update(f"checking {title}")
            for finding in check():
                findings.append(finding)
                if not json:
                    _print(finding)
    broken = [one for one in findings if one.state == "broken"]
    if json:
        print_json({"healthy": not broken, "findings": [asdict(one) for one in findings]})
    else:
        text = f"{len(broken)} checks failed" if broken else "nasgoat works on this machine"
        stdout().print(f"\n{text}", style="bold red" if broken else "bold green")
    if broken:
        raise typer.Exit(FAILED)


def _checks(data: Path | None) -> list[tuple[str, Callable[[], Iterator[Finding]]]]:
    return [
        ("python", _python),
        ("packages", _packages),
        ("extras", _extras),
        ("solvers", _solvers),
        ("GPflow", _gpflow),
        ("data", lambda: _data(data)),
    ]


def _print(one: Finding) -> None:
    advice = f"; {one.advice}" if one.advice else ""
    line = f"[{COLOURS[one.state]}]{one.state:<7}[/] {one.part}: {escape(one.text + advice)}"
    stdout().print(line, soft_wrap=True)


def _python() -> Iterator[Finding]:
    wanted = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"]
    version = platform.python_version()
    if SpecifierSet(wanted).contains(version):
        yield Finding("python", "ok", version)
    else:
        yield Finding("python", "broken", f"{version}, not {wanted}", "use another interpreter")


def _requirements(extra: str = "") -> list[Requirement]:
    """What the package asks for, with an extra what only that asks for."""
    found = map(Requirement, importlib.metadata.requires(DISTRIBUTION) or ())
    return [
        one
        for one in found
        if (one.marker is None if not extra else one.marker is not None)
        and (one.marker is None or one.marker.evaluate({"extra": extra}))
    ]


def _packages() -> Iterator[Finding]:
    wrong = [text for one in _requirements() if (text := _lack(one))]
    count = len(_requirements())
    if wrong:
        yield Finding("packages", "broken", ", ".join(wrong), f"pip install {DISTRIBUTION} again")
    else:
        yield Finding("packages", "ok", f"{count} of {count} in the versions that it needs")


def _extras() -> Iterator[Finding]:
    for extra, use in EXTRAS.items():
        wrong = [text for one in _requirements(extra) if (text := _lack(one))]
        if wrong:
            text = f"{', '.join(wrong)}; for {use}"
            cure = f"pip install '{DISTRIBUTION}[{extra}]' if you want it"
            yield Finding(f"extra {extra}", "absent", text, cure)
        else:
            yield Finding(f"extra {extra}", "ok", f"installed; for {use}")


def _lack(requirement: Requirement) -> str:
    """What is wrong with an installed package, empty for nothing."""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name} is not installed"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} is {version}, not {requirement.specifier}"


def _solvers() -> Iterator[Finding]:
    task = _task()
    (truth,) = ExhaustiveOptimizer().minimize(task, 1)
    for state in solver_states():
        part = f"solver {state.name}"
        if state.version is None:
            yield Finding(part, "absent", "not installed", f"{state.advice} if you want it")
        elif not state.usable:
            # highs proves everything that nasgoat needs proven
            yield Finding(part, "absent", state.licence, state.advice)
        else:
            yield _solved(part, state, task, truth.certificate.value)


def _solved(part: str, state: SolverState, task: Task, truth: float) -> Finding:
    """Let a solver prove an optimum that is known."""
    began = time.perf_counter()
    minimizer = Optimization("mip", state.name, 1, SECONDS, 1e-4).build()
    try:
        (found,) = minimizer.minimize(task, 1, Limits(seconds=SECONDS))
    except Exception as error:
        return Finding(part, "broken", f"{state.version}: {error}", "reinstall its package")
    seconds = time.perf_counter() - began
    gap = found.certificate.gap
    if gap is None or abs(found.certificate.value - truth) > AUDIT_TOL:
        text = f"{state.version} finds {found.certificate.value}, listing the space {truth}"
        return Finding(part, "broken", text, "reinstall its package and report this")
    text = f"{state.version} proves a small optimum in {seconds:.1f} s, gap {gap:.0e}"
    return Finding(part, "ok", f"{text}; licence: {state.licence}")


def _task() -> Task:
    """A problem over 84 cells; targets are their numbers of edges."""
    space = nasbench101([4])
    graphs = list(space.enumerate())[::6]
    targets = [float(len(graph.edges)) for graph in graphs]
    posterior = GPSurrogate.of_space(space, restarts=0).fit(graphs, targets)
    return Task(LowerConfidenceBound(1.0), posterior, space, graphs)


def _gpflow() -> Iterator[Finding]:
    space = nasbench101([4])
    graphs = list(space.enumerate())[::6]
    surrogate = GPSurrogate.of_space(space, restarts=0, trainer=GPflowTrainer())
    began = time.perf_counter()
    try:
        posterior = surrogate.fit(graphs, [float(len(graph.edges)) for graph in graphs])
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        yield Finding("GPflow", "broken", text, "pip install gpflow tensorflow again")
        return
    mean, _ = posterior.mean_and_std(GraphBatch.of(graphs))
    fine = bool(np.isfinite(mean).all())
    seconds = time.perf_counter() - began
    text = f"trains a Gaussian process in {seconds:.1f} s, loading included"
    yield Finding("GPflow", "ok" if fine else "broken", text if fine else "its fit is not finite")


def _data(data: Path | None) -> Iterator[Finding]:
    try:
        optimum = benchmark("nasbench-graph:cora", data).optimum
    except Exception as error:
        yield Finding("data nasbench-graph", "broken", str(error), "pip install nas-bench-graph")
    else:
        yield Finding("data nasbench-graph", "ok", f"optimum {optimum:.4g}, with a package")
    folder = data_directory(data)
    here = [one.name for one in CATALOGUE.values() if one.present(folder)]
    if here:
        yield Finding("data directory", "ok", f"{folder}: {', '.join(here)}")
        return
    text = f"{folder} has no tables" if folder.is_dir() else f"{folder} does not exist"
    cure = "`nasgoat data list` says how to get some; NASGOAT_DATA or --data name another place"
    yield Finding("data directory", "absent", text, cure)
