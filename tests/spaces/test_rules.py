"""Every rule against a slow definition of its own, on all graphs of small spaces."""

import re
from collections.abc import Callable
from itertools import permutations, product

import networkx as nx
import numpy as np
import pytest

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import (
    Acyclic,
    CellSpace,
    Chain,
    FixedLabel,
    InDegree,
    InDegrees,
    LabelBudget,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Parts,
    Rule,
    SingleSink,
    SingleSource,
    SkipNormalForm,
    SourceReachesSink,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
    digraphs,
    nasbench_graph,
)
from nasgoat.spaces.listing import structures
from tests.oracles import all_digraphs

Definition = Callable[[nx.DiGraph], bool]


def without_predecessor(graph: nx.DiGraph) -> list[int]:
    return [v for v in graph if graph.in_degree(v) == 0]


def without_successor(graph: nx.DiGraph) -> list[int]:
    return [v for v in graph if graph.out_degree(v) == 0]


def every_node_on_a_path(graph: nx.DiGraph) -> bool:
    sink = len(graph) - 1
    return all(nx.has_path(graph, 0, v) and nx.has_path(graph, v, sink) for v in graph)


def leaves_feed_sink(graph: nx.DiGraph) -> bool:
    sink = len(graph) - 1
    others = {v: set(graph.successors(v)) - {sink} for v in graph if v != sink}
    return all(graph.has_edge(v, sink) == (not rest) for v, rest in others.items())


def interior_in_degrees(graph: nx.DiGraph) -> list[int]:
    return [graph.in_degree(v) for v in range(1, len(graph) - 1)]


def steps(graph: nx.DiGraph) -> list[tuple[int, int]]:
    return [(v, v + 1) for v in range(len(graph) - 1)]


def chain_with_skips(graph: nx.DiGraph) -> bool:
    sink = len(graph) - 1
    return set(steps(graph)) <= set(graph.edges) and set(graph.predecessors(sink)) <= {sink - 1}


def in_parts(graph: nx.DiGraph, parts: tuple[int, ...]) -> bool:
    return len(graph) == len(parts) and all(parts[u] == parts[v] for u, v in graph.edges)


def in_degrees(graph: nx.DiGraph) -> list[int]:
    return [graph.in_degree(v) for v in range(len(graph))]


STRUCTURAL: list[tuple[Rule, Definition]] = [
    (TopologicalOrder(), lambda graph: all(u < v for u, v in graph.edges)),
    (Acyclic(), nx.is_directed_acyclic_graph),
    (SingleSource(), lambda graph: without_predecessor(graph) == [0]),
    (SingleSink(), lambda graph: without_successor(graph) == [len(graph) - 1]),
    (OnPath(), every_node_on_a_path),
    (SourceReachesSink(), lambda graph: nx.has_path(graph, 0, len(graph) - 1)),
    (StronglyConnected(), nx.is_strongly_connected),
    (Undirected(), lambda graph: set(graph.edges) == set(graph.reverse().edges)),
    (MaxEdges(3), lambda graph: graph.number_of_edges() <= 3),
    (MaxEdges(0), lambda graph: graph.number_of_edges() == 0),
    (InDegree.exactly(1), lambda graph: set(interior_in_degrees(graph)) <= {1}),
    (InDegree(at_most=2, at_least=1), lambda graph: set(interior_in_degrees(graph)) <= {1, 2}),
    (InDegree(at_most=1), lambda graph: max(interior_in_degrees(graph), default=0) <= 1),
    (LeavesFeedSink(), leaves_feed_sink),
    (Parts((2, 1)), lambda graph: in_parts(graph, (0, 0, 1))),
    (Parts((1, 1, 2)), lambda graph: in_parts(graph, (0, 1, 2, 2))),
    (Parts((3,)), lambda graph: len(graph) == 3),
    (InDegrees((0, 1, 1)), lambda graph: in_degrees(graph) == [0, 1, 1]),
    (InDegrees((2, 0, 1, 1)), lambda graph: in_degrees(graph) == [2, 0, 1, 1]),
    (Chain(), lambda graph: set(graph.edges) == set(steps(graph))),
    (Chain(skips=True), chain_with_skips),
]


