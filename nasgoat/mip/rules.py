"""Rules of a search space as rows: the constraint side of ``nasgoat.spaces.rules``.

``encode_rule(rule, block, handles)`` writes one rule onto a block of its own. Where a rule settles
variables they are fixed, so that no solver sees them.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import combinations

import pyomo.environ as pyo

from nasgoat.errors import EmptySpaceError, NoEncodingError
from nasgoat.mip.handles import PathHandles, Term
from nasgoat.mip.terms import constant, pin, row
from nasgoat.spaces import (
    Acyclic,
    Chain,
    FixedLabel,
    InDegree,
    LabelBudget,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Rule,
    SingleSink,
    SingleSource,
    SkipNormalForm,
    SourceReachesSink,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
)


@singledispatch
def encode_rule(rule: Rule, block: pyo.Block, h: PathHandles) -> None:
    """Write the rows of a rule onto a block.

    Raises:
        NoEncodingError: the rule has no MIP form, or none for graphs of varying size.
    """
    del block, h
    msg = f"the rule {type(rule).__name__} has no MIP rows; register an encoder with encode_rule"
    raise NoEncodingError(msg)


def fixed_size(rule: Rule, h: PathHandles) -> range:
    """The nodes, of a model with one node count.

    Raises:
        NoEncodingError: the node count varies.
    """
    if h.n_least != h.n:
        msg = f"the rule {type(rule).__name__} is encoded for one node count at a time"
        raise NoEncodingError(msg)
    return range(h.n)


def pin_all(block: pyo.Block, terms: list[tuple[Term, float]]) -> None:
    """Fix variables; settle expressions by rows ``pinned[i]``."""
    block.pinned = pyo.ConstraintList()
    for term, value in terms:
        row = pin(term, value)
        if row is not None:
            block.pinned.add(row)


def _at_most(block: pyo.Block, name: str, used: Term, limit: float) -> None:
    """The row ``used <= limit``, none where the left-hand side is known to keep it."""
    known = constant(used)
    if known is None:
        block.add_component(name, pyo.Constraint(expr=used <= limit))
    elif known > limit:
        msg = f"{block.name}.{name}: {known:g} is used whatever the graph, {limit:g} is allowed"
        raise EmptySpaceError(msg)


@encode_rule.register
def _(rule: TopologicalOrder, block: pyo.Block, h: PathHandles) -> None:
    """A[u,v] = 0 for u > v (1a, 2a)."""
    del rule
    backwards = [pair for pair in h.edge if pair[0] > pair[1]]
    pin_all(block, [(term, 0.0) for pair in backwards for term in (h.edge[pair], h.reach[pair])])


@encode_rule.register
def _(rule: Acyclic, block: pyo.Block, h: PathHandles) -> None:
    """r[u,v] + r[v,u] <= 1."""
    del rule
    if h.ordered:
        return

    @block.Constraint(list(combinations(range(h.n), 2)))
    def one_way(_, u, v):
        return row(h.reach[u, v] + h.reach[v, u] <= 1)


@encode_rule.register
def _(rule: Undirected, block: pyo.Block, h: PathHandles) -> None:
    """A[u,v] = A[v,u]."""
    del rule

    @block.Constraint(list(combinations(range(h.n), 2)))
    def symmetric(_, u, v):
        return row(h.edge[u, v] == h.edge[v, u])


@encode_rule.register
def _(rule: StronglyConnected, block: pyo.Block, h: PathHandles) -> None:
    """r[u,v] >= A[u,u] + A[v,v] - 1."""
    del rule

    @block.Constraint(list(h.reach))
    def connected(_, u, v):
        return row(h.reach[u, v] >= h.exists[u] + h.exists[v] - 1)


@encode_rule.register
def _(rule: SingleSource, block: pyo.Block, h: PathHandles) -> None:
    """No edge into node 0, at least one into every other node."""
    nodes = fixed_size(rule, h)
    pin_all(block, [(h.edge[u, 0], 0.0) for u in nodes[1:]])

    @block.Constraint(nodes[1:])
    def has_predecessor(_, v):
        return row(sum(h.edge[u, v] for u in nodes if u != v) >= 1)


@encode_rule.register
def _(rule: SingleSink, block: pyo.Block, h: PathHandles) -> None:
    """No edge out of the last node, at least one out of every other node."""
    nodes = fixed_size(rule, h)
    pin_all(block, [(h.edge[h.n - 1, v], 0.0) for v in nodes[:-1]])

    @block.Constraint(nodes[:-1])
    def has_successor(_, u):
        return row(sum(h.edge[u, v] for v in nodes if v != u) >= 1)


@encode_rule.register
def _(rule: OnPath, block: pyo.Block, h: PathHandles) -> None:
    """r[0,v] = 1 and r[v,n-1] = 1 (1b, 1c); in a DAG: a way in and a way out everywhere."""
    nodes = fixed_size(rule, h)
    terms = [(h.reach[0, v], 1.0) for v in nodes[1:]]
    terms += [(h.reach[v, h.n - 1], 1.0) for v in nodes[1:-1]]
    pin_all(block, terms)

    @block.Constraint(nodes[1:])
    def has_predecessor(_, v):  # implied; tightens the LP bound
        return row(sum(h.edge[u, v] for u in nodes if u != v) >= 1)

    @block.Constraint(nodes[:-1])
    def has_successor(_, u):  # implied; tightens the LP bound
        return row(sum(h.edge[u, v] for v in nodes if v != u) >= 1)


@encode_rule.register
def _(rule: SourceReachesSink, block: pyo.Block, h: PathHandles) -> None:
    """r[0,n-1] = 1."""
    fixed_size(rule, h)
    if h.n > 1:
        pin_all(block, [(h.reach[0, h.n - 1], 1.0)])


@encode_rule.register
def _(rule: Chain, block: pyo.Block, h: PathHandles) -> None:
    """A[v,v+1] = 1; A[u,n-1] = 0 for other u; without skips A[u,v] = 0 elsewhere."""
    sink = fixed_size(rule, h)[-1]
    steps = {(u, v): v == u + 1 for u, v in h.pairs}
    told = [pair for pair, step in steps.items() if step or pair[1] == sink or not rule.skips]
    pin_all(block, [(h.edge[pair], float(steps[pair])) for pair in told])


@encode_rule.register
def _(rule: MaxEdges, block: pyo.Block, h: PathHandles) -> None:
    """Sum of A <= E (1e)."""
    _at_most(block, "N1e_edges", sum(h.edge[pair] for pair in h.pairs), rule.at_most)


@encode_rule.register
def _(rule: InDegree, block: pyo.Block, h: PathHandles) -> None:
    """at_least <= sum over u of A[u,v] <= at_most for interior v."""
    nodes = fixed_size(rule, h)

    @block.Constraint(nodes[1:-1])
    def in_degree(_, v):
        degree = sum(h.edge[u, v] for u in nodes if u != v)
        if rule.at_least == rule.at_most:
            return row(degree == rule.at_most)
        if (known := constant(degree)) is not None:
            return row(rule.at_least <= known <= rule.at_most)
        return rule.at_least, degree, rule.at_most


@encode_rule.register
def _(rule: LeavesFeedSink, block: pyo.Block, h: PathHandles) -> None:
    """A[v,n-1] = 1 iff v has no other successor."""
    nodes = fixed_size(rule, h)
    sink = h.n - 1
    inner = [(v, w) for v in nodes[:-1] for w in nodes[:-1] if v != w]

    @block.Constraint(inner)
    def feeds_only_sink(_, v, w):
        return row(h.edge[v, w] + h.edge[v, sink] <= 1)

    @block.Constraint(nodes[:-1])
    def leaf_feeds_sink(_, v):
        return row(h.edge[v, sink] + sum(h.edge[v, w] for w in nodes[:-1] if w != v) >= 1)


@encode_rule.register
def _(rule: FixedLabel, block: pyo.Block, h: PathHandles) -> None:
    """F[v,l] = 1, and F[u,l] = 0 elsewhere if the label is for that node only (1b, 1c)."""
    nodes = fixed_size(rule, h)
    node = rule.node_in(h.n)
    if node is None:
        msg = f"graphs of {h.n} nodes have no node {rule.node} to label"
        raise EmptySpaceError(msg)
    labels = {a for _, a in h.label}
    if rule.label not in labels:
        msg = f"no node can carry the label {rule.label}; the labels are {sorted(labels)}"
        raise EmptySpaceError(msg)
    barred = [
        (h.label[v, a], 0.0) for v in nodes for a in labels if not rule.label_allowed(v, h.n, a)
    ]
    pin_all(block, [*barred, (h.label[node, rule.label], 1.0)])


@encode_rule.register
def _(rule: MaxLabelCount, block: pyo.Block, h: PathHandles) -> None:
    """Number of nodes (edges) with the label <= m."""
    carriers = h.label if rule.of == "nodes" else h.edge_label
    terms = [term for index, term in carriers.items() if index[-1] == rule.label]
    _at_most(block, "label_count", sum(terms), rule.at_most)


@encode_rule.register
def _(rule: LabelBudget, block: pyo.Block, h: PathHandles) -> None:
    """Sum of weights[label] over nodes (edges) <= limit, in units of the limit."""
    carriers = h.label if rule.of == "nodes" else h.edge_label
    unit = max(abs(rule.limit), *(abs(weight) for weight in rule.weights), 1e-300)
    used = sum(rule.weights[index[-1]] / unit * term for index, term in carriers.items())
    limit = (rule.limit + rule.SLACK * abs(rule.limit)) / unit
    _at_most(block, "budget", used, limit)


@encode_rule.register
def _(rule: SkipNormalForm, block: pyo.Block, h: PathHandles) -> None:
    """Every skip node is a lone child below skips, or a leaf beside a sibling below others.

    The rows of ``InDegree.exactly(1)`` and ``LeavesFeedSink`` are part of it.

    ``chain[v]`` = 1 iff all ancestors of ``v`` are skip, by the one edge that enters it.
    """
    nodes = fixed_size(rule, h)
    if not h.ordered:
        msg = "SkipNormalForm is encoded for topologically indexed trees; add TopologicalOrder()"
        raise NoEncodingError(msg)
    block.tree, block.leaves = pyo.Block(), pyo.Block()
    encode_rule(SkipNormalForm.TREE, block.tree, h)
    encode_rule(SkipNormalForm.LEAVES, block.leaves, h)
    sink = h.n - 1
    ops = nodes[1:-1]
    skip = {v: h.label[v, rule.skip] for v in ops}
    pin_all(block, [(h.label[0, rule.skip], 0.0), (h.label[sink, rule.skip], 0.0)])
    block.chain = pyo.Var(ops, bounds=(0.0, 1.0))
    inner = [(u, v) for u in ops for v in ops if u != v]
    cousins = [(u, v, w) for u in nodes[:-1] for v in ops for w in ops if len({u, v, w}) == 3]

    @block.Constraint(ops)
    def chain_root(b, v):
        return row(b.chain[v] >= h.edge[0, v])

    @block.Constraint(inner)
    def chain_up(b, u, v):  # implied; tightens the LP bound
        return row(b.chain[v] <= b.chain[u] + 1 - h.edge[u, v])

    @block.Constraint(inner)
    def chain_skip(b, u, v):
        return row(b.chain[v] <= skip[u] + 1 - h.edge[u, v])

    @block.Constraint(inner)
    def chain_down(b, u, v):
        return row(b.chain[v] >= b.chain[u] + skip[u] + h.edge[u, v] - 2)

    @block.Constraint(cousins)
    def head_is_only_child(b, u, v, w):
        return row(h.edge[u, v] + h.edge[u, w] <= 3 - skip[v] - b.chain[v])

    @block.Constraint(ops)
    def tail_is_leaf(b, v):
        return row(h.edge[v, sink] >= skip[v] - b.chain[v])

    @block.Constraint([(u, v) for u in nodes[:-1] for v in ops if u != v])
    def tail_has_sibling(b, u, v):
        siblings = sum(h.edge[u, w] for w in ops if w not in (u, v))
        return row(siblings >= h.edge[u, v] + skip[v] - b.chain[v] - 1)
