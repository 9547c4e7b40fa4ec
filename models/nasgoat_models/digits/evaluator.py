"""The evaluator: a cell in, an observation out."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

import torch

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace
from nasgoat_models.digits.data import CLASSES
from nasgoat_models.digits.network import (
    MakeStage,
    Network,
    count_multiply_adds,
    count_parameters,
)
from nasgoat_models.digits.settings import Training
from nasgoat_models.digits.train import train

CHANCE = 100.0 - 100.0 / CLASSES  # error of a network that has learnt nothing, %


@dataclass(frozen=True, slots=True)
class DigitsEvaluator:
    """Trains a cell on the handwritten digits (see ``nasgoat.tabular.base.Evaluator``).

    A cell gets the same observation every time, but for the seconds, and so do isomorphic cells of
    NAS-Bench-101: weights and order of the images are drawn by a generator that is seeded by
    ``training.seed`` and the cell's key in its space.

    Args:
        name: of the benchmark, its settings included.
        space: where to search.
        stage: makes a part of the network of a cell of the space.
        training: how to train.
    """

    name: str
    space: CellSpace
    stage: MakeStage
    training: Training = field(default_factory=Training)

    objective: ClassVar[str] = "validation error on handwritten digits, %"
    optimum: ClassVar[None] = None  # nobody has trained them all

    def __call__(self, graph: LabeledGraph) -> Observation:
        """Train one cell.

        The metrics are ``params_M`` and ``flops_M``, millions of trainable parameters and of
        multiply-adds per image, and ``diverged``: 1 if the loss was infinite or NaN, in which case
        both errors are those of guessing, 90 %; else 0.

        Raises:
            OutsideSpaceError: the graph breaks a rule of the space.
            ValueError: the settings name a device that is not there.
        """
        key = self.space.key(self.space.require(graph))
        with torch.random.fork_rng(devices=[]):  # layers draw weights, which nobody will use
            network = Network(graph, self.training.channels, self.stage)
        digest = sha256(f"{self.training.seed}:{key}".encode()).digest()
        outcome = train(network, self.training, int.from_bytes(digest[:4], "big"))
        diverged = outcome.validation_error is None or outcome.test_error is None
        metrics = {
            "params_M": count_parameters(network) / 1e6,
            "flops_M": count_multiply_adds(network) / 1e6,
            "diverged": float(diverged),
        }
        value = CHANCE if outcome.validation_error is None else outcome.validation_error
        test = CHANCE if outcome.test_error is None else outcome.test_error
        return Observation(graph, value, test, metrics, outcome.seconds)
