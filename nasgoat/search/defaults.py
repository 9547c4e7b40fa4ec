"""What searches best in each kind of space, when nothing else is asked for (docs/quality.md)."""

from __future__ import annotations

from nasgoat.optimize import listed
from nasgoat.search.rules import AcquisitionRule, Alternate, TakeTurns, UseEI, UseLCB
from nasgoat.spaces import InDegree, SearchSpace


def default_kernel(space: SearchSpace) -> str:
    """The kernel: wl where a labelled tree's space can be listed, else linear.

    In a tree every node is the root of one subtree, and which subtrees an architecture has says
    more than any features that a MIP could carry.
    """
    return "wl" if space.node_alphabet and _one_way(space) and listed(space) else "linear"


def default_features(space: SearchSpace) -> str | None:
    """Names of the feature maps of other kernels than wl; None for those of ``feature_maps_of``.

    In a labelled tree every node has one way from the source, and words along it say more than
    pairs of labels at a distance.
    """
    return "nl+op-paths" if space.node_alphabet and _one_way(space) else None


def default_acquisition(space: SearchSpace, kernel: str = "linear") -> AcquisitionRule:
    """The acquisition rule for a kernel.

    With subtrees, expected improvement and a confidence bound take turns: the one alone now and
    then stays at a local optimum, the other alone is slow. Else confidence bounds take turns for
    labelled edges, and there is one with ``beta`` 1 for other spaces.
    """
    if kernel == "wl":
        return Alternate((UseEI(), UseLCB()))
    return TakeTurns() if space.edge_alphabet else UseLCB()


def _one_way(space: SearchSpace) -> bool:
    return any(isinstance(rule, InDegree) and rule.at_most == 1 for rule in space.rules)
