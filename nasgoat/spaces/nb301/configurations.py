"""NAS-Bench-301's configurations: dicts of hyperparameters, and the vectors that its models read.

Node ``j`` of a cell, from 3 on, has a hyperparameter for its pair of inputs; node 2 takes both
inputs of the cell. Edge ``i -> j`` has the number ``(j - 2) (j + 1) / 2 + i`` and a hyperparameter
for its operation, which is active iff ``i`` is one of the inputs of ``j``.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import log

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces.nb301.cells import CELL, NODES, Integers, cells_of, graphs_of
from nasgoat.spaces.presets import DARTS_OPS

Floats = NDArray[np.float64]

PREFIX = "NetworkSelectorDatasetInfo:darts:"
CELLS = ("normal", "reduce")
EDGES = [(i, j) for j in range(2, CELL) for i in range(j)]
PAIRS = {j: list(combinations(range(j), 2)) for j in range(2, CELL)}
INACTIVE = -1.0  # stands for the NaN of an inactive hyperparameter


def _of_integer(value: int, low: int, high: int, *, on_log_scale: bool = False) -> float:
    """Where ConfigSpace puts an integer in [0, 1]: the range is widened by almost a half."""
    numbers = (float(value), low - 0.49999, high + 0.49999)
    x, a, b = (log(number) if on_log_scale else number for number in numbers)
    return (x - a) / (b - a)


# Hyperparameters of the training, as ConfigSpace 0.4 writes the values that all queries share:
# choices by their number, constants as 0, ranges scaled to [0, 1], normal ones by their logarithm.
TRAINING = {
    "CreateImageDataLoader:batch_size": _of_integer(96, 64, 128, on_log_scale=True),
    "ImageAugmentation:augment": 0.0,
    "ImageAugmentation:autoaugment": 0.0,
    "ImageAugmentation:cutout": 0.0,
    "ImageAugmentation:cutout_holes": _of_integer(1, 1, 3),
    "ImageAugmentation:cutout_length": _of_integer(16, 1, 50),
    "ImageAugmentation:fastautoaugment": 0.0,
    "LossModuleSelectorIndices:loss_module": 0.0,
    f"{PREFIX}auxiliary": 0.0,
    f"{PREFIX}drop_path_prob": 0.0,
    f"{PREFIX}init_channels": _of_integer(32, 1, 10_000),
    f"{PREFIX}layers": _of_integer(8, 1, 10_000),
    "NetworkSelectorDatasetInfo:network": 0.0,
    "OptimizerSelector:optimizer": 0.0,
    "OptimizerSelector:sgd:learning_rate": log(0.025),
    "OptimizerSelector:sgd:momentum": (0.9 - 0.1) / (0.99 - 0.1),
    "OptimizerSelector:sgd:weight_decay": log(0.0003),
    "SimpleLearningrateSchedulerSelector:cosine_annealing:T_max": _of_integer(100, 1, 10_000),
    "SimpleLearningrateSchedulerSelector:cosine_annealing:eta_min": 1e-8 / 10_000,
    "SimpleLearningrateSchedulerSelector:lr_scheduler": 0.0,
    "SimpleTrainNode:batch_loss_computation_technique": 0.0,
    "SimpleTrainNode:mixup:alpha": (log(0.2) - log(0.01)) / (log(0.7) - log(0.01)),
}


def _edge(cell: str, number: int) -> str:
    return f"{PREFIX}edge_{cell}_{number}"


def _inputs(cell: str, node: int) -> str:
    return f"{PREFIX}inputs_node_{cell}_{node}"


# ConfigSpace sorts by name, conditional hyperparameters after all others.
CONDITIONAL = sorted(_edge(cell, number) for cell in CELLS for number in range(2, len(EDGES)))
HYPERPARAMETERS = (
    *sorted(
        [
            *TRAINING,
            *(_edge(cell, number) for cell in CELLS for number in range(2)),
            *(_inputs(cell, node) for cell in CELLS for node in range(3, CELL)),
        ]
    ),
    *CONDITIONAL,
)
COLUMN = {name: column for column, name in enumerate(HYPERPARAMETERS)}


def to_config(graph: LabeledGraph) -> dict[str, str]:
    """The configuration of a graph of ``darts()``: the active hyperparameters of its two cells.

    Raises:
        OutsideSpaceError: the graph is no pair of DARTS cells.
    """
    inputs, ops = cells_of(GraphBatch.of([graph]))
    config = {}
    for c, cell in enumerate(CELLS):
        for k in range(NODES):
            pair, node = inputs[0, c, k].tolist(), k + 2
            if node > 2:
                config[_inputs(cell, node)] = "_".join(map(str, pair))
            for i, op in zip(pair, ops[0, c, k].tolist(), strict=True):
                config[_edge(cell, EDGES.index((i, node)))] = DARTS_OPS[op]
    return config


def from_config(config: Mapping[str, object]) -> LabeledGraph:
    """The graph of ``darts()`` that a configuration stands for.

    Hyperparameters of the training, and operations of edges that are not there, are not read.

    Raises:
        OutsideSpaceError: a hyperparameter that is needed is missing or has an unknown value.
    """
    inputs = np.zeros((1, 2, NODES, 2), dtype=np.int64)
    ops = np.zeros_like(inputs)
    for c, cell in enumerate(CELLS):
        for k in range(NODES):
            node = k + 2
            choices = {"_".join(map(str, pair)): pair for pair in PAIRS[node]}
            name = _inputs(cell, node)
            pair = choices[_chosen(config, name, choices)] if node > 2 else (0, 1)
            inputs[0, c, k] = pair
            names = [_edge(cell, EDGES.index((i, node))) for i in pair]
            ops[0, c, k] = [DARTS_OPS.index(_chosen(config, edge, DARTS_OPS)) for edge in names]
    return graphs_of(inputs, ops)[0]


def _chosen(
    config: Mapping[str, object], name: str, choices: Mapping[str, object] | tuple[str, ...]
) -> str:
    value = config.get(name)
    if not isinstance(value, str) or value not in choices:
        msg = f"the hyperparameter {name} is one of {list(choices)}, got {value!r}"
        raise OutsideSpaceError(msg)
    return value


def config_vectors(batch: GraphBatch) -> Floats:
    """The vectors that NAS-Bench-301's models read: ConfigSpace's, with -1 for NaN.

    Args:
        batch: ``N`` graphs of ``darts()``.

    Returns:
        ``(N, 56)``, one column per name of ``HYPERPARAMETERS``: choices by their number, those of
        the training constant.

    Raises:
        OutsideSpaceError: a graph is no pair of DARTS cells.
    """
    inputs, ops = cells_of(batch)
    vectors = np.full((len(batch), len(HYPERPARAMETERS)), INACTIVE)
    for name, value in TRAINING.items():
        vectors[:, COLUMN[name]] = value
    for c, cell in enumerate(CELLS):
        columns = np.array([COLUMN[_edge(cell, number)] for number in range(len(EDGES))])
        for k in range(NODES):
            node = k + 2
            low, high = inputs[:, c, k].T
            if node > 2:
                vectors[:, COLUMN[_inputs(cell, node)]] = _rank_of_pair(low, high, node)
            first = EDGES.index((0, node))
            rows = np.arange(len(batch))[:, None]
            vectors[rows, columns[first + inputs[:, c, k]]] = ops[:, c, k]
    return vectors


def _rank_of_pair(low: Integers, high: Integers, node: int) -> Integers:
    """The place of pairs of inputs among all of a node."""
    ranks = np.zeros((node, node), dtype=np.int64)
    for rank, pair in enumerate(PAIRS[node]):
        ranks[pair] = rank
    return ranks[low, high]
