"""Running a study: ask, evaluate, tell, until the budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nasgoat.errors import BadDataError, NothingLeftError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.study.events import Asked, Asking, Event, OnEvent, Stopped, StopReason, Told

if TYPE_CHECKING:
    from nasgoat.study.study import Study

Evaluate = Callable[[LabeledGraph], Observation]


def run(
    study: Study,
    evaluator: Evaluate,
    budget: int,
    batch: int = 1,
    *,
    executor: Executor | None = None,
    on_event: OnEvent | None = None,
) -> StopReason:
    """Evaluate until a study has ``budget`` observations; those of a resumed study count.

    Pending proposals are evaluated first. Ctrl-C ends the run in good order: all results told so
    far are on record, and the graph under evaluation stays pending. So does a solve that the user
    interrupted; its proposals are forgotten, so that a resumed study solves to the end.

    Args:
        study: what to run.
        evaluator: measures a graph; picklable if the executor has processes.
        budget: total number of observations, initial design included.
        batch: number of graphs asked for at once. With an executor: number of evaluations that are
            kept in flight; the study then learns in the order in which they end.
        executor: runs the evaluations; None to run them here, one after the other.
        on_event: hears of everything that happens.

    Returns:
        Why the run ended.

    Raises:
        ValueError: ``batch`` is less than 1.
        BadDataError: the evaluator answered for another graph, or without a finite value.
        Exception: whatever the evaluator, the search method or ``on_event`` raise. All results told
            before are on record.
    """
    if batch < 1:
        msg = f"a batch has at least 1 graph, got {batch}"
        raise ValueError(msg)
    loop = _Loop(study, budget, batch, on_event or _ignore)
    try:
        reason = loop.here(evaluator) if executor is None else loop.spread(evaluator, executor)
    except KeyboardInterrupt:
        reason = "interrupted"
    loop.on_event(Stopped(reason))
    return reason


@dataclass(slots=True)
class _Loop:
    study: Study
    budget: int
    batch: int
    on_event: Callable[[Event], None]
    flying: dict[Future[Observation], Proposal] = field(default_factory=dict)

    def here(self, evaluator: Evaluate) -> StopReason:
        """Evaluate one graph after the other in this process."""
        study = self.study
        while (left := self.budget - len(study.observations)) > 0:
            if not study.pending:
                reason = self.ask(min(self.batch, left))
                if reason is not None:
                    return reason
            proposal = study.pending[0]
            self.tell(evaluator(proposal.graph), proposal)
        return "budget"

    def spread(self, evaluator: Evaluate, executor: Executor) -> StopReason:
        """Keep a number of evaluations in flight."""
        try:
            while (left := self.budget - len(self.study.observations)) > 0:
                reason = self.fill(evaluator, executor, min(self.batch, left))
                if reason is not None and not self.flying:
                    return reason
                if reason == "interrupted":
                    return reason
                wait(self.flying, return_when=FIRST_COMPLETED)
                self.land()
        finally:
            for future in self.flying:
                future.cancel()
        return "budget"

    def fill(self, evaluator: Evaluate, executor: Executor, width: int) -> StopReason | None:
        """Submit pending proposals, then new ones, until ``width`` are in flight."""
        while len(self.flying) < width:
            flying = {id(proposal) for proposal in self.flying.values()}
            waiting = [one for one in self.study.pending if id(one) not in flying]
            if not waiting:
                reason = self.ask(width - len(self.flying))
                if reason is not None:
                    return reason
                continue
            future = executor.submit(evaluator, waiting[0].graph)
            self.flying[future] = waiting[0]
        return None

    def land(self) -> None:
        """Tell all evaluations that are done, then raise the first error among them."""
        done = [future for future in self.flying if future.done()]
        landed = [(future, self.flying.pop(future)) for future in done]
        errors: list[BaseException] = []
        for future, proposal in landed:
            try:
                self.tell(future.result(), proposal)
            except BaseException as error:  # the results of the others must not be lost
                errors.append(error)
        if errors:
            raise errors[0]

    def ask(self, k: int) -> StopReason | None:
        """Ask for proposals; the reason if there are none to evaluate."""
        began = time.perf_counter()
        self.on_event(Asking(k, len(self.study.observations)))
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

    def tell(self, observation: Observation, proposal: Proposal) -> None:
        """Tell the study and those who watch."""
        study = self.study
        if study.space.key(observation.graph) != study.space.key(proposal.graph):
            msg = f"asked for {proposal.graph}, the evaluator answered for {observation.graph}"
            raise BadDataError(msg)
        study.tell(observation)
        best = study.best or observation
        self.on_event(Told(observation, proposal, len(study.observations), best))


def _ignore(event: Event) -> None:
    del event