@pytest.mark.parametrize(("rule", "definition"), STRUCTURAL)
def test_structural_rule_in_a_batch_of_mixed_sizes(rule: Rule, definition: Definition) -> None:
    graphs = all_digraphs(4, 1).padded(5)
    expected = [definition(graph.to_networkx()) for graph in graphs]
    assert 0 < sum(expected) < len(expected)
    np.testing.assert_array_equal(rule.holds(graphs), expected)


@pytest.mark.parametrize(("rule", "definition"), STRUCTURAL)
def test_a_sentence_for_every_violation_and_no_other(rule: Rule, definition: Definition) -> None:
    for graph in all_digraphs(3, 1):
        sentence = rule.violation(graph, ())
        if definition(graph.to_networkx()):
            assert sentence is None
        else:
            assert sentence


@pytest.mark.parametrize("topological", [False, True])
@pytest.mark.parametrize(("rule", "definition"), STRUCTURAL)
def test_growing_edge_sets_loses_none(
    rule: Rule, definition: Definition, topological: bool
) -> None:
    """``may_extend`` prunes no prefix of a member: structures equal a plain filter."""
    order = (TopologicalOrder(),) if topological else ()
    for n in range(1, 5):
        graphs = [
            graph
            for graph in all_digraphs(n)
            if definition(graph.to_networkx())
            and (not topological or all(u < v for u, v in graph.edges))
        ]
        grown = structures(CellSpace("grown", (n,), rules=(*order, rule)), n)
        found = {LabeledGraph.from_adjacency(matrix) for matrix in grown}
        assert len(grown) == len(graphs)
        assert found == set(graphs)


@pytest.mark.parametrize(
    "rules",
    [
        (TopologicalOrder(), OnPath(), MaxEdges(5), InDegree(at_most=2)),
        (TopologicalOrder(), SingleSource(), SingleSink(), InDegree.exactly(1)),
        (Acyclic(), OnPath()),
        (Undirected(), StronglyConnected(), MaxEdges(6)),
        (SingleSource(), LeavesFeedSink(), InDegree(at_most=2, at_least=1)),
    ],
)
def test_growing_under_several_rules_loses_none(rules: tuple[Rule, ...]) -> None:
    definition_of = dict(STRUCTURAL) | {
        MaxEdges(5): lambda graph: graph.number_of_edges() <= 5,
        MaxEdges(6): lambda graph: graph.number_of_edges() <= 6,
        InDegree(at_most=2): lambda graph: max(interior_in_degrees(graph), default=0) <= 2,
    }
    for n in range(1, 5):
        graphs = {
            graph
            for graph in all_digraphs(n)
            if all(definition_of[rule](graph.to_networkx()) for rule in rules)
        }
        grown = structures(CellSpace("grown", (n,), rules=rules), n)
        assert {LabeledGraph.from_adjacency(matrix) for matrix in grown} == graphs
        assert len(grown) == len(graphs)


Labels = tuple[int, ...]

LABEL_RULES: list[tuple[Rule, Callable[[Labels], bool]]] = [
    (FixedLabel(0, 1), lambda labels: labels[0] == 1),
    (FixedLabel(-1, 2), lambda labels: labels[-1] == 2),
    (FixedLabel(0, 0, only_there=True), lambda labels: labels[0] == 0 and labels.count(0) == 1),
    (FixedLabel(1, 2), lambda labels: labels[1] == 2),
    (FixedLabel(-2, 1, only_there=True), lambda labels: labels[-2] == 1 and labels.count(1) == 1),
    (MaxLabelCount(0, 1), lambda labels: labels.count(0) <= 1),
    (MaxLabelCount(2, 0), lambda labels: 2 not in labels),
    (
        LabelBudget((0.1, 0.2, 0.5), 0.6, resource="M parameters"),
        lambda labels: sum((1, 2, 5)[label] for label in labels) <= 6,  # 0.1 + 0.2 + ... misses it
    ),
]


