"""What the model minimises: an acquisition function as an expression of a belief."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from nasgoat.acquisition import (
    Acquisition,
    LowerConfidenceBound,
    NetworkSample,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError
from nasgoat.mip.belief import Belief
from nasgoat.mip.counts import CountHandles
from nasgoat.mip.handles import Term
from nasgoat.mip.networks import NetworkBelief


@singledispatch
def objective(acquisition: Acquisition, belief: Belief, counts: CountHandles) -> Term:
    """What the model minimises.

    Raises:
        NoEncodingError: the acquisition function has no MIP form.
    """
    del belief, counts
    msg = (
        f"{type(acquisition).__name__} has no MIP form of its own; use lcb, mean or thompson "
        "(MipOptimizer reduces expected improvement to lcb), or --optimizer exhaustive"
    )
    raise NoEncodingError(msg)


@objective.register
def _(acquisition: LowerConfidenceBound, belief: Belief, counts: CountHandles) -> Term:
    del counts
    if acquisition.beta == 0:
        return belief.mean()
    return belief.mean() - float(np.sqrt(acquisition.beta)) * belief.deviation()


@objective.register
def _(acquisition: PosteriorMean, belief: Belief, counts: CountHandles) -> Term:
    del acquisition, counts
    return belief.mean()


@objective.register
def _(acquisition: ThompsonSample, belief: Belief, counts: CountHandles) -> Term:
    del belief
    return counts.total(acquisition.coefficients @ counts.J)


@objective.register
def _(acquisition: NetworkSample, belief: Belief, counts: CountHandles) -> Term:
    del counts
    if not isinstance(belief, NetworkBelief):
        msg = f"a network is drawn from a NetworkPosterior, not from a {type(belief).__name__}"
        raise NoEncodingError(msg)
    return belief.member(acquisition.member)
