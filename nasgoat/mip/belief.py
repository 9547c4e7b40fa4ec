"""A posterior as expressions: what objectives are made of.

``encode_belief(posterior, block, counts)`` returns a ``Belief``, which writes the rows of a mean or
a deviation onto the block when it is first asked for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Protocol

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.curves import Curve, Cut
from nasgoat.mip.handles import Term
from nasgoat.mip.majorant import Diagonal
from nasgoat.posterior import Posterior

Floats = NDArray[np.float64]


class Belief(Protocol):
    """The mean and the deviation of a posterior, in its unit."""

    def mean(self) -> Term:
        """At most the posterior mean, and equal to it at a graph that has its tangents."""

    def deviation(self) -> Term:
        """At least the posterior deviation, and equal to it at a graph that has its tangents."""

    @property
    def curves(self) -> Sequence[Curve]:
        """The rows that are not linear, of what was asked for so far."""

    def arguments(self, batch: GraphBatch) -> Floats:
        """``(N, len(curves))``, the argument of every curve at given graphs."""

    def first_cuts(self, batch: GraphBatch, tangents: int, root_tangents: int) -> list[Cut]:
        """Tangents to begin with.

        Args:
            batch: graphs of the model's node count, as typical as there are.
            tangents: how many over the range of a curve's argument.
            root_tangents: how many for the root, whose range covers magnitudes.
        """

    def refine(self, batch: GraphBatch, *, lightly: bool = False) -> bool:
        """Rewrite what tangents alone cannot make exact at some graphs.

        Args:
            batch: the graphs.
            lightly: whether to add but a row or two per graph, and no variables.

        Returns:
            Whether rows or variables of the block changed, so that the model must be compiled anew.
        """


@singledispatch
def encode_belief(
    posterior: Posterior,
    block: pyo.Block,
    counts: CountHandles,
    diagonal: Diagonal = "least",
    *,
    lookups: bool = True,
) -> Belief:
    """Encode a posterior over the counts of its kernel.

    Args:
        posterior: what is encoded.
        block: for the rows.
        counts: of the kernel's feature maps.
        diagonal: what bounds the variance of a linear kernel (docs/math.md, 6.3).
        lookups: whether the exponents of an exponential kernel may be numbers of matches (6.9).

    Raises:
        NoEncodingError: the posterior has no MIP form.
    """
    del block, counts, diagonal, lookups
    msg = (
        f"a {type(posterior).__name__} has no MIP form: use --kernel linear, or --optimizer "
        "exhaustive for a space that can be listed"
    )
    raise NoEncodingError(msg)
