"""Feature maps by name: each fits its space, or is refused in words."""

import re

import numpy as np
import pytest

from nasgoat.errors import UnknownNameError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import (
    EdgeLabels,
    FeatureMap,
    NodeLabels,
    OpCounts,
    OpPaths,
    ShortestPathLengths,
    ShortestPaths,
    default_feature_maps,
    stacked_features,
)
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    Indexed,
    TopologicalOrder,
    UpToIsomorphism,
    darts,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat.surrogate import FEATURES, GPSurrogate, feature_maps_of

SPACES: dict[str, CellSpace] = {
    "nb101": nasbench101([2, 3, 5]),
    "nb201": nasbench201(),
    "trees": nasbench_graph(),
    "proteins": nasbench_graph(("gcn", "sage", "arma", "fc", "skip")),
    "edges": CellSpace("e", (3,), (), ("x", "y"), identity=Indexed()),
    "edges-of-sizes": CellSpace("es", (3, 4), (), ("x", "y"), identity=Indexed()),
    "edges-unindexed": CellSpace("eu", (3,), (), ("x", "y")),
    "unlabelled": CellSpace("u", (4,)),
    "free-ends": CellSpace("fe", (4,), ("a", "b"), identity=UpToIsomorphism(())),
    "acyclic": digraphs(3, rules=(Acyclic(),), node_alphabet=("a", "b")),
    "cyclic": digraphs(3, node_alphabet=("a", "b")),
    "darts": darts(),
}
FITTING = {
    "sp": {"nb101", "trees", "proteins", "free-ends", "acyclic", "cyclic"},
    "ssp": set(SPACES),
    "nl": {"nb101", "trees", "proteins", "free-ends", "acyclic", "cyclic"},
    "el": {"nb201", "edges", "darts"},
    "op-counts": {"nb201", "edges", "darts"},
    "op-paths": set(SPACES) - {"unlabelled", "free-ends", "cyclic"},
}


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", FEATURES)
def test_maps_fit_their_space_or_are_refused(name: str, space: str) -> None:
    where = SPACES[space]
    if space not in FITTING[name]:
        with pytest.raises(
            ValueError, match=f"{name} do not fit space {re.escape(repr(where.name))}"
        ):
            feature_maps_of(where, name)
        return
    maps = feature_maps_of(where, name)
    rng = np.random.default_rng(0)
    graphs = GraphBatch.of([where.sample(rng) for _ in range(20)], max(where.sizes))
    assert np.isfinite(stacked_features(maps, graphs)).all()


@pytest.mark.parametrize("space", ["nb101", "nb201", "trees", "edges", "edges-of-sizes", "acyclic"])
def test_op_paths_do_not_tell_copies_apart(space: str) -> None:
    where = SPACES[space]
    maps = feature_maps_of(where, "op-paths")
    rng = np.random.default_rng(1)
    for _ in range(10):
        copies = list(where.identity.copies(where.sample(rng), ordered=where.is_topological))
        phi = stacked_features(maps, GraphBatch.of(copies))
        assert (phi == phi[0]).all()


@pytest.mark.parametrize(
    ("space", "feature_map"),
    [
        ("nb201", OpPaths(4, (1, 2, 3), 0, 3, "edges")),
        ("nb101", OpPaths(5, (1, 2, 3), None, 3, "nodes")),
        ("proteins", OpPaths(6, (1, 2, 3, 4), 5, 4, "nodes")),
        ("trees", OpPaths(6, (1, 2, 3, 4, 5, 6, 7, 8), 9, 2, "nodes")),  # 585 words of length 3
        ("edges", OpPaths(3, (0, 1), None, 2, "edges")),
        ("acyclic", OpPaths(3, (0, 1), None, 1, "nodes")),
    ],
)
def test_op_paths_of_a_space(space: str, feature_map: OpPaths) -> None:
    assert feature_maps_of(SPACES[space], "op-paths") == (feature_map,)


def test_two_nodes_have_the_empty_word_only() -> None:
    (feature_map,) = feature_maps_of(nasbench101([2]), "op-paths")
    assert feature_map.n_features == 1


def test_names_are_joined_in_their_order() -> None:
    op_paths = OpPaths(4, (1, 2, 3), 0, 3, "edges")
    expected: tuple[FeatureMap, ...] = (EdgeLabels(4, 4), op_paths, ShortestPathLengths(4))
    assert feature_maps_of(nasbench201(), "el+op-paths+ssp") == expected
    assert GPSurrogate.of_space(nasbench201(), "el+op-paths+ssp").maps == expected
    assert feature_maps_of(nasbench101([5]), "sp+nl") == (ShortestPaths(5, 5), NodeLabels(5))


@pytest.mark.parametrize("space", ["nb101", "nb201", "unlabelled", "edges-of-sizes"])
def test_without_a_name_it_is_the_papers_choice(space: str) -> None:
    where = SPACES[space]
    usual = default_feature_maps(
        max(where.sizes), len(where.node_alphabet), len(where.edge_alphabet)
    )
    assert feature_maps_of(where) == usual
    assert GPSurrogate.of_space(where).maps == usual


@pytest.mark.parametrize("features", ["", "op-path", "el+", "el,op-paths", "EL"])
def test_unknown_names_are_refused(features: str) -> None:
    with pytest.raises(UnknownNameError, match=r"there is no feature map .*op-paths"):
        feature_maps_of(nasbench201(), features)


def test_a_map_is_named_once() -> None:
    with pytest.raises(ValueError, match="named once, got 'el\\+el'"):
        feature_maps_of(nasbench201(), "el+el")


def test_op_paths_need_a_direction_of_edges() -> None:
    space = CellSpace("d", (3,), ("a",), rules=(TopologicalOrder(),))
    assert feature_maps_of(space, "op-paths")
    with pytest.raises(ValueError, match="acyclic"):
        feature_maps_of(CellSpace("d", (3,), ("a",), rules=()), "op-paths")


def test_pairs_of_cells_are_compared_by_operation_counts_and_places() -> None:
    kinds = (0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 5, 5)  # inputs of the two cells, their other nodes
    expected = (OpCounts(kinds, 7), EdgeLabels(12, 7))
    assert feature_maps_of(darts()) == expected
    assert GPSurrogate.of_space(darts()).maps == expected
    assert feature_maps_of(nasbench201(), "op-counts") == (OpCounts((0, 0, 0, 0), 4),)
