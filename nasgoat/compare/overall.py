"""The methods across benchmarks: mean ranks, and how far apart they must be (Demsar 2006)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from nasgoat.compare.ranks import (
    Friedman,
    critical_difference,
    friedman,
    holm,
    indistinct,
    ranks,
    wilcoxon,
)
from nasgoat.compare.results import BenchmarkResult


@dataclass(frozen=True, slots=True)
class Overall:
    """Methods ranked on each benchmark by their mean regret after a number of evaluations.

    Args:
        benchmarks: names of those on which every method finished a trial.
        mean_ranks: over these benchmarks, by label; from 1, the lower the better.
        friedman: of "all methods are alike", with benchmarks for blocks.
        critical_difference: of two mean ranks, at a level of 95 % (Nemenyi).
        indistinct: groups of labels whose mean ranks lie within it, best first.
        p_holm: by pair of labels, of Wilcoxon's test on the mean regrets, corrected for all pairs.
    """

    benchmarks: Sequence[str]
    mean_ranks: Mapping[str, float]
    friedman: Friedman
    critical_difference: float
    indistinct: Sequence[Sequence[str]]
    p_holm: Mapping[tuple[str, str], float]

    def to_json(self) -> dict[str, Any]:
        """Return a value that ``json`` can write."""
        return {
            "benchmarks": list(self.benchmarks),
            "mean_ranks": dict(self.mean_ranks),
            "friedman": self.friedman.to_json(),
            "critical_difference": self.critical_difference,
            "indistinct": [list(group) for group in self.indistinct],
            "pairs": [
                {"method": one, "other": other, "p_holm": p}
                for (one, other), p in self.p_holm.items()
            ],
        }


def overall(results: Sequence[BenchmarkResult], checkpoint: int) -> Overall | None:
    """Rank the methods across benchmarks.

    Args:
        results: of the same plan.
        checkpoint: number of evaluations.

    Returns:
        None with fewer than two methods, or fewer than two benchmarks that all of them finished a
        trial on.
    """
    labels = list(results[0].methods) if results else []
    complete = [one for one in results if all(method.trials for method in one.methods.values())]
    if len(labels) < 2 or len(complete) < 2:
        return None
    table = np.array(
        [
            [one.methods[label].points[checkpoint].mean_regret for label in labels]
            for one in complete
        ]
    )
    means = ranks(table).mean(axis=0)
    difference = critical_difference(len(labels), len(complete))
    pairs = list(combinations(range(len(labels)), 2))
    corrected = holm(np.array([wilcoxon(table[:, i] - table[:, j]) for i, j in pairs]))
    return Overall(
        [one.benchmark for one in complete],
        dict(zip(labels, means.tolist(), strict=True)),
        friedman(table),
        difference,
        [[labels[i] for i in group] for group in indistinct(means, difference)],
        {(labels[i], labels[j]): float(p) for (i, j), p in zip(pairs, corrected, strict=True)},
    )
