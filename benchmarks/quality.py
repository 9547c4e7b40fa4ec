"""How well a setting of the main method searches: many short runs within one process.

``python -m benchmarks.quality -h`` lists the options; docs/quality.md says what was measured.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from benchmarks.machine import machine, moment, versions
from benchmarks.results import write_line
from nasgoat.optimize import AcquisitionOptimizer, ExhaustiveOptimizer
from nasgoat.search import GoatSearch, GoatSettings
from nasgoat.search.goat_settings import BATCH_RULES
from nasgoat.spaces import SearchSpace
from nasgoat.study import Study
from nasgoat.surrogate import NOISE
from nasgoat.tabular import Evaluator, benchmark

RESULTS = Path(__file__).parent / "results" / "quality.jsonl"
CHECKPOINTS = (30, 50, 60, 100, 150)


@dataclass(frozen=True, slots=True)
class Spec:
    """A setting of the main method, by the names of the command line."""

    features: str = ""
    kernel: str = ""
    transform: str = "rank-gaussian"
    acquisition: str = ""
    beta: float = -1.0  # of lcb; negative: the one that suits the space
    noise: float = NOISE.high  # largest noise variance that a fit may choose
    batch: int = 1
    rule: str = "fantasies"
    initial: int = 10
    restarts: int = 2

    @classmethod
    def of(cls, text: str) -> Self:
        """Read ``name=value,name=value``; what is not named keeps its default."""
        defaults: dict[str, Any] = {field.name: field.default for field in fields(cls)}
        pairs = [part.split("=", 1) for part in text.split(",") if part]
        return cls(**{name: type(defaults[name])(value) for name, value in pairs})

    def build(self, space: SearchSpace, optimizer: AcquisitionOptimizer) -> GoatSearch:
        """The method; what is empty suits the space, as in ``goat``."""
        named: dict[str, Any] = {
            "kernel": self.kernel or None,
            "features": self.features or None,
            "transform": self.transform,
            "acquisition": self.acquisition or None,
            "beta": self.beta if self.beta >= 0 else None,
            "batch_rule": self.rule,
        }
        settings = GoatSettings(**named)
        surrogate = replace(
            settings.surrogate(space),
            noise=replace(NOISE, high=self.noise),
            restarts=self.restarts,
        )
        return GoatSearch(
            surrogate,
            optimizer,
            settings.rule(space),
            batch=BATCH_RULES[self.rule],
            initial=self.initial,
        )


def trial(evaluator: Evaluator, spec: Spec, seed: int, budget: int) -> dict[str, Any]:
    """One run: regret after every evaluation, in the benchmark's unit, and processor seconds."""
    began = time.process_time()
    method = spec.build(evaluator.space, ExhaustiveOptimizer())
    study = Study(evaluator.space, method, seed=seed)
    study.run(evaluator, budget, spec.batch)
    best = np.minimum.accumulate([one.value for one in study.observations])
    regret = best - (evaluator.optimum or 0.0)
    hits = np.flatnonzero(regret <= 1e-9)
    return {
        "regret": {str(n): float(regret[n - 1]) for n in CHECKPOINTS if n <= len(regret)},
        "found_at": int(hits[0]) + 1 if len(hits) else None,
        "cpu_seconds": round(time.process_time() - began, 2),
    }


def summary(records: Iterable[Mapping[str, Any]]) -> str:
    """Mean regrets and the share of runs that found the optimum within 60 and 150 evaluations."""
    records = list(records)
    regrets = [
        f"{n}: {np.mean([one['regret'][str(n)] for one in records]):.4f}"
        for n in CHECKPOINTS
        if str(n) in records[0]["regret"]
    ]
    found = [one["found_at"] or 10**9 for one in records]
    shares = [f"found by {n}: {np.mean([at <= n for at in found]):.2f}" for n in (60, 150)]
    return ", ".join([f"{len(records)} runs", *regrets, *shares])


def seeds_of(text: str) -> list[int]:
    """``0-9``, ``1,3,5`` or ``1-19:2`` (a step)."""
    found: list[int] = []
    for part in text.split(","):
        span, _, step = part.partition(":")
        first, _, last = span.partition("-")
        found += range(int(first), int(last or first) + 1, int(step or 1))
    return found


def measured(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One record per trial, seed by seed, so that the settings compared see equal conditions."""
    evaluator = benchmark(arguments.benchmark)
    for seed in seeds_of(arguments.seeds):
        for text in arguments.specs:
            yield {
                "benchmark": arguments.benchmark,
                "spec": text,
                "seed": seed,
                "budget": arguments.budget,
                **trial(evaluator, Spec.of(text), seed, arguments.budget),
            }


def main() -> None:
    """Measure, write every record as soon as it is there, and print the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="*", default=[""], help="name=value,...; '' is the default")
    parser.add_argument("--benchmark", default="nasbench201:cifar10")
    parser.add_argument("--seeds", default="0-9", help="0-9, 1,3,5 or 1-19:2")
    parser.add_argument("--budget", type=int, default=150)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    about = {
        "command": shlex.join(["python", "-m", "benchmarks.quality", *sys.argv[1:]]),
        "versions": versions(),
        "machine": machine(),
        **moment(),
    }
    found: dict[str, list[dict[str, Any]]] = {}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with arguments.output.open("a", encoding="utf-8") as file:
        for record in measured(arguments):
            write_line(file, record | about)
            found.setdefault(record["spec"], []).append(record)
    for text, records in found.items():
        sys.stdout.write(f"{json.dumps(text)}: {summary(records)}\n")


if __name__ == "__main__":
    main()
