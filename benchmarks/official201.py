"""Made-up trainings of NAS-Bench-201, as dicts that its classes save."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

SETS = {  # measured after every epoch, and after the last one only
    "cifar10-valid": (("x-valid",), ("ori-test",)),
    "cifar10": (("ori-test",), ()),
    "cifar100": (("ori-test",), ("x-valid", "x-test")),
    "ImageNet16-120": (("ori-test",), ("x-valid", "x-test")),
}


def result(
    dataset: str, seed: int, epochs: int, rng: np.random.Generator, weights: Any = None
) -> dict[str, Any]:
    """The ``__dict__`` of a ResultsCount, in the order in which its class makes it."""

    def curve(last: float) -> OrderedDict[int, float]:
        return OrderedDict(enumerate([*rng.uniform(0, 100, epochs - 1).tolist(), last]))

    every, once = SETS[dataset]
    accuracies, losses, times = {}, {}, {}
    for name in every + once:
        for epoch in range(epochs) if name in every else (epochs - 1,):
            accuracies[f"{name}@{epoch}"] = float(rng.uniform(10, 95))
            losses[f"{name}@{epoch}"] = float(rng.uniform(0, 2))
    seconds = float(rng.uniform(5, 30))
    for name in every + once:
        for epoch in range(epochs):
            times[f"{name}@{epoch}"] = seconds / 3
    return {
        "name": dataset,
        "net_state_dict": copy.deepcopy(weights),
        "train_acc1es": curve(99.0),
        "train_acc5es": curve(100.0),
        "train_losses": curve(0.1),
        "train_times": OrderedDict.fromkeys(range(epochs), seconds),
        "arch_config": {"channel": 16, "num_cells": 5, "arch_str": "-", "class_num": 10},
        "params": np.float64(rng.uniform(0.1, 1.5)),
        "flop": float(rng.uniform(10, 200)),
        "seed": str(seed),
        "epochs": epochs,
        "latency": [float(rng.uniform(0.01, 0.03))],
        "eval_names": list(every + once),
        "eval_acc1es": accuracies,
        "eval_times": times,
        "eval_losses": losses,
    }


def arch_results(
    index: int,
    text: str,
    trainings: tuple[int, Sequence[int]],
    rng: np.random.Generator,
    weights: Any = None,
) -> dict[str, Any]:
    """The state of an ArchResults.

    Args:
        index: of the architecture.
        text: its string.
        trainings: number of epochs, and the seeds.
        rng: draws the numbers.
        weights: of the trained networks; None to save none.
    """
    epochs, seeds = trainings
    return {
        "arch_index": index,
        "arch_str": text,
        "all_results": {
            (dataset, seed): result(dataset, seed, epochs, rng, weights)
            for seed in seeds
            for dataset in SETS
        },
        "dataset_seed": {dataset: list(seeds) for dataset in SETS},
        "clear_net_done": weights is None,
    }
