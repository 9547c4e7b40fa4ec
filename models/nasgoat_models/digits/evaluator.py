"""The evaluator: a cell in, an observation out."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

import torch

from nasgoat.graphs import GraphBatch, LabeledGraph
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

    Equal cells get equal observations, but for the seconds: the seed of a training is made of
    ``training.seed`` and the cell's key in its space, and what is trained is the one cell that
    stands for all of its isomorphic copies.

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
        cell = self.space.identity.representatives(GraphBatch.of([graph]))[0]
        with torch.device("meta"):  # nothing is drawn before there is a seed
            network = Network(cell, self.training.channels, self.stage)
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
