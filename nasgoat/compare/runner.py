"""Running the trials that a folder lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nasgoat.compare.folder import Folder, require_distinct_paths
from nasgoat.compare.plan import Arena, Plan, Trial
from nasgoat.compare.pool import spread
from nasgoat.compare.trial import Failure, Outcome, Prepared, Record, perform
from nasgoat.tabular import Evaluator

OnTrial = Callable[[Trial, Outcome], None]
DIED = (
    "the process that ran this trial died twice, the second time with nothing else beside it; out "
    "of memory?"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a benchmark without running anything.

    Args:
        arena: the benchmark.
        objective: what its values are, with their unit.
        optimum: least value of the space, or None.
        headers: of the first trial of each contender, by label.
    """

    arena: Arena
    objective: str
    optimum: float | None
    headers: Mapping[str, Mapping[str, Any]]

    def header(self, trial: Trial) -> dict[str, Any]:
        """Of one of the benchmark's trials."""
        return {**self.headers[trial.contender.label], "seed": trial.seed}


def survey(plan: Plan) -> dict[str, Facts]:
    """Load every benchmark and build every method once, before anything runs; by benchmark.

    Raises:
        ValueError: two names would share a file.
        NasgoatError: a benchmark cannot be loaded, or a method does not fit its space.
    """
    require_distinct_paths(plan)
    facts = {}
    for arena in plan.arenas:
        evaluator = arena.load()
        headers = {
            contender.label: Prepared(
                Trial(arena, contender, plan.seed, plan.protocol), evaluator
            ).header()
            for contender in plan.contenders
        }
        facts[arena.name] = Facts(arena, evaluator.objective, evaluator.optimum, headers)
    return facts


def outcomes(plan: Plan, facts: Mapping[str, Facts], folder: Folder) -> dict[Trial, Outcome]:
    """What the folder has of a plan's trials.

    Raises:
        JournalError: a file cannot be read, or belongs to other settings.
    """
    read = (
        (trial, folder.read(trial, facts[trial.arena.name].header(trial)))
        for trial in plan.all_trials()
    )
    return {trial: outcome for trial, outcome in read if outcome is not None}


def run_trials(
    trials: Sequence[Trial],
    facts: Mapping[str, Facts],
    folder: Folder,
    jobs: int = 1,
    on_trial: OnTrial | None = None,
) -> None:
    """Run trials and keep each in the folder as soon as it is done.

    Args:
        trials: which.
        facts: of ``survey``.
        folder: where the outcomes go.
        jobs: 1 to run them in this process, more for as many worker processes.
        on_trial: hears of every trial that is done.

    Raises:
        KeyboardInterrupt: the user stopped it; the folder has all trials that were done.
        OSError: a file cannot be written.
        ValueError: ``jobs`` is less than 1.
    """
    if jobs < 1:
        msg = f"jobs is at least 1, got {jobs}"
        raise ValueError(msg)
    heard = on_trial or _ignore

    def job_of(trial: Trial) -> Job:
        return Job(trial, facts[trial.arena.name].header(trial), folder)

    if jobs == 1:
        _loaded.cache_clear()  # benchmarks of an earlier comparison may have had the same name
        for trial in trials:
            heard(trial, _work(job_of(trial)))
        return

    def done(job: Job, outcome: Outcome) -> None:
        heard(job.trial, outcome)

    def death(job: Job) -> None:
        failure = Failure(DIED)
        folder.write(job.trial, job.header, failure)
        heard(job.trial, failure)

    spread([job_of(trial) for trial in trials], jobs, _work, done, death)


def missing(plan: Plan, found: Mapping[Trial, Outcome]) -> list[Trial]:
    """The trials that are yet to be run, those that failed before among them."""
    return [trial for trial in plan.all_trials() if not isinstance(found.get(trial), Record)]


@dataclass(frozen=True, slots=True)
class Job:
    """A trial to run, the header of its file, and the folder of that."""

    trial: Trial
    header: Mapping[str, Any]
    folder: Folder


def _work(job: Job) -> Outcome:
    """Run a trial and write it down, here or in a worker process."""
    outcome = perform(job.trial, _loaded(job.trial.arena))
    job.folder.write(job.trial, job.header, outcome)
    return outcome


@lru_cache(maxsize=1)
def _loaded(arena: Arena) -> Evaluator:
    return arena.load()


def _ignore(trial: Trial, outcome: Outcome) -> None:
    del trial, outcome
