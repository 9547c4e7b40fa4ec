"""Files of NAS-Bench-201 and NATS-Bench: dicts as their classes save them, in every wrapping."""

from __future__ import annotations

import bz2
import copy
import io
import pickle
import tarfile
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

SETS = {  # measured after every epoch, and after the last one only
    "cifar10-valid": (("x-valid",), ("ori-test",)),
    "cifar10": (("ori-test",), ()),
    "cifar100": (("ori-test",), ("x-valid", "x-test")),
    "ImageNet16-120": (("ori-test",), ("x-valid", "x-test")),
}
TEXTS = (
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
    "|none~0|+|skip_connect~0|nor_conv_1x1~1|+|nor_conv_3x3~0|avg_pool_3x3~1|none~2|",
)
CODES = ((4, 2, 1, 2, 1, 1), (3, 3, 3, 1, 3, 3), (0, 0, 0, 0, 0, 0), (0, 1, 2, 3, 4, 0))
SEEDS = {200: ((777, 888, 999), (777,), (888, 999), (777, 888, 999)), 12: ((111, 777),) * 4}


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
    index: int, epochs: int, rng: np.random.Generator, weights: Any = None
) -> dict[str, Any]:
    """The state of an ArchResults."""
    seeds = SEEDS[epochs][index % len(TEXTS)]
    return {
        "arch_index": index,
        "arch_str": TEXTS[index],
        "all_results": {
            (dataset, seed): result(dataset, seed, epochs, rng, weights)
            for seed in seeds
            for dataset in SETS
        },
        "dataset_seed": {dataset: list(seeds) for dataset in SETS},
        "clear_net_done": weights is None,
    }


def benchmark(keys: tuple[str, str], weights: Any = None) -> dict[str, Any]:
    """The dict of a whole benchmark; ``keys`` name the recipes of 12 and of 200 epochs."""
    rng = np.random.default_rng(0)
    infos = {
        index: OrderedDict(
            (key, arch_results(index, epochs, rng, weights))
            for key, epochs in zip(keys, (12, 200), strict=True)
        )
        for index in range(len(TEXTS))
    }
    return {
        "meta_archs": list(TEXTS),
        "total_archs": len(TEXTS),
        "arch2infos": infos,
        "evaluated_indexes": set(range(len(TEXTS))),
    }


def nasbench201(weights: Any = None) -> dict[str, Any]:
    return benchmark(("less", "full"), weights)


def nats() -> dict[str, Any]:
    return benchmark(("12", "200"))


def nats_members(whole: dict[str, Any]) -> list[tuple[str, Any]]:
    """Name and object of each member of the tar file, the list of architectures last."""
    members = [(f"{index:06d}", infos) for index, infos in whole["arch2infos"].items()]
    return [*members, ("meta", {**whole, "arch2infos": None, "evaluated_indexes": set()})]


def write_tar(path: Path, members: Iterable[tuple[str, Any]]) -> None:
    """Write pickles of protocol 4, compressed, as NATS-Bench does."""
    with tarfile.open(path, "w") as archive:
        for name, value in members:
            content = value if isinstance(value, bytes) else pickle.dumps(value, protocol=4)
            data = bz2.compress(content)
            info = tarfile.TarInfo(f"NATS-tss-v1_0-3ffb9-simple/{name}.pickle.pbz2")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
