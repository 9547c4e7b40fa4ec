"""Running a study: ask, evaluate, tell, until the budget is spent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from nasgoat.errors import (
    BadDataError,
    EvaluationsFailError,
    NothingLeftError,
    WorkerDiedError,
)
from nasgoat.records import Failure, Observation, Proposal
from nasgoat.study.budget import Budget
from nasgoat.study.events import Asked, Asking, Event, Failed, Stopped, StopReason, Told
from nasgoat.workers import Evaluate, OnFailure, Redrawing, attempt, penalty_of, told

if TYPE_CHECKING:
    from nasgoat.study.study import Study

Result = Observation | Failure

# Failures in a row, with no success before them in the session, that mean a broken evaluator: a
# tenth of the usual budget. Architectures that cannot be trained are rarer than one in two.
HOPELESS = 10


@dataclass(slots=True)
class Run:
    """One session of a study; see ``Study.run``."""

    study: Study
    evaluator: Evaluate
    budget: Budget
    batch: int
    on_failure: OnFailure
    on_event: Callable[[Event], None]
    flying: dict[Future[Result], Proposal] = field(default_factory=dict)
    succeeded: bool = False
    failed: int = 0

    def __post_init__(self) -> None:
        if self.batch < 1:
            msg = f"a batch has at least 1 graph, got {self.batch}"
            raise ValueError(msg)
        penalty_of(self.on_failure)

    def go(self, executor: Executor | None) -> StopReason:
        """Run to the end; Ctrl-C is an end in good order."""
        try:
            reason = self.here() if executor is None else self.spread(executor)
        except KeyboardInterrupt:
            reason = "interrupted"
        self.on_event(Stopped(reason))
        return reason

    def here(self) -> StopReason:
        """Evaluate one graph after the other in this process."""
        while (reason := self.over()) is None:
            if not self.study.pending:
                reason = self.ask(self.width())
                if reason is not None:
                    break
            proposal = self.study.pending[0]
            self.take(self.call(proposal)(), proposal)
        return reason

    def spread(self, executor: Executor) -> StopReason:
        """Keep a number of evaluations in flight."""
        try:
            while (reason := self.over()) is None:
                reason = self.fill(executor, self.width())
                if reason is not None and not self.flying:
                    return reason
                if reason == "interrupted":
                    return reason
                self.land()
            while self.flying:  # the time is up; what is under way has cost its part of it
                self.land()
        finally:
            for future in self.flying:
                future.cancel()
        return reason

    def over(self) -> StopReason | None:
        """Which part of the budget is spent."""
        most, seconds = self.budget.evaluations, self.budget.seconds
        if most is not None and len(self.study.results) >= most:
            return "budget"
        return "seconds" if seconds is not None and self.study.seconds >= seconds else None

    def width(self) -> int:
        """How many graphs may be in flight."""
        if self.budget.evaluations is None:
            return self.batch
        return min(self.batch, self.budget.evaluations - len(self.study.results))

    def fill(self, executor: Executor, width: int) -> StopReason | None:
        """Submit pending proposals, then new ones, until ``width`` are in flight."""
        while len(self.flying) < width:
            waiting = self.waiting()
            if not waiting:
                reason = self.ask(width - len(self.flying))
                if reason is not None:
                    return reason
                continue
            self.flying[executor.submit(self.call(waiting[0]))] = waiting[0]
        return None

    def waiting(self) -> list[Proposal]:
        """Pending proposals that are not in flight, oldest first."""
        key = self.study.space.key
        flying = Counter(key(proposal.graph) for proposal in self.flying.values())
        found = []
        for proposal in self.study.pending:  # a graph may be pending more than once
            which = key(proposal.graph)
            if flying[which]:
                flying[which] -= 1
            else:
                found.append(proposal)
        return found

    def land(self) -> None:
        """Wait for an evaluation; take in all that are done, then raise the first error of them."""
        done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
        landed = [
            (future, self.flying.pop(future)) for future in list(self.flying) if future in done
        ]
        errors: list[BaseException] = []
        for future, proposal in landed:
            try:
                self.take(self.result(future, proposal), proposal)
            except BaseException as error:  # the results of the others must not be lost
                errors.append(error)
        if errors:
            raise errors[0]

    def result(self, future: Future[Result], proposal: Proposal) -> Result:
        """What an evaluation brought; a worker that died of it is a failure like others.

        Raises:
            WorkerDiedError: the executor gave up.
            BrokenExecutor: the same, in the words of an executor of the standard library.
            Exception: whatever was raised, where failures are to be.
        """
        try:
            return future.result()
        except CancelledError as error:
            msg = (
                f"the evaluation of {proposal.graph} was cancelled by the executor, whose workers "
                "or scheduler are gone; all results so far are on record, resume the study"
            )
            raise WorkerDiedError(msg) from error
        except BrokenExecutor:
            raise
        except Exception as error:
            if self.on_failure == "raise":
                raise
            return Failure(proposal.graph, told(error), penalty_of(self.on_failure))

    def ask(self, k: int) -> StopReason | None:
        """Ask for proposals; the reason if there are none to evaluate."""
        began = time.perf_counter()
        self.on_event(Asking(k, len(self.study.results)))
        try:
            proposals = self.study.propose(k)
        except NothingLeftError:
            return "exhausted"
        certificates = [one.certificate for one in proposals if one.certificate is not None]
        if any(certificate.status == "interrupted" for certificate in certificates):
            return "interrupted"
        self.study.accept(proposals)
        self.on_event(Asked(tuple(proposals), time.perf_counter() - began))
        return None

    def call(self, proposal: Proposal) -> Callable[[], Result]:
        """What evaluates a proposal; an evaluator that draws by chance draws anew each time."""
        evaluator = self.evaluator
        key = self.study.space.key(proposal.graph)
        times = self.study.keys.count(key)
        times += sum(self.study.space.key(one.graph) == key for one in self.flying.values())
        if times and isinstance(evaluator, Redrawing):
            evaluator = evaluator.repeated(times)
        if self.on_failure == "raise":
            return partial(evaluator, proposal.graph)
        return partial(attempt, evaluator, proposal.graph, penalty_of(self.on_failure))

    def take(self, result: Result, proposal: Proposal) -> None:
        """Tell the study and those who watch.

        Raises:
            BadDataError: the evaluator answered for another graph, or without a finite value.
            EvaluationsFailError: nothing but failures since the session began.
        """
        study = self.study
        if study.space.key(result.graph) != study.space.key(proposal.graph):
            msg = f"asked for {proposal.graph}, the evaluator answered for {result.graph}"
            raise BadDataError(msg)
        if isinstance(result, Observation):
            self.succeeded = True
            study.tell(result)
            self.require_seconds(result)
            best = study.best or result
            self.on_event(Told(result, proposal, len(study.results), best))
            return
        self.failed += 1
        study.fail(result)
        self.on_event(Failed(result, proposal, len(study.results), study.best))
        if self.failed >= HOPELESS and not self.succeeded:
            msg = (
                f"all of the first {self.failed} evaluations failed, the last with {result.error}; "
                "mend the evaluator and resume the study"
            )
            raise EvaluationsFailError(msg)

    def require_seconds(self, result: Observation) -> None:
        """Refuse a run that would never end.

        Raises:
            BadDataError: time is the only limit, and the evaluator does not say what it took.
        """
        timed_only = self.budget.evaluations is None and self.budget.seconds is not None
        if timed_only and not result.seconds > 0:  # nor NaN
            msg = (
                "the evaluator does not say how many seconds an evaluation takes, so that a "
                "budget of seconds never ends; give a number of evaluations as well"
            )
            raise BadDataError(msg)


def ignore(event: Event) -> None:
    """Hear nothing."""
    del event
