"""All cells of NAS-Bench-101, made once and kept in the user's cache directory."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import nasbench101
from nasgoat.spaces.nb101 import MAX_NODES, module_hashes, official_forms, parameters
from nasgoat.tabular.compact.arrays import read_arrays
from nasgoat.tabular.compact.nasbench101 import SIZE, cells_of

VERSION = 1  # of the file; raise it whenever the arrays change their meaning
FILENAME = f"nasbench101-cells-v{VERSION}.npz"
ABSENT = 3  # the operation of a node that is not there


@dataclass(frozen=True, slots=True, eq=False)
class Cells101:
    """The cells of NAS-Bench-101, by ascending hash, numbered as its files do.

    Args:
        hashes: ``(N, 16)``, module hashes.
        cells: ``N`` cells of 2 to 7 nodes.
        parameters: ``(N,)``, trainable parameters.
    """

    hashes: NDArray[np.uint8]
    cells: GraphBatch
    parameters: NDArray[np.int64]

    @classmethod
    def of(cls, batch: GraphBatch) -> Self:
        """Hash, number, count and sort given cells; some 90 microseconds a cell."""
        hashes = module_hashes(batch)
        order = np.lexsort(hashes.T[::-1])
        return cls(hashes[order], official_forms(batch.take(order)), parameters(batch)[order])

    @classmethod
    def read(cls, path: Path, size: int) -> Self:
        """Read what ``write`` wrote.

        Raises:
            BadDataError: the file is damaged, or does not hold ``size`` cells.
        """
        arrays = read_arrays(path, "module_hash", "num_vertices", "edges", "ops", "params")
        hashes, params = arrays["module_hash"], arrays["params"]
        if hashes.shape != (size, 16) or any(len(array) != size for array in arrays.values()):
            msg = f"{path} does not hold {size:,} cells"
            raise BadDataError(msg)
        cells = cells_of(arrays["num_vertices"], arrays["edges"], arrays["ops"])
        return cls(hashes, cells, params.astype(np.int64))

    def write(self, path: Path) -> None:
        """Write the cells; an existing file is replaced only when the new one is complete.

        Raises:
            OSError: the file cannot be written.
        """
        cells = self.cells.padded(MAX_NODES)
        heads, tails = np.tril_indices(MAX_NODES, -1)  # bit x + y (y - 1) / 2 is the edge x -> y
        bits = cells.adjacency[:, tails, heads].astype(np.uint32) << np.arange(len(tails))
        labels = cells.node_labels[:, 1:-1].astype(np.int64)
        is_op = (labels >= 1) & (labels <= ABSENT)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with partial.open("wb") as file:
                np.savez(
                    file,
                    module_hash=self.hashes,
                    num_vertices=cells.sizes.astype(np.uint8),
                    edges=bits.sum(axis=1).astype(np.uint32),
                    ops=np.where(is_op, labels - 1, ABSENT).astype(np.uint8),
                    params=self.parameters,
                )
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def nasbench101_cells(folder: Path | None = None) -> Cells101:
    """All 423,624 cells, with their official hashes and parameters.

    The first call makes them, which takes about a minute, and keeps them in a file of 15 MB;
    later calls read it in a quarter of a second. A damaged file is made anew; where none can be
    written, every call makes the cells.

    Args:
        folder: where the file is kept; None for the user's cache directory.
    """
    path = (folder or user_cache_path("nasgoat")) / FILENAME
    with suppress(BadDataError, OSError):
        return Cells101.read(path, SIZE)
    found = Cells101.of(nasbench101(range(2, MAX_NODES + 1)).listing())
    with suppress(OSError):
        found.write(path)
    return found
