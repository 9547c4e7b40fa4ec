"""Parts of a space within which an exponential kernel is a function of few numbers.

``k(x, x_i) = variance exp(a <D(x), D(x_i)> + g matches(x, x_i))`` where the kernel counts distances
and compares edge labels. The distance counts ``D`` take few values. With one model for each of them
the first factor is a constant, and the second a function of an integer (``nasgoat.mip.lookups``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import NotListableError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import (
    EdgeLabels,
    ExponentialKernel,
    ShortestPathLengths,
    counts_of,
)
from nasgoat.posterior import KernelPosterior, Posterior
from nasgoat.spaces import CellSpace, EdgeSets
from nasgoat.spaces.labellings import unlabelled
from nasgoat.spaces.listing import structures

MOST_SETS = 1 << 12  # edge sets of a space that is divided
MOST_PARTS = 32


def parts_of(posterior: Posterior, space: CellSpace) -> list[CellSpace]:
    """Spaces without common graphs that together hold those of a space of one node count.

    A space is divided by its distance counts where the kernel is exponential in these and in edge
    labels, and edge sets and counts are few; else it is returned as it is.
    """
    kernel = posterior.kernel if isinstance(posterior, KernelPosterior) else None
    if not isinstance(kernel, ExponentialKernel):
        return [space]
    lengths = [m for m in kernel.maps if isinstance(m, ShortestPathLengths)]
    labels = [m for m in kernel.maps if isinstance(m, EdgeLabels)]
    if not (lengths and labels and len(lengths) + len(labels) == len(kernel.maps)):
        return [space]
    n = space.sizes[0]
    try:
        edges = structures(space, n)
    except NotListableError:
        return [space]
    if not 0 < len(edges) <= MOST_SETS:
        return [space]
    batch: GraphBatch = unlabelled(edges)
    distances = np.concatenate([counts_of(m, batch) for m in lengths], axis=1)
    found, which = np.unique(distances, axis=0, return_inverse=True)
    if len(found) > MOST_PARTS:
        return [space]
    return [
        space.with_rules(_among(edges[which.ravel() == i], n), name=space.name)
        for i in range(len(found))
    ]


def _among(edges: NDArray[np.bool_], n: int) -> EdgeSets:
    sets = [tuple(map(tuple, np.argwhere(matrix).tolist())) for matrix in edges]
    return EdgeSets(n, tuple(sets))
