"""Sizes of the spaces against published or independently counted numbers."""

from dataclasses import replace
from itertools import product

import networkx as nx
import pytest

from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import (
    NASBENCH_GRAPH_OPS,
    Acyclic,
    CellSpace,
    Indexed,
    Rule,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat.spaces.presets import Reachability

PROTEINS_OPS = ("gcn", "sage", "arma", "fc", "skip")

Tree = tuple[str, tuple["Tree", ...]]  # label of a node, and its subtrees in sorted order


@pytest.mark.parametrize(
    ("n", "classes", "points"), [(2, 1, 1), (3, 6, 6), (4, 84, 90), (5, 2_441, 3_267)]
)
def test_nasbench101(n: int, classes: int, points: int) -> None:
    space = nasbench101([n])
    assert space.size() == classes
    assert replace(space, identity=Indexed()).size() == points


def test_nasbench101_of_6_nodes() -> None:
    space = nasbench101([6])
    assert space.size() == 62_010
    assert replace(space, identity=Indexed()).size() == 125_145


@pytest.mark.slow
def test_nasbench101_as_published() -> None:
    assert replace(nasbench101([7]), identity=Indexed()).size() == 1_164_699
    assert nasbench101([7]).size() == 359_082
    assert nasbench101(range(2, 8)).size() == 423_624


def test_sizes_add_up() -> None:
    assert nasbench101([3, 4, 5]).size() == 6 + 84 + 2_441
    assert nasbench101([5, 4]).of_size(4).size() == 84


@pytest.mark.parametrize(
    ("reachability", "size"), [("any", 15_625), ("source-sink", 15_284), ("all-on-path", 9_280)]
)
def test_nasbench201(reachability: Reachability, size: int) -> None:
    assert nasbench201(reachability).size() == size


@pytest.mark.parametrize(
    ("n", "n0", "size"),
    [(2, 1, 5), (2, 2, 4), (3, 1, 69), (3, 2, 68), (3, 3, 64), (4, 1, 4165), (4, 4, 4096)],
)
def test_digraphs(n: int, n0: int, size: int) -> None:
    assert digraphs(n, n0).size() == size


@pytest.mark.parametrize(
    ("rules", "sizes"),
    [
        ([Acyclic()], (25, 543)),
        ([TopologicalOrder()], (8, 64)),
        ([Undirected()], (8, 64)),
        ([Undirected(), StronglyConnected()], (4, 38)),
        ([StronglyConnected()], (18, 1606)),
    ],
)
def test_restricted_digraphs(rules: list[Rule], sizes: tuple[int, int]) -> None:
    assert (digraphs(3, rules=rules).size(), digraphs(4, rules=rules).size()) == sizes


@pytest.mark.parametrize(
    ("rules", "sizes"),
    [
        ([], (3, 16, 218)),  # OEIS A000273
        ([Acyclic()], (2, 6, 31)),  # A003087
        ([TopologicalOrder()], (2, 6, 31)),
        ([Undirected()], (2, 4, 11)),  # A000088
    ],
)
def test_unlabelled_digraphs_up_to_isomorphism(rules: list[Rule], sizes: tuple[int, ...]) -> None:
    spaces = [digraphs(n, rules=rules, up_to_isomorphism=True) for n in (2, 3, 4)]
    assert tuple(space.size() for space in spaces) == sizes


def trees(ops: tuple[str, ...]) -> dict[Tree, None]:
    """All trees of 4 labelled nodes below a root, from parent arrays, by canonical tuples."""
    found = {}
    for parents in product([0], [0, 1], [0, 1, 2], [0, 1, 2, 3]):
        for labels in product(ops, repeat=4):
            found[tree_of(parents, ("root", *labels), 0)] = None
    return found


def tree_of(parents: tuple[int, ...], labels: tuple[str, ...], v: int) -> Tree:
    children = (tree_of(parents, labels, c) for c, p in enumerate(parents, 1) if p == v)
    return labels[v], tuple(sorted(children))


def is_normal(tree: Tree) -> bool:
    """The definition of NAS-Bench-Graph's normal form, node by node."""
    return not is_skip_chain(tree[1]) and children_are_normal(tree, [])


def is_skip_chain(children: tuple[Tree, ...]) -> bool:
    return not children or (
        len(children) == 1 and children[0][0] == "skip" and is_skip_chain(children[0][1])
    )


def children_are_normal(node: Tree, ancestors: list[str]) -> bool:
    for label, below in node[1]:
        if label == "skip":
            skips_above = all(above == "skip" for above in ancestors)
            only_child = len(node[1]) == 1
            kept_at_top = only_child and skips_above
            kept_as_leaf = not below and not only_child and not skips_above
            if not (kept_at_top or kept_as_leaf):
                return False
        if not children_are_normal((label, below), [*ancestors, label]):
            return False
    return True


def as_tree(graph: LabeledGraph, space: CellSpace) -> Tree:
    """The tree in a member, which must feed the output from its leaves alone."""
    whole = graph.to_networkx()
    sink = graph.n - 1
    inner = whole.subgraph(range(sink))
    assert nx.is_arborescence(inner)
    leaves = {v for v in inner if inner.out_degree(v) == 0}
    assert set(whole.predecessors(sink)) == leaves
    labels = [space.node_alphabet[label] for label in graph.node_labels or ()]
    assert (labels[0], labels[sink]) == ("input", "output")
    parents = tuple(next(iter(inner.predecessors(v))) for v in range(1, sink))
    return tree_of(parents, ("root", *labels[1:sink]), 0)


@pytest.mark.parametrize(
    ("ops", "normal", "every"),
    [(NASBENCH_GRAPH_OPS, 26_206, 35_919), (PROTEINS_OPS, 2_021, 3_570)],
)
def test_nasbench_graph(ops: tuple[str, ...], normal: int, every: int) -> None:
    expected = trees(ops)
    assert len(expected) == every == nasbench_graph(ops, normal_form=False).size()
    assert sum(map(is_normal, expected)) == normal == nasbench_graph(ops).size()


@pytest.mark.parametrize("normal_form", [True, False])
@pytest.mark.parametrize("ops", [PROTEINS_OPS, ("skip", "gat"), ("gat", "gcn")])
def test_nasbench_graph_members_are_the_trees(ops: tuple[str, ...], normal_form: bool) -> None:
    space = nasbench_graph(ops, normal_form=normal_form)
    expected = {tree for tree in trees(ops) if is_normal(tree) or not normal_form}
    members = [as_tree(graph, space) for graph in space.enumerate()]
    assert len(members) == len(expected)
    assert set(members) == expected
