"""One problem solved by one driver, as a record that is one line of JSON."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.driver import Driver
from benchmarks.machine import machine, moment, versions
from benchmarks.problem import Problem
from nasgoat.errors import (
    EncodingMismatchError,
    MissingDataError,
    NasgoatError,
    NoEncodingError,
    NoIncumbentError,
    SolverUnavailableError,
    UnknownNameError,
)
from nasgoat.optimize import AcquisitionOptimizer, Optimum, Task
from nasgoat.records import Progress, ProgressCallback

Record = dict[str, Any]

EFFORT = ("rounds", "nodes", "variables", "rows")
STATUS_OF = {
    NoIncumbentError: "no_incumbent",  # nothing found within the limits
    EncodingMismatchError: "refused",  # a wrong certificate was caught
    SolverUnavailableError: "unavailable",
    MissingDataError: "unavailable",
    UnknownNameError: "unavailable",
    NoEncodingError: "unavailable",
}


@dataclass(slots=True)
class Stopwatch:
    """Seconds by phase, and the anytime log of one measurement.

    Args:
        on_progress: hears of the solver's progress.
        phases: wall-clock seconds of the phases that have ended.
        events: seconds since the optimiser was called, incumbent, lower bound.
    """

    on_progress: ProgressCallback | None = None
    phases: dict[str, float] = field(default_factory=dict)
    events: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    since: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        """End a phase and begin the next."""
        now = time.perf_counter()
        self.phases[phase] = now - self.since
        self.since = now

    def hear(self, progress: Progress) -> None:
        """Note an event."""
        seconds = time.perf_counter() - self.since
        self.events.append((seconds, progress.incumbent, progress.lower_bound))
        if self.on_progress is not None:
            self.on_progress(progress)


def measure(
    problem: Problem,
    driver: Driver,
    *,
    log: bool = False,
    on_progress: ProgressCallback | None = None,
) -> Record:
    """Make the problem, solve it, and say what came of it.

    Seconds: ``setup`` makes the problem; ``total`` is the whole call of the optimiser, of which
    ``build`` wrote the model and ``solve`` is the rest. Exhaustive search is called twice: what it
    needs once per space is ``listing`` and ``features``, ``total`` is the second call alone.

    Args:
        problem: what to minimise.
        driver: how.
        log: keep the anytime log.
        on_progress: hears of the solver's progress.

    Raises:
        NasgoatError: the problem cannot be made or solved.
    """
    watch = Stopwatch(on_progress)
    about = moment()
    optimizer = driver.build()
    task = problem.task()
    watch.lap("setup")
    if driver.optimizer == "exhaustive":
        _prepare(optimizer, task, driver, watch)
    worked = time.process_time()
    optimum = optimizer.minimize(task, driver.k, driver.limits, watch.hear)[0]
    watch.lap("total")
    watch.phases["cpu"] = time.process_time() - worked
    return _record(problem, driver, about) | _answer(optimum, watch, log=log)


def attempt(
    problem: Problem,
    driver: Driver,
    *,
    log: bool = False,
    on_progress: ProgressCallback | None = None,
) -> Record:
    """The same, but what goes wrong becomes a record with the error's text."""
    about = moment()
    began = time.perf_counter()
    try:
        return measure(problem, driver, log=log, on_progress=on_progress)
    except Exception as error:  # whatever it is, the rest of a long suite is still wanted
        status = next((s for kind, s in STATUS_OF.items() if isinstance(error, kind)), "error")
        known = isinstance(error, NasgoatError | ValueError)
        spent = {"total": time.perf_counter() - began} if status == "no_incumbent" else {}
        return _record(problem, driver, about) | {
            "status": status,
            "error": str(error) if known else repr(error),
            "seconds": _seconds(spent),
        }


def _prepare(optimizer: AcquisitionOptimizer, task: Task, driver: Driver, watch: Stopwatch) -> None:
    """Do what exhaustive search remembers of a space."""
    task.space.listing()
    watch.lap("listing")
    optimizer.minimize(task, 1, driver.limits)
    watch.lap("features")


def _record(problem: Problem, driver: Driver, about: dict[str, Any]) -> Record:
    """Every setting, and an answer yet to come."""
    return {
        "problem": asdict(problem),
        "driver": asdict(driver),
        "value": None,
        "lower_bound": None,
        "gap": None,
        "status": None,
        "error": None,
        "seconds": _seconds({}),
        **dict.fromkeys(EFFORT),
        "optimizer": None,
        "solver": None,
        "bound_source": None,
        "graph": None,
        **versions(),
        "machine": machine(),
        **about,
    }


def _answer(optimum: Optimum, watch: Stopwatch, *, log: bool) -> Record:
    certificate = optimum.certificate
    phases = watch.phases | {"build": optimum.build_seconds}
    phases["solve"] = phases["total"] - phases["build"]
    known = any(name in certificate.effort for name in EFFORT)  # zeros may be left out
    effort = {name: certificate.effort.get(name, 0) if known else None for name in EFFORT}
    return {
        "value": certificate.value,
        "lower_bound": certificate.lower_bound,
        "gap": certificate.gap,
        "status": certificate.status,
        "seconds": _seconds(phases),
        **effort,
        "optimizer": certificate.optimizer,
        "solver": certificate.solver,
        # who proved the bound: the optimiser that the certificate names, nobody without a bound
        "bound_source": None if certificate.lower_bound is None else certificate.optimizer,
        "graph": optimum.graph.to_json(),
        **({"log": watch.events} if log else {}),
    }


def _seconds(phases: dict[str, float]) -> dict[str, float | None]:
    names = ("setup", "listing", "features", "build", "solve", "total", "cpu")
    return {name: round(phases[name], 6) if name in phases else None for name in names}
