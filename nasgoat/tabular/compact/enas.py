"""ENAS networks as arrays: ``enas6.npz``.

``adj``, ``(N, 8, 8)``; ``types``, ``(N, 8)``: 0 input, 1 output, 2 + k operation k of ``ENAS_OPS``;
``acc``, fractions; ``split``: -1 for the lines that D-VAE leaves out, 0 for its training set, 1 for
its test set.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import ENAS_OPS, enas
from nasgoat.tabular.compact.arrays import read_arrays
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers.enas import table_of


def read_enas(path: Path) -> TableData:
    """The networks of D-VAE's training and test set.

    Raises:
        BadDataError: the file is not what it should be.
    """
    arrays = read_arrays(path, "adj", "types", "acc", "split")
    kept = arrays["split"] >= 0
    types = arrays["types"][kept].astype(np.int64)
    label_of = np.array([0, len(ENAS_OPS) + 1, *range(1, len(ENAS_OPS) + 1)], dtype=np.int8)
    space = enas()
    n = space.sizes[0]
    if types.shape[1:] != (n,) or types.max(initial=0) >= len(label_of):
        msg = f"{path} holds no networks of {n - 2} layers"
        raise BadDataError(msg)
    count = len(types)
    batch = GraphBatch(
        np.full(count, n, dtype=np.int64),
        arrays["adj"][kept].astype(np.bool_),
        label_of[types],
        np.full((count, n, n), -1, dtype=np.int8),
    )
    if len(space.members(batch)) < count:
        msg = f"{path} holds graphs that are no ENAS networks: every layer feeds the next"
        raise BadDataError(msg)
    left_out = int((~kept).sum())
    in_test_set = (arrays["split"][kept] == 1).astype(np.float64)
    return table_of(batch, arrays["acc"][kept], in_test_set, path.name, left_out)
