"""Files of NAS-Bench-201 and NATS-Bench: dicts as their classes save them, in every wrapping."""

from __future__ import annotations

import bz2
import io
import pickle
import tarfile
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.official201 import arch_results

TEXTS = (
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
    "|none~0|+|skip_connect~0|nor_conv_1x1~1|+|nor_conv_3x3~0|avg_pool_3x3~1|none~2|",
)
CODES = ((4, 2, 1, 2, 1, 1), (3, 3, 3, 1, 3, 3), (0, 0, 0, 0, 0, 0), (0, 1, 2, 3, 4, 0))
SEEDS = {200: ((777, 888, 999), (777,), (888, 999), (777, 888, 999)), 12: ((111, 777),) * 4}


def benchmark(keys: tuple[str, str], weights: Any = None) -> dict[str, Any]:
    """The dict of a whole benchmark; ``keys`` name the recipes of 12 and of 200 epochs."""
    rng = np.random.default_rng(0)
    infos = {
        index: OrderedDict(
            (
                key,
                arch_results(index, TEXTS[index], (epochs, SEEDS[epochs][index]), rng, weights),
            )
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
