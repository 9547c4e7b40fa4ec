"""What searches best in each kind of space, when nothing else is asked for (docs/quality.md)."""

from __future__ import annotations

from nasgoat.search.rules import AcquisitionRule, TakeTurns, UseLCB
from nasgoat.spaces import InDegree, SearchSpace


def default_features(space: SearchSpace) -> str | None:
    """Names of the feature maps; None for those of ``feature_maps_of``.

    In a labelled tree every node has one way from the source, and words along it say more than
    pairs of labels at a distance.
    """
    one_way = any(isinstance(rule, InDegree) and rule.at_most == 1 for rule in space.rules)
    return "nl+op-paths" if space.node_alphabet and one_way else None


def default_acquisition(space: SearchSpace) -> AcquisitionRule:
    """Confidence bounds that take turns for labelled edges, else one with ``beta`` 1."""
    return TakeTurns() if space.edge_alphabet else UseLCB()
