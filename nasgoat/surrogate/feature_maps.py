"""Feature maps of a search space, by name."""

from __future__ import annotations

from collections.abc import Callable

from nasgoat.errors import UnknownNameError
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    NodeLabels,
    OpCounts,
    OpPaths,
    ShortestPathLengths,
    ShortestPaths,
    default_feature_maps,
)
from nasgoat.spaces import (
    Acyclic,
    InDegrees,
    Indexed,
    Parts,
    SearchSpace,
    TopologicalOrder,
    UpToIsomorphism,
)

SKIPS = ("skip", "skip_connect")  # names of the label that op paths leave out of their words
MAX_WORDS = 400  # op paths count words of at most the length that keeps their number below


def feature_maps_of(space: SearchSpace, features: str | None = None) -> tuple[FeatureMap, ...]:
    """Feature maps that fit a space.

    Args:
        space: where the graphs come from.
        features: names of ``FEATURES`` joined by ``+``, as in ``"el+op-paths"``. None for the
            paper's choice: sp+nl for labelled nodes, ssp+el for labelled edges, else ssp. For
            labelled edges of several parts it is op-counts+el.

    Raises:
        UnknownNameError: there are no such features.
        ValueError: features do not fit the space, or are named twice.
    """
    if features is None and space.edge_alphabet and _parts(space) is not None:
        features = "op-counts+el"
    if features is None:
        return default_feature_maps(
            max(space.sizes), len(space.node_alphabet), len(space.edge_alphabet)
        )
    names = features.split("+")
    for name in names:
        UnknownNameError.unless_among("feature map", name, FEATURES)
    if len(set(names)) < len(names):
        msg = f"each feature map is named once, got {features!r}"
        raise ValueError(msg)
    return tuple(FEATURES[name](space) for name in names)


def _shortest_paths(space: SearchSpace) -> FeatureMap:
    _require(space, "sp", bool(space.node_alphabet), "node labels; use ssp")
    return ShortestPaths(max(space.sizes), len(space.node_alphabet))


def _shortest_path_lengths(space: SearchSpace) -> FeatureMap:
    return ShortestPathLengths(max(space.sizes))


def _node_labels(space: SearchSpace) -> FeatureMap:
    _require(space, "nl", bool(space.node_alphabet), "node labels")
    return NodeLabels(len(space.node_alphabet))


def _edge_labels(space: SearchSpace) -> FeatureMap:
    _require(space, "el", bool(space.edge_alphabet), "edge labels")
    _require(space, "el", len(space.sizes) == 1, "graphs of one node count")
    _require(space, "el", isinstance(space.identity, Indexed), "the identity Indexed()")
    return EdgeLabels(space.sizes[0], len(space.edge_alphabet))


def _op_counts(space: SearchSpace) -> FeatureMap:
    """Edge labels by the part of the node that an edge leaves; an input is of a kind of its own."""
    _require(space, "op-counts", bool(space.edge_alphabet), "edge labels")
    _require(space, "op-counts", len(space.sizes) == 1, "graphs of one node count")
    _require(space, "op-counts", isinstance(space.identity, Indexed), "the identity Indexed()")
    n = space.sizes[0]
    parts = _parts(space)
    part_of = [0] * n if parts is None else parts.part_of.tolist()
    degrees = next((rule.degrees for rule in space.rules if isinstance(rule, InDegrees)), (1,) * n)
    named = [(part, v if degrees[v] == 0 else -1) for v, part in enumerate(part_of)]
    order = list(dict.fromkeys(named))
    return OpCounts(tuple(order.index(name) for name in named), len(space.edge_alphabet))


def _parts(space: SearchSpace) -> Parts | None:
    return next((rule for rule in space.rules if isinstance(rule, Parts)), None)


def _op_paths(space: SearchSpace) -> FeatureMap:
    """Words over the labels that can stand between source and sink, other than skip."""
    _require(space, "op-paths", bool(space.label_names), "labels on nodes or edges; use ssp")
    acyclic = any(isinstance(rule, Acyclic | TopologicalOrder) for rule in space.rules)
    _require(space, "op-paths", acyclic, "acyclic graphs: the rule TopologicalOrder()")
    ends_are_told_apart = all(
        {0, n - 1} <= {index % n for index in space.identity.fixed}
        for n in space.sizes
        if isinstance(space.identity, UpToIsomorphism)
    )
    asked = "an identity that keeps the first and the last node: UpToIsomorphism() or Indexed()"
    _require(space, "op-paths", ends_are_told_apart, asked)
    n = max(space.sizes)
    labels = [a for a in range(len(space.label_names)) if _between(space, a)]
    skip = next((a for a in labels if space.label_names[a] in SKIPS), None)
    ops = tuple(a for a in labels if a != skip)
    longest = n - 1 if space.edge_alphabet else n - 2
    while longest > 1 and sum(len(ops) ** k for k in range(longest + 1)) > MAX_WORDS:
        longest -= 1
    return OpPaths(n, ops, skip, max(longest, 0), "edges" if space.edge_alphabet else "nodes")


def _between(space: SearchSpace, label: int) -> bool:
    """Whether the rules allow a label on some edge, or on some node but the first and the last."""
    if space.edge_alphabet:
        return True
    return any(
        all(rule.label_allowed(v, n, label) for rule in space.rules)
        for n in space.sizes
        for v in range(1, n - 1)
    )


def _require(space: SearchSpace, name: str, fits: bool, asked: str) -> None:
    if not fits:
        msg = f"the features {name} do not fit space {space.name!r}: they need {asked}"
        raise ValueError(msg)


FEATURES: dict[str, Callable[[SearchSpace], FeatureMap]] = {
    "sp": _shortest_paths,
    "ssp": _shortest_path_lengths,
    "nl": _node_labels,
    "el": _edge_labels,
    "op-counts": _op_counts,
    "op-paths": _op_paths,
}
