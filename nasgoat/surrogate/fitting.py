"""What the fits of all Gaussian processes have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.surrogate.hyperparameters import Hyperparameters, Structure, Trainer
from nasgoat.surrogate.ranges import Range
from nasgoat.surrogate.transforms import TargetTransform, checked_targets

Floats = NDArray[np.float64]


def check_settings(noise: Range | float, restarts: int) -> None:
    """Refuse settings that no fit can use.

    Raises:
        ValueError: a fixed noise that is not positive, or fewer than 0 restarts.
    """
    if not isinstance(noise, Range) and not 0 < noise < math.inf:
        msg = f"a fixed noise variance is a positive number, got {noise}"
        raise ValueError(msg)
    if restarts < 0:
        msg = f"the number of restarts is at least 0, got {restarts}"
        raise ValueError(msg)


def data_of(
    graphs: Sequence[LabeledGraph], targets: Sequence[float], transform: TargetTransform
) -> tuple[GraphBatch, Floats]:
    """A batch of the evaluated graphs, and their transformed targets ``(T,)``.

    Raises:
        BadDataError: no data, unequal lengths, or targets that are NaN, infinite or outside the
            transform's domain.
    """
    observed = GraphBatch.of(graphs)
    values = checked_targets(targets)
    if len(values) == 0 or len(values) != len(observed):
        msg = f"a fit needs data: got {len(observed)} graphs and {len(values)} targets"
        raise BadDataError(msg)
    return observed, transform.transform(values)


def trained(
    trainer: Trainer,
    structure: Structure,
    blocks: Sequence[Floats],
    outputs: Floats,
    restarts: int,
    seed: int,
) -> Hyperparameters:
    """The hyperparameters of largest marginal likelihood among those found.

    Equal outputs (a single observation, for one) say nothing about the hyperparameters, which then
    keep their initial values.

    Args:
        trainer: finds them.
        structure: what is trained.
        blocks: scaled features ``(T, F_g)`` of each map.
        outputs: ``(T,)``, transformed targets.
        restarts: number of random starts after the one from the initial values.
        seed: of the random starts.

    Raises:
        BadDataError: the likelihood is not finite at any point tried.
    """
    if outputs.min() == outputs.max():
        return structure.initial
    return trainer.train(structure, blocks, outputs, restarts, np.random.default_rng(seed))


def compressed(phi: Floats) -> Floats:
    """``(T, F)`` to ``(T, min(T, F))`` with the same inner products: ``phi phi' = R' R``.

    Kernels see features through inner products only, and there are often ten times as many features
    as observations.
    """
    if phi.shape[1] <= phi.shape[0]:
        return phi
    _, triangle = np.linalg.qr(phi.T)
    return triangle.T
