"""``python -m benchmarks.live``: what an evaluation of the live benchmarks takes and tells.

    python -m benchmarks.live digits:nasbench201 --against nasbench201:cifar10
    python -m benchmarks.live digits:nasbench101 --cells 20 --seeds 0

Trains random cells, once per seed. Prints one JSON object: processor seconds of an evaluation, the
validation errors, and rank correlations (Spearman) between seeds, between validation and test, and
with the values of the same cells in a table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.machine import machine, moment, versions
from nasgoat.errors import NasgoatError
from nasgoat.graphs import LabeledGraph
from nasgoat.tabular import Evaluator, benchmark

Floats = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON object; return 1 where a benchmark cannot be loaded."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.live",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("benchmark", help="a family of trainings, without settings")
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--epochs", type=int, help="default: the benchmark's own")
    parser.add_argument("--against", help="a table of the same cells")
    parser.add_argument("--data", type=Path, help="directory with that table")
    options = parser.parse_args(arguments)
    epochs = "" if options.epochs is None else f",epochs={options.epochs}"
    try:
        trainings = [
            benchmark(f"{options.benchmark}@device=cpu,seed={seed}{epochs}")
            for seed in options.seeds
        ]
        table = None if options.against is None else benchmark(options.against, options.data)
    except NasgoatError as error:
        print(error, file=sys.stderr)
        return 1
    cells = _draw(trainings[0], options.cells)
    where = {"benchmark": options.benchmark, "machine": machine(), **versions(), **moment()}
    print(json.dumps({**where, **measure(trainings, cells, table)}))
    return 0


def measure(
    trainings: Sequence[Evaluator], cells: Sequence[LabeledGraph], table: Evaluator | None
) -> dict[str, Any]:
    """Evaluate cells by the same benchmark with other seeds."""
    seconds, errors, tested = (np.zeros((len(trainings), len(cells))) for _ in range(3))
    for i, evaluate in enumerate(trainings):
        for j, cell in enumerate(cells):
            began = time.process_time()
            observation = evaluate(cell)
            seconds[i, j] = time.process_time() - began
            errors[i, j] = observation.value
            assert observation.test_value is not None
            tested[i, j] = observation.test_value
    found: dict[str, Any] = {
        "cells": len(cells),
        "first_seconds": float(seconds[0, 0]),  # with what a process loads once
        "median_seconds": float(np.median(seconds)),
        "errors": np.quantile(errors, [0, 0.5, 1]).tolist(),
        "between_seeds": [_rank(one, other) for one, other in combinations(errors, 2)],
        "with_test": [_rank(one, other) for one, other in zip(errors, tested, strict=True)],
    }
    if table is not None:
        known = np.array([table(cell).value for cell in cells])
        found["with_table"] = [_rank(one, known) for one in errors]
    return found


def _draw(evaluator: Evaluator, count: int) -> list[LabeledGraph]:
    rng = np.random.default_rng(0)
    return [evaluator.space.sample(rng) for _ in range(count)]


def _rank(one: Floats, other: Floats) -> float:
    return float(spearmanr(one, other).statistic)


if __name__ == "__main__":
    sys.exit(main())
