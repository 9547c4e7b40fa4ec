"""The comparison on one benchmark: methods, and how they differ in paired trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.compare.curves import common_seeds
from nasgoat.compare.intervals import Interval, mean_interval
from nasgoat.compare.methods import Asked, MethodResult, Yardstick, method_result
from nasgoat.compare.plan import Plan, Trial
from nasgoat.compare.ranks import Friedman, friedman, holm, ranks, wilcoxon
from nasgoat.compare.runner import Facts
from nasgoat.compare.trial import Outcome, Record

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two methods in the trials that both finished; differences are ``method - other``.

    Args:
        method, other: labels.
        trials: number of common trials, at least one.
        mean_difference: of the regrets: negative where ``method`` is better.
        interval: bootstrap interval of the mean difference.
        wins, ties, losses: trials in which ``method`` has the lower, an equal, the higher regret.
        p: of Wilcoxon's signed-rank test.
        p_holm: corrected for all pairs of methods at this checkpoint.
    """

    method: str
    other: str
    trials: int
    mean_difference: float
    interval: Interval
    wins: int
    ties: int
    losses: int
    p: float
    p_holm: float

    def reversed(self) -> Pair:
        """The same pair seen from the other side."""
        return replace(
            self,
            method=self.other,
            other=self.method,
            mean_difference=0.0 - self.mean_difference,  # 0, not -0
            interval=Interval(0.0 - self.interval.high, 0.0 - self.interval.low),
            wins=self.losses,
            losses=self.wins,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        return {
            "method": self.method,
            "other": self.other,
            "trials": self.trials,
            "mean_difference": self.mean_difference,
            "interval": self.interval.to_json(),
            "wins": self.wins,
            "ties": self.ties,
            "losses": self.losses,
            "p": self.p,
            "p_holm": self.p_holm,
        }


@dataclass(frozen=True, slots=True)
class RankTest:
    """The methods ranked by their regret within each trial that all of them finished.

    Args:
        friedman: of "all methods are alike".
        mean_ranks: by label; from 1, the lower the better; empty without such trials.
    """

    friedman: Friedman
    mean_ranks: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        friedman = self.friedman
        return {
            "trials": friedman.blocks,
            "statistic": friedman.statistic,
            "p": friedman.p,
            "mean_ranks": dict(self.mean_ranks),
        }


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The comparison on one benchmark.

    Args:
        benchmark: its name.
        objective: what the values are, with their unit.
        yardstick: what regrets are measured from.
        methods: in the order of the plan, by label.
        rank_tests: by checkpoint, over the methods that finished any trial.
        pairs: by checkpoint, all pairs of such methods that have a common trial.
    """

    benchmark: str
    objective: str
    yardstick: Yardstick
    methods: Mapping[str, MethodResult]
    rank_tests: Mapping[int, RankTest]
    pairs: Mapping[int, Sequence[Pair]]

    def against(self, reference: str, checkpoint: int) -> dict[str, Pair]:
        """How the other methods differ from a reference, by label."""
        pairs = self.pairs[checkpoint]
        seen = {one.method: one for one in pairs if one.other == reference}
        seen |= {one.other: one.reversed() for one in pairs if one.method == reference}
        return {label: seen[label] for label in self.methods if label in seen}

    def to_json(self, reference: str) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        value = self.yardstick.value
        return {
            "benchmark": self.benchmark,
            "objective": self.objective,
            "optimum": value if self.yardstick.is_optimum else None,
            "regret_from": value,
            "methods": {label: one.to_json() for label, one in self.methods.items()},
            "rank_test": {str(at): test.to_json() for at, test in self.rank_tests.items()},
            "pairs": {str(at): [one.to_json() for one in some] for at, some in self.pairs.items()},
            "differences": {
                str(at): {
                    label: pair.to_json() for label, pair in self.against(reference, at).items()
                }
                for at in self.pairs
            },
        }


def benchmark_result(
    plan: Plan, facts: Facts, outcomes: Mapping[Trial, Outcome]
) -> BenchmarkResult:
    """Evaluate what there is of the trials on one benchmark.

    Args:
        plan: of the comparison.
        facts: of the benchmark.
        outcomes: as far as there are any; those of other benchmarks are ignored.

    Raises:
        ValueError: no trial on the benchmark was finished.
    """
    own = {trial: one for trial, one in outcomes.items() if trial.arena == facts.arena}
    yardstick = _yardstick(facts, [one for one in own.values() if isinstance(one, Record)])
    methods = {
        contender.label: method_result(
            Asked(contender.label, contender.spec, facts.headers[contender.label]["method"]),
            {trial.seed: one for trial, one in own.items() if trial.contender == contender},
            plan.protocol.budget,
            plan.checkpoints,
            yardstick,
        )
        for contender in plan.contenders
    }
    started = {label: one for label, one in methods.items() if one.trials}
    return BenchmarkResult(
        facts.arena.name,
        facts.objective,
        yardstick,
        methods,
        {at: _rank_test(started, at) for at in plan.checkpoints},
        {at: _pairs(started, at) for at in plan.checkpoints},
    )


def _yardstick(facts: Facts, records: Sequence[Record]) -> Yardstick:
    if not records:
        msg = (
            f"no trial on {facts.arena.name} was finished: there is nothing to compare; the files "
            "of the trials hold the tracebacks"
        )
        raise ValueError(msg)
    if facts.optimum is not None:
        return Yardstick(facts.optimum, is_optimum=True)
    return Yardstick(min(min(one.values) for one in records), is_optimum=False)


def _rank_test(methods: Mapping[str, MethodResult], checkpoint: int) -> RankTest:
    curves = [one.curves for one in methods.values()]
    seeds = common_seeds(curves)
    table = np.array(
        [one.regrets[one.curves.rows(seeds), checkpoint - 1] for one in methods.values()]
    ).T
    if not seeds:
        return RankTest(Friedman(0, None, None), {})
    means = ranks(table).mean(axis=0)
    return RankTest(friedman(table), dict(zip(methods, means.tolist(), strict=True)))


def _pairs(methods: Mapping[str, MethodResult], checkpoint: int) -> list[Pair]:
    compared = [
        pair
        for one, other in combinations(methods.values(), 2)
        if (pair := _pair(one, other, checkpoint)) is not None
    ]
    corrected = holm(np.array([pair.p for pair in compared]))
    return [replace(pair, p_holm=float(p)) for pair, p in zip(compared, corrected, strict=True)]


def _pair(one: MethodResult, other: MethodResult, checkpoint: int) -> Pair | None:
    """A pair without correction; None without common trials."""
    seeds = common_seeds([one.curves, other.curves])
    if not seeds:
        return None
    mine, theirs = (
        method.regrets[method.curves.rows(seeds), checkpoint - 1] for method in (one, other)
    )
    differences: Floats = mine - theirs
    p = wilcoxon(differences)
    return Pair(
        one.label,
        other.label,
        len(seeds),
        float(differences.mean()),
        mean_interval(differences),
        int((differences < 0).sum()),
        int((differences == 0).sum()),
        int((differences > 0).sum()),
        p,
        p,
    )
