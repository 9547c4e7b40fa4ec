"""A study: one search on one space, as ask and tell, on record from the first proposal on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Self

import numpy as np

from nasgoat import __version__
from nasgoat.errors import BadDataError, JournalError, OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Certificate, Failure, Observation, Proposal
from nasgoat.search import SearchMethod
from nasgoat.search.base import HeedsFailures, Recommends, described
from nasgoat.spaces import SearchSpace
from nasgoat.study.budget import Budget, spent
from nasgoat.study.entries import Ask, Entry, Fail, Tell
from nasgoat.study.events import OnEvent, StopReason
from nasgoat.study.history import Incumbent
from nasgoat.study.journal import Journal
from nasgoat.study.runner import Run, ignore
from nasgoat.study.seen import seen
from nasgoat.study.shield import uninterrupted
from nasgoat.workers import Evaluate, OnFailure


class Study:
    """Proposes graphs and learns what they are worth.

    Every ask draws from its own generator, seeded by ``(seed, number of the ask)``: a resumed study
    goes on exactly as an uninterrupted one would have.

    Attributes:
        space: where to search.
        method: how to search.
        seed: of all chance.
        benchmark: name of what is measured, or None.
        results: observations and failures, in the order in which they were told.
        keys: ``space.key`` of their graphs.
        proposals: all that were ever asked for.
        pending: proposals that were asked for but not told yet, oldest first.
        resumed: number of results that came from the journal.
    """

    def __init__(
        self,
        space: SearchSpace,
        method: SearchMethod[Any],
        *,
        seed: int = 0,
        journal: Path | None = None,
        benchmark: str | None = None,
    ) -> None:
        """Begin a study, or resume the one that the journal tells of.

        Args:
            space: where to search.
            method: how to search.
            seed: at least 0.
            journal: file to keep the record in; None for no record. If it holds the record of a
                study with the same space, method, seed and benchmark, that study is resumed.
            benchmark: name of what is measured, for the record.

        Raises:
            JournalError: the journal cannot be read, is in use, or belongs to another study.
            ValueError: the seed is negative.
        """
        if seed < 0:
            msg = f"a seed is an integer from 0, got {seed}"
            raise ValueError(msg)
        self.space, self.method = space, method
        self.seed, self.benchmark = seed, benchmark
        self.results: list[Observation | Failure] = []
        self.keys: list[str] = []
        self.pending: list[Proposal] = []
        self.proposals: list[Proposal] = []
        self._asks = 0
        self._incumbent = Incumbent()
        self._state = method.start(space, self._rng(0))  # may fail: before the journal is opened
        self._journal = None if journal is None else Journal(journal, self._header())
        if self._journal is not None:
            try:
                self._replay(self._journal)
            except BaseException:
                self._journal.close()
                raise
        self.resumed = len(self.results)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            self._journal.close()

    @property
    def observations(self) -> list[Observation]:
        """In the order in which they were told; a new list."""
        return [one for one in self.results if isinstance(one, Observation)]

    @property
    def failures(self) -> list[Failure]:
        """In the order in which they were told; a new list."""
        return [one for one in self.results if isinstance(one, Failure)]

    @property
    def seconds(self) -> float:
        """Spent on all evaluations, as far as it is known."""
        return spent(self.results)

    @property
    def best(self) -> Observation | None:
        """The observation of least value, the first of equals; None before the first.

        An architecture that was told several times counts with the mean, which is returned.
        """
        return self._incumbent.best

    def recommended(self) -> Observation | None:
        """The observed architecture that is best in the eyes of the search method.

        With a surrogate: the one of least posterior mean, by a new fit. Otherwise ``best``.
        """
        means = self._incumbent.means()
        if not means or not isinstance(self.method, Recommends):
            return self.best
        return means[self.method.recommend(self.observations, [one.graph for one in means])]

    @property
    def certificates(self) -> list[Certificate]:
        """Those of all proposals that have one, in their order."""
        return [one.certificate for one in self.proposals if one.certificate is not None]

    def origin(self, graph: LabeledGraph) -> Proposal | None:
        """What led to the evaluation of a graph; None if it was told without being asked for."""
        key = self.space.key(graph)
        return next((one for one in self.proposals if self.space.key(one.graph) == key), None)

    def ask(self, k: int = 1) -> list[Proposal]:
        """Propose up to ``k`` graphs to evaluate; they are pending until they are told.

        Returns:
            1 to ``k`` proposals: fewer at the end of an initial design or of the space.

        Raises:
            NothingLeftError: every graph of the space is observed or pending.
            ValueError: ``k`` is less than 1.
        """
        proposals = self.propose(k)
        self.accept(proposals)
        return proposals

    def propose(self, k: int) -> list[Proposal]:
        """The first half of ``ask``: nothing is recorded, the next call starts over."""
        if k < 1:
            msg = f"ask for at least 1 proposal, got {k}"
            raise ValueError(msg)
        observations, skipped = seen(self.results, self.keys)
        if isinstance(self.method, HeedsFailures):
            self._state = self.method.heed(self._state, skipped)
        graphs = [*(proposal.graph for proposal in self.pending), *skipped]
        rng = self._rng(1 + self._asks)
        self._state, proposals = self.method.propose(self._state, observations, graphs, k, rng)
        return proposals

    def accept(self, proposals: list[Proposal]) -> None:
        """The second half of ``ask``: put proposals on record and make them pending."""
        with uninterrupted():
            self._record(Ask(tuple(proposals)))
            self._take_in_ask(proposals)

    def tell(self, observation: Observation) -> None:
        """Take in an observation, of a pending graph or of any other of the space.

        Raises:
            OutsideSpaceError: the graph breaks a rule of the space.
            BadDataError: the value is NaN or infinite. In either case nothing changes, and a
                pending graph stays pending.
        """
        self.space.require(observation.graph)
        if not math.isfinite(observation.value):
            msg = (
                f"the value of {observation.graph} is {observation.value}; tell a finite number, "
                "e.g. the worst value of the benchmark for a training that failed"
            )
            raise BadDataError(msg)
        with uninterrupted():
            self._record(Tell(observation))
            self._take_in(observation)

    def fail(self, failure: Failure) -> None:
        """Take in that an evaluation failed: the graph is not proposed again.

        The search method takes it to have the value ``failure.penalty``, or knows of no value.

        Raises:
            OutsideSpaceError: the graph breaks a rule of the space; nothing changes.
        """
        self.space.require(failure.graph)
        with uninterrupted():
            self._record(Fail(failure))
            self._take_in(failure)

    def run(
        self,
        evaluator: Evaluate,
        budget: int | Budget,
        batch: int = 1,
        *,
        executor: Executor | None = None,
        on_failure: OnFailure = "raise",
        on_event: OnEvent = ignore,
    ) -> StopReason:
        """Ask, evaluate and tell until the budget is spent; what a resumed study did counts.

        Pending proposals are evaluated first. Ctrl-C ends the run in good order: graphs under
        evaluation stay pending. So does a solve that the user interrupted; its proposals are
        forgotten, so that a resumed study solves to the end.

        Args:
            evaluator: measures a graph; picklable if the executor has processes.
            budget: number of evaluations in all, failed ones included, or a ``Budget``.
            batch: number of graphs asked for at once. With an executor: number of evaluations kept
                in flight; the study then learns in the order in which they end.
            executor: runs the evaluations; None to run them here, one after the other.
            on_failure: what it means that an evaluation raises an ``Exception``, has a value that
                is not finite, or kills its worker. ``"raise"``: the run ends, the graph stays
                pending. Otherwise the failure is on record, counts against the budget, and is not
                tried again: ``"skip"`` tells the search method nothing, ``"penalise"`` the worst
                value observed so far, and a number is told itself.
            on_event: hears of everything that happens.

        Returns:
            Why the run ended.

        Raises:
            ValueError: ``batch`` is less than 1, or there is no such ``on_failure``.
            BadDataError: the evaluator answered for another graph.
            EvaluationsFailError: the first ten evaluations of this call all failed.
            WorkerDiedError: the executor is gone.
            Exception: of the search method, ``on_event``, and failures that are to be raised.
        """
        limits = budget if isinstance(budget, Budget) else Budget(budget)
        return Run(self, evaluator, limits, batch, on_failure, on_event).go(executor)

    def _record(self, entry: Entry) -> None:
        if self._journal is not None:
            self._journal.append(entry)

    def _take_in_ask(self, proposals: Sequence[Proposal]) -> None:
        self.pending += proposals
        self.proposals += proposals
        self._asks += 1

    def _take_in(self, result: Observation | Failure) -> None:
        key = self.space.key(result.graph)
        self.results.append(result)
        self.keys.append(key)
        if isinstance(result, Observation):
            self._incumbent.add(key, result)
        for i, proposal in enumerate(self.pending):
            if self.space.key(proposal.graph) == key:
                del self.pending[i]
                return

    def _replay(self, journal: Journal) -> None:
        for number, entry in enumerate(journal.entries, start=2):
            try:
                if isinstance(entry, Ask):
                    for proposal in entry.proposals:
                        self.space.require(proposal.graph)
                    self._take_in_ask(entry.proposals)
                else:
                    result = entry.observation if isinstance(entry, Tell) else entry.failure
                    self.space.require(result.graph)
                    self._take_in(result)
            except OutsideSpaceError as error:
                msg = f"line {number} of {journal.path}: {error}; choose another journal"
                raise JournalError(msg) from error

    def _header(self) -> dict[str, Any]:
        return {
            "nasgoat": __version__,
            "benchmark": self.benchmark,
            "seed": self.seed,
            "method": {"name": self.method.name, "settings": described(self.method)},
            "space": self.space.describe(),
        }

    def _rng(self, number: int) -> np.random.Generator:
        """Generator 0 is for the start of the method, generator ``i`` for the ``i``-th ask."""
        return np.random.default_rng([self.seed, number])
