"""Arrays of ``.npz`` files, without unpickling."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError

# what numpy raises for archives that are damaged, encrypted or compressed in another way
DAMAGED = (ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


def read_arrays(path: Path, *names: str) -> dict[str, NDArray[Any]]:
    """The named arrays of a file; their first axes are equally long.

    Raises:
        BadDataError: the file is no archive of arrays, lacks one, or their lengths differ.
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in names}
    except DAMAGED as error:
        msg = f"{path} does not hold the arrays {', '.join(names)}: {error}"
        raise BadDataError(msg) from error
    lengths = {name: len(array) if array.ndim else 0 for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        msg = f"{path} holds arrays of different lengths: {lengths}"
        raise BadDataError(msg)
    return arrays
