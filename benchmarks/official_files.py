"""Writers of made-up files in the official formats, of any number of architectures."""

from __future__ import annotations

import base64
import bz2
import io
import itertools
import json
import pickle
import struct
import tarfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.official201 import arch_results
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import nasbench101
from nasgoat.spaces.nb101 import module_hashes, parameters, to_spec
from nasgoat.tabular.importers.crc32c import crc32c, masked

EPOCHS101 = {"only108": (108,), "full": (4, 12, 36, 108)}
SMALL = 2_532  # cells of up to five nodes, which are listed in a moment
OPS201 = ("avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3", "none", "skip_connect")


def write_101(path: Path, cells: int, epochs: tuple[int, ...]) -> None:
    """A TFRecord file of NAS-Bench-101: three trainings of each cell and number of epochs."""
    rng = np.random.default_rng(0)
    listing = nasbench101(range(2, 6) if cells <= SMALL else range(2, 8)).listing()
    batch = listing.take(np.sort(rng.permutation(len(listing))[:cells]))
    with path.open("wb") as file:
        for start in range(0, len(batch), 1000):
            part = batch.take(slice(start, start + 1000))
            data = list(_records(part, epochs, rng))
            headers = [struct.pack("<Q", len(record)) for record in data]
            sums = masked(crc32c(headers)), masked(crc32c(data))
            for header, record, of_header, of_record in zip(headers, data, *sums, strict=True):
                file.write(header + struct.pack("<I", of_header) + record)
                file.write(struct.pack("<I", of_record))


def _records(
    batch: GraphBatch, epochs: tuple[int, ...], rng: np.random.Generator
) -> Iterator[bytes]:
    hashes, counts = module_hashes(batch), parameters(batch).tolist()
    for i, graph in enumerate(batch):
        matrix, ops = to_spec(graph)
        adjacency = "".join(map(str, matrix.ravel().tolist()))
        for e in epochs:
            for _ in range(3):
                numbers = rng.uniform(0, 1, (3, 5)).tolist()
                metrics = base64.b64encode(_metrics(numbers, counts[i])).decode()
                record = [hashes[i].tobytes().hex(), e, adjacency, ",".join(ops), metrics]
                yield json.dumps(record).encode()


def _metrics(evaluations: list[list[float]], parameters: int) -> bytes:
    """A ModelMetrics message: three evaluations, the parameters, the total time."""
    parts = []
    for numbers in evaluations:
        body = b"".join(
            struct.pack("<Bd", (field << 3) | 1, number) for field, number in enumerate(numbers, 1)
        )
        parts.append(bytes((0x0A, len(body))) + body)
    varint = b""
    while parameters >= 0x80:
        varint += bytes((0x80 | (parameters & 0x7F),))
        parameters >>= 7
    return b"".join([*parts, b"\x10" + varint + bytes((parameters,)), struct.pack("<Bd", 0x19, 1)])


def _texts(cells: int) -> list[str]:
    """The strings of the first cells of NAS-Bench-201, in some order."""
    form = "|{}~0|+|{}~0|{}~1|+|{}~0|{}~1|{}~2|"
    return [
        form.format(*ops) for ops in itertools.islice(itertools.product(OPS201, repeat=6), cells)
    ]


def _architectures(
    texts: list[str], keys: tuple[str, str]
) -> Iterator[tuple[int, OrderedDict[str, Any]]]:
    """Trainings with 1 to 3 seeds, 2.35 on average as in the official files (2.37)."""
    rng = np.random.default_rng(0)
    for index, text in enumerate(texts):
        count = 1 if index % 20 < 3 else 2 if index % 20 < 10 else 3
        recipes = ((12, (111, 777)), (200, (777, 888, 999)[:count]))
        yield (
            index,
            OrderedDict(
                (key, arch_results(index, text, recipe, rng))
                for key, recipe in zip(keys, recipes, strict=True)
            ),
        )


def write_201(path: Path, cells: int, *, zipped: bool) -> None:
    """A file of torch.save; the whole of it is in memory while it is written."""
    import torch  # noqa: PLC0415

    texts = _texts(cells)
    whole = {
        "meta_archs": texts,
        "total_archs": cells,
        "arch2infos": dict(_architectures(texts, ("less", "full"))),
        "evaluated_indexes": set(range(cells)),
    }
    torch.save(whole, path, _use_new_zipfile_serialization=zipped)


def write_nats(path: Path, cells: int) -> None:
    """A tar file of compressed pickles."""
    texts = _texts(cells)
    meta = {"meta_archs": texts, "total_archs": cells, "arch2infos": None}
    members = ((f"{index:06d}", value) for index, value in _architectures(texts, ("12", "200")))
    with tarfile.open(path, "w") as archive:
        for name, value in itertools.chain(members, [("meta", meta)]):
            data = bz2.compress(pickle.dumps(value, protocol=4))
            info = tarfile.TarInfo(f"NATS-tss-v1_0-3ffb9-simple/{name}.pickle.pbz2")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


WRITERS: dict[tuple[str, str], Callable[[Path, int], None]] = {
    ("nasbench101", "only108"): lambda path, cells: write_101(path, cells, EPOCHS101["only108"]),
    ("nasbench101", "full"): lambda path, cells: write_101(path, cells, EPOCHS101["full"]),
    ("nasbench201", "legacy"): lambda path, cells: write_201(path, cells, zipped=False),
    ("nasbench201", "zip"): lambda path, cells: write_201(path, cells, zipped=True),
    ("nasbench201", "nats"): write_nats,
}
