"""Neural networks over the counts as rows: a prediction minimised over graphs (docs/math.md, 6.12).

A unit ``z = relu(a)`` with ``low <= a <= high`` on every graph is

    Z1  z >= a,  z >= 0        Z2  z <= a - low (1 - on)        Z3  z <= high on,  on binary

Where ``low >= 0`` it is ``a``, where ``high <= 0`` it is 0. Units that the prediction cannot fall
with need Z1 alone: it holds ``z`` up, and the minimisation holds it down. In an input-convex
network these are all units, so that such a network adds no binaries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.mip.belief import encode_belief
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.curves import Curve, Cut
from nasgoat.mip.handles import Term
from nasgoat.mip.majorant import Diagonal
from nasgoat.mip.ranges import range_of, ranges
from nasgoat.networks import FeatureNetwork, Layer
from nasgoat.posterior import NetworkPosterior

Floats = NDArray[np.float64]

LARGEST = 1e5  # of a unit: HiGHS proves false bounds on rows of 1e8 (docs/solver.md)


class NetworkBelief:
    """The belief of networks: the mean of their predictions, and each of them.

    The expressions are at least what the networks say, and can be as low as that: they are to be
    minimised, or bounded from above.

    Args:
        posterior: what is encoded.
        block: for the rows; its model holds the counts and their graphs, and nothing else.
        counts: of the posterior's feature maps.
    """

    def __init__(self, posterior: NetworkPosterior, block: pyo.Block, counts: CountHandles) -> None:
        self.posterior, self.counts = posterior, counts
        self._block = block
        block.networks = pyo.Block(range(len(posterior.networks)))
        self._written: dict[int, Term] = {}

    def mean(self) -> Term:
        """See ``Belief``."""
        count = len(self.posterior.networks)
        return sum(self.member(i) for i in range(count)) / count

    def member(self, i: int) -> Term:
        """What network ``i`` predicts."""
        if i not in self._written:
            network = self.posterior.networks[i]
            self._written[i] = network_block(self._block.networks[i], network, self.counts)
        return self._written[i]

    def deviation(self) -> Term:
        """Not to be had.

        Raises:
            NoEncodingError: always; the deviation of networks is not concave in their predictions.
        """
        msg = (
            "the deviation of networks has no MIP form: use the acquisition function mean or "
            "thompson, or --optimizer exhaustive for a space that can be listed"
        )
        raise NoEncodingError(msg)

    @property
    def curves(self) -> Sequence[Curve]:
        """None: all rows are linear."""
        return ()

    def arguments(self, batch: GraphBatch) -> Floats:
        """See ``Belief``."""
        return np.zeros((len(batch), 0))

    def first_cuts(self, batch: GraphBatch, tangents: int, root_tangents: int) -> list[Cut]:
        """See ``Belief``."""
        del batch, tangents, root_tangents
        return []

    def refine(self, batch: GraphBatch, *, lightly: bool = False) -> bool:
        """Nothing to do: the rows are exact."""
        del batch, lightly
        return False


@encode_belief.register
def _(
    posterior: NetworkPosterior,
    block: pyo.Block,
    counts: CountHandles,
    diagonal: Diagonal = "least",
    *,
    lookups: bool = True,
) -> NetworkBelief:
    del diagonal, lookups
    return NetworkBelief(posterior, block, counts)


def network_block(block: pyo.Block, network: FeatureNetwork, counts: CountHandles) -> Term:
    """Write a network; return its output, to be minimised.

    Bounds on the units are the tighter ones of interval arithmetic and of linear programs over the
    model as far as it is written.

    Args:
        block: for the rows; its model holds the counts and their graphs, no rows that are not
            linear, and no objective.
        network: on the features of the counts.
        counts: of graphs of one node count.

    Raises:
        EmptySpaceError: the rows of the model contradict each other.
        NoEncodingError: a unit may be so large that no solver's bound could be trusted.
    """
    block.layers = pyo.Block(range(len(network.layers)))
    rising = network.rising
    z = _Units(terms=[], low=np.zeros(0), high=np.zeros(0))
    for i, layer in enumerate(network.layers):
        a = _pre_activations(block, layer, counts, z)
        _check_size(a)
        z = _relu_block(block.layers[i], a, rising[i].tolist())
    return _sums(network.output, counts, z)[0]


class _Units:
    """Terms and their ranges."""

    def __init__(self, terms: list[Term], low: Floats, high: Floats) -> None:
        self.terms, self.low, self.high = terms, low, high


def _sums(layer: Layer, counts: CountHandles, z: _Units) -> list[Term]:
    """``W z + S x + b``, the features ``x`` as the counts have them."""
    rows = layer.passed @ counts.J  # (m, C)
    terms = []
    for W, S, b in zip(layer.hidden.tolist(), rows, layer.bias.tolist(), strict=True):
        hidden = sum(w * unit for w, unit in zip(W, z.terms, strict=True) if w)
        terms.append(counts.total(S) + hidden + b)
    return terms


def _pre_activations(block: pyo.Block, layer: Layer, counts: CountHandles, z: _Units) -> _Units:
    terms = _sums(layer, counts, z)
    low, high = ranges(block.model(), counts, layer.passed @ counts.J)
    low, high = low + layer.bias, high + layer.bias
    if not z.terms:
        return _Units(terms, low, high)
    W = layer.hidden
    low = low + np.maximum(W, 0.0) @ z.low + np.minimum(W, 0.0) @ z.high
    high = high + np.maximum(W, 0.0) @ z.high + np.minimum(W, 0.0) @ z.low
    for i in np.flatnonzero((low < 0.0) & (high > 0.0)):  # the others are settled
        below, above = range_of(block.model(), terms[i])
        low[i], high[i] = max(low[i], below), min(high[i], above)
    return _Units(terms, low, np.maximum(low, high))


def _check_size(a: _Units) -> None:
    largest = float(max(-a.low.min(initial=0.0), a.high.max(initial=0.0)))
    if largest > LARGEST:
        msg = (
            f"a unit of the network may be {largest:.1e} on a graph, {LARGEST:.0e} is the most "
            "that solvers value well: train with a larger decay, or scale the weights"
        )
        raise NoEncodingError(msg)


def _relu_block(block: pyo.Block, a: _Units, rising: list[bool]) -> _Units:
    """Write Z1 to Z3 for the units that are not settled by their ranges."""
    low, high = a.low.tolist(), a.high.tolist()
    units = range(len(low))
    open_units = [i for i in units if low[i] < 0.0 < high[i]]
    switched = [i for i in open_units if not rising[i]]
    block.z = pyo.Var(open_units, bounds=lambda _, i: (0.0, high[i]))
    block.on = pyo.Var(switched, domain=pyo.Binary)

    @block.Constraint(open_units)
    def Z1_above(b, i):
        return b.z[i] >= a.terms[i]

    @block.Constraint(switched)
    def Z2_off(b, i):
        return b.z[i] <= a.terms[i] - low[i] * (1 - b.on[i])

    @block.Constraint(switched)
    def Z3_on(b, i):
        return b.z[i] <= high[i] * b.on[i]

    terms = [block.z[i] if i in block.z else (a.terms[i] if low[i] >= 0.0 else 0.0) for i in units]
    return _Units(terms, np.maximum(a.low, 0.0), np.maximum(a.high, 0.0))
