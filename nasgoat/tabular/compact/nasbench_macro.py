"""NAS-Bench-Macro as arrays: ``nasbenchmacro.npz``.

``arch``, ``(N, 8)``: 0 identity, 1 MB3_K3, 2 MB6_K5; ``test_acc``, ``(N, 3)``, in %; ``params``;
``flops``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nasgoat.errors import BadDataError
from nasgoat.spaces import NASBENCH_MACRO_OPS
from nasgoat.tabular.compact.arrays import read_arrays
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers.nasbench_macro import LAYERS, graphs_of, header_of


def read_macro(path: Path) -> TableData:
    """All networks, three trainings each.

    Raises:
        BadDataError: the file is not what it should be.
    """
    arrays = read_arrays(path, "arch", "test_acc", "params", "flops")
    blocks = arrays["arch"].astype(np.int64)
    if blocks.shape[1:] != (LAYERS,) or not np.isin(blocks, range(len(NASBENCH_MACRO_OPS))).all():
        msg = f"{path} holds no networks of {LAYERS} blocks numbered 0 to 2"
        raise BadDataError(msg)
    columns = {
        "test_accuracy": arrays["test_acc"],
        "parameters": arrays["params"],
        "flops": arrays["flops"],
    }
    return TableData.of(header_of(len(blocks), path.name), graphs_of(blocks), columns)