@pytest.mark.parametrize(("rule", "definition"), LABEL_RULES)
def test_label_rule(rule: Rule, definition: Callable[[Labels], bool]) -> None:
    alphabet = ("a", "b", "c")
    every = [labels for n in (2, 3) for labels in product(range(3), repeat=n)]
    graphs = GraphBatch.of([LabeledGraph(len(labels), (), labels) for labels in every])
    expected = [definition(labels) for labels in every]
    assert 0 < sum(expected) < len(expected)
    np.testing.assert_array_equal(rule.holds(graphs), expected)
    for graph, fine in zip(graphs, expected, strict=True):
        assert (rule.violation(graph, alphabet) is None) == fine
    space = digraphs(3, 2, rules=(MaxEdges(1), rule), node_alphabet=alphabet)
    members = {graph.node_labels for graph in space.enumerate()}
    assert members == {labels for labels, fine in zip(every, expected, strict=True) if fine}


def test_edge_label_rules_count_edges() -> None:
    space = CellSpace("edges", (3,), edge_alphabet=("a", "b"))
    few = space.with_rules(MaxLabelCount(1, 1, of="edges"))
    cheap = space.with_rules(LabelBudget((1.0, 2.0), 3.0, of="edges"))
    labels = [graph.edge_labels or () for graph in space.enumerate()]
    assert len(labels) == 27
    assert few.size() == sum(row.count(1) <= 1 for row in labels)
    assert cheap.size() == sum(row.count(0) + 2 * row.count(1) <= 3 for row in labels)


def test_skip_normal_form_sentence_and_members() -> None:
    space = nasbench_graph(("gcn", "skip"), normal_form=False)
    rule = SkipNormalForm(space.node_alphabet.index("skip"))
    kept = rule.holds(space.listing())
    assert 0 < kept.sum() < len(kept)
    for graph, fine in zip(space.listing(), kept, strict=True):
        sentence = rule.violation(graph, space.node_alphabet)
        assert sentence is None if fine else sentence is not None and "'skip'" in sentence


@pytest.mark.parametrize(
    ("rule", "invariant"),
    [
        *((rule, True) for rule, _ in STRUCTURAL if not isinstance(rule, Parts | InDegrees)),
        (FixedLabel(0, 1), True),
        (FixedLabel(-1, 1, only_there=True), True),
        (FixedLabel(1, 1), False),
        (FixedLabel(-2, 1), False),
        (MaxLabelCount(1, 1), True),
        (LabelBudget((1.0, 2.0), 3.0), True),
    ],
)
def test_declared_invariance(rule: Rule, invariant: bool) -> None:
    """An invariant rule gives all topological numberings of a labelled DAG the same answer."""
    assert rule.relabelling_invariant is invariant
    space = digraphs(4, rules=(TopologicalOrder(), OnPath()), node_alphabet=("a", "b"))
    space = CellSpace("copies", (4,), ("a", "b"), rules=space.rules)
    answers = []
    for graph in space.enumerate():
        copies = GraphBatch.of(space.identity.copies(graph, ordered=True))
        answers.append(len(set(rule.holds(copies).tolist())))
    assert (max(answers) == 1) == invariant


@pytest.mark.parametrize(
    ("rule", "edges"),
    [
        (Parts((2, 2)), ((0, 1),)),
        (InDegrees((0, 1, 1, 2, 2)), ((0, 1), (1, 2), (0, 3), (1, 3), (2, 4), (3, 4))),
    ],
)
def test_rules_of_parts_look_at_the_numbering(
    rule: Rule, edges: tuple[tuple[int, int], ...]
) -> None:
    graph = LabeledGraph(max(4, 1 + max(v for _, v in edges)), edges)
    copies = GraphBatch.of(CellSpace("c", (graph.n,)).identity.copies(graph, ordered=True))
    assert not rule.relabelling_invariant
    assert set(rule.holds(copies).tolist()) == {False, True}
    assert Parts((4,)).relabelling_invariant
    assert InDegrees((0, 2, 2, 1)).relabelling_invariant


