"""The architectures of a benchmark, with their values where a table or a predictor has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.graphs import GraphBatch
from nasgoat.spaces import SearchSpace, TableSpace
from nasgoat.tabular import Evaluator, TableEvaluator, benchmark
from nasgoat.tabular.predicted import PredictedEvaluator
from nasgoat_models.complexity import complexity
from nasgoat_models.graphs import GraphTensors

HELD_OUT = 0.1  # of the architectures, unless the table says which are
TEST_COLUMN = "in_test_set"  # D-VAE's own split of the ENAS networks

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Architectures.

    Args:
        graphs: ``M`` of them, on the CPU.
        performance: ``(M,)``: 1 for the best value of the training set, 0 for its worst, NaN where
            the value is not known.
        complexity: ``(M,)``, scaled by the training set in the same way: 1 is the dearest.
    """

    graphs: GraphTensors
    performance: Tensor
    complexity: Tensor

    def to(self, device: torch.device) -> Part:
        """The same on a device."""
        values = (self.performance.to(device), self.complexity.to(device))
        return Part(self.graphs.to(device), *values)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A training set and a test set without common architectures.

    Args:
        evaluator: the benchmark.
        train: learnt.
        test: held out.
        spread: worst minus best value of the training set, in the benchmark's unit; NaN without
            values.
    """

    evaluator: Evaluator
    train: Part
    test: Part
    spread: float

    @property
    def space(self) -> SearchSpace:
        """Of the architectures."""
        return self.evaluator.space

    @property
    def rules(self) -> SearchSpace:
        """The same, or what a table with some members of a space has them from."""
        return self.space.cells if isinstance(self.space, TableSpace) else self.space


def load_dataset(name: str, most: int, seed: int, data: Path | None) -> Dataset:
    """The architectures of a benchmark, all there are or a sample.

    Args:
        name: of the benchmark; one that trains gives no values.
        most: architectures.
        seed: of the sample and of the split.
        data: directory with tables.

    Raises:
        ValueError: the space has cycles.
        MissingDataError: the table is not on this machine.
        UnknownNameError: there is no such benchmark.
    """
    evaluator = benchmark(name, data)
    rng = np.random.default_rng(seed)
    batch = _architectures(evaluator.space, most, rng)
    held_out = _held_out(evaluator, batch, rng)
    values, costs = values_of(evaluator, batch), complexity(evaluator.space, batch)
    learnt = values[~held_out & ~np.isnan(values)]
    span = (float(learnt.max()), float(learnt.min())) if len(learnt) else (np.nan, np.nan)
    cheapest, dearest = costs[~held_out].min(), costs[~held_out].max()
    graphs = GraphTensors.of(evaluator.space, batch)
    good = torch.from_numpy(_scaled(values, *span)).float()
    dear = torch.from_numpy(_scaled(costs, cheapest, dearest)).float()
    parts = []
    for rows in (np.flatnonzero(~held_out), np.flatnonzero(held_out)):
        chosen = torch.from_numpy(rows)
        parts.append(Part(graphs.take(chosen), good[chosen], dear[chosen]))
    return Dataset(evaluator, parts[0], parts[1], span[0] - span[1])


def values_of(evaluator: Evaluator, batch: GraphBatch) -> Floats:
    """``(N,)``: values where they cost nothing, else NaN."""
    if isinstance(evaluator, PredictedEvaluator):
        return evaluator.predictor.mean_and_std(batch)[0]
    values = np.full(len(batch), np.nan)
    if isinstance(evaluator, TableEvaluator):
        rows = evaluator.rows(batch)
        values[rows >= 0] = evaluator.query(rows[rows >= 0])
    return values


def _architectures(space: SearchSpace, most: int, rng: np.random.Generator) -> GraphBatch:
    if space.is_listable() and len(listing := space.listing()) <= most:
        return listing
    drawn = space.samples(most, rng)
    _, first = np.unique(space.keys(drawn), return_index=True)
    return drawn.take(np.sort(first))


def _held_out(
    evaluator: Evaluator, batch: GraphBatch, rng: np.random.Generator
) -> NDArray[np.bool_]:
    if isinstance(evaluator, TableEvaluator) and TEST_COLUMN in evaluator.table.metrics:
        return evaluator.table.metrics[TEST_COLUMN].mean[evaluator.rows(batch)] > 0
    held_out = np.zeros(len(batch), dtype=np.bool_)
    held_out[rng.permutation(len(batch))[: round(HELD_OUT * len(batch))]] = True
    return held_out


def _scaled(values: Floats, zero: float, one: float) -> Floats:
    """0 at ``zero``, 1 at ``one``, linear between and cut off beyond."""
    width = one - zero
    return np.clip((values - zero) / (width if width else 1.0), 0.0, 1.0)
