"""``python -m benchmarks.sample_surrogate``: how good ``nasbench301-sample-surrogate`` is.

Repeated five-fold cross-validation on the sample that it is fitted to: Kendall's tau between
predictions and values that were left out, and the root mean squared error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from nasgoat.errors import NasgoatError
from nasgoat.graphs import GraphBatch
from nasgoat.tabular.nasbench301 import SampleSurrogate, sample

FOLDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON object; return 1 where the sample is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sample_surrogate")
    parser.add_argument("--data", type=Path, help="directory with the sample")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    try:
        graphs, values = sample(options.data)
    except NasgoatError as error:
        print(error, file=sys.stderr)
        return 1
    rng = np.random.default_rng(0)
    scores = [
        score for _ in range(options.repeats) for score in cross_validated(graphs, values, rng)
    ]
    tau, rmse = np.mean(scores, axis=0)
    spread = float(np.std(scores, axis=0)[0])
    found = {"rows": len(values), "kendall_tau": tau, "tau_std_over_folds": spread, "rmse": rmse}
    print(json.dumps({**found, "std_of_values": float(values.std())}))
    return 0


def cross_validated(
    graphs: GraphBatch, values: NDArray[np.float64], rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Kendall's tau and the root mean squared error on each of the folds, in % of accuracy."""
    fold = rng.permutation(len(values)) % FOLDS
    scores = []
    for k in range(FOLDS):
        held, rest = fold == k, fold != k
        surrogate = SampleSurrogate.of(graphs.take(rest), values[rest])
        predicted, _ = surrogate.mean_and_std(graphs.take(held))
        tau = float(kendalltau(predicted, values[held]).statistic)
        scores.append((tau, float(np.sqrt(np.mean((predicted - values[held]) ** 2)))))
    return scores


if __name__ == "__main__":
    sys.exit(main())
