"""The strings by which NAS-Bench-201 names a cell.

``|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|``: for each node but the
first the operations on the edges that lead to it, and the nodes where these begin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.spaces import NASBENCH201_OPS

OPS = ("none", *NASBENCH201_OPS)
_EDGE = r"([a-z0-9_]+)~{}\|"
PATTERN = re.compile(
    r"\|" + _EDGE.format(0)
    + r"\+\|" + _EDGE.format(0) + _EDGE.format(1)
    + r"\+\|" + _EDGE.format(0) + _EDGE.format(1) + _EDGE.format(2)
)  # fmt: skip


def codes_of(texts: Sequence[str]) -> NDArray[np.int64]:
    """Operation codes of cells.

    Args:
        texts: ``N`` strings.

    Returns:
        ``(N, 6)``, the codes of the edges 0-1, 0-2, 1-2, 0-3, 1-3, 2-3: 0 for none, else 1 + the
        place in ``NASBENCH201_OPS``.

    Raises:
        BadDataError: a string is not of this form, or has another operation.
    """
    codes = np.empty((len(texts), 6), dtype=np.int64)
    for row, text in enumerate(texts):
        found = PATTERN.fullmatch(text)
        if found is None or not set(found.groups()) <= set(OPS):
            msg = f"{text!r} names no cell of NAS-Bench-201"
            raise BadDataError(msg)
        codes[row] = [OPS.index(name) for name in found.groups()]
    return codes