@pytest.mark.parametrize("rule", [rule for rule, _ in STRUCTURAL])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_an_edge_that_a_rule_forbids_is_in_no_graph(rule: Rule, n: int) -> None:
    graphs = all_digraphs(n)
    found = graphs.take(rule.holds(graphs)).adjacency.any(axis=0)
    for u, v in permutations(range(n), 2):
        assert rule.edge_allowed(u, v, n) or not found[u, v]
    barred = [rule.edge_allowed(u, v, n) for u, v in permutations(range(n), 2)].count(False)
    if isinstance(rule, TopologicalOrder | Parts | InDegrees) and found.any():
        assert barred == (~found).sum() - n


@pytest.mark.parametrize(
    ("rule", "graph", "expected"),
    [
        (Parts((1, 2)), LabeledGraph(3, ((0, 1),)), "edge 0 -> 1 leads from part 0 to part 1"),
        (InDegrees((0, 0, 2)), LabeledGraph(3, ((0, 2),)), "node 2 has 1 predecessors.* have 2"),
        (TopologicalOrder(), LabeledGraph(3, ((2, 1),)), "edge 2 -> 1 goes against"),
        (Acyclic(), LabeledGraph(3, ((0, 1), (1, 0))), "edge 0 -> 1 closes a cycle"),
        (SingleSource(), LabeledGraph(3, ((0, 1),)), r"without predecessor are \[0, 2\]"),
        (SingleSink(), LabeledGraph(3, ((0, 1),)), r"without successor are \[1, 2\]"),
        (OnPath(), LabeledGraph(3, ((0, 2),)), r"nodes \[1\] lie on no path from node 0 to node 2"),
        (SourceReachesSink(), LabeledGraph(3, ()), "from node 0 to node 2"),
        (StronglyConnected(), LabeledGraph(2, ((0, 1),)), "node 0 cannot be reached from node 1"),
        (Undirected(), LabeledGraph(2, ((0, 1),)), "edge 0 -> 1 is there without 1 -> 0"),
        (MaxEdges(1), LabeledGraph(3, ((0, 1), (1, 2))), "graph has 2 edges, the space allows 1"),
        (InDegree.exactly(1), LabeledGraph(3, ()), "node 1 has 0 predecessors.*exactly 1"),
        (InDegree(2, 1), LabeledGraph(3, ()), "node 1 has 0 predecessors.*1 to 2"),
        (LeavesFeedSink(), LabeledGraph(3, ((0, 1), (0, 2))), r"nodes \[0, 1\].*feeds node 2"),
        (Chain(), LabeledGraph(3, ((0, 1),)), "node 1 does not feed node 2"),
        (Chain(), LabeledGraph(3, ((0, 1), (0, 2), (1, 2))), "edge 0 -> 2 leaves the chain"),
        (Chain(True), LabeledGraph(3, ((0, 1), (0, 2), (1, 2))), "edge 0 -> 2 leaves the chain"),
        (FixedLabel(0, 1), LabeledGraph(2, (), (0, 1)), "node 0 is labelled 'a', it must be 'b'"),
        (FixedLabel(0, 1, only_there=True), LabeledGraph(2, (), (1, 1)), r"nodes \[1\].*node 0"),
        (MaxLabelCount(1, 1), LabeledGraph(2, (), (1, 1)), "'b' is on 2 nodes, the space allows 1"),
        (LabelBudget((1, 2), 3), LabeledGraph(2, (), (1, 1)), "uses 4 of resource, the limit is 3"),
    ],
)
def test_sentences_name_what_came_and_what_is_allowed(
    rule: Rule, graph: LabeledGraph, expected: str
) -> None:
    sentence = rule.violation(graph, ("a", "b"))
    assert sentence is not None
    assert re.search(expected, sentence), sentence
