"""The search spaces of the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.identity import Indexed, UpToIsomorphism
from nasgoat.spaces.moves import AddOrDropNode, ChangeLabel, FlipBoth, FlipEdge, RedirectEdge
from nasgoat.spaces.rules import (
    FixedLabel,
    InDegree,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Rule,
    SkipNormalForm,
    SourceReachesSink,
    TopologicalOrder,
    Undirected,
)

NASBENCH101_OPS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
NASBENCH201_OPS = ("skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
NASBENCH_GRAPH_OPS = ("gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip")

Reachability = Literal["any", "source-sink", "all-on-path"]


def nasbench101(nodes: Iterable[int] = (6, 7), max_edges: int = 9) -> CellSpace:
    """NAS-Bench-101: node-labelled DAGs of up to 7 nodes and 9 edges (conditions 1a to 1e).

    Args:
        nodes: node counts, input and output included. Searches use 6 and 7, which hold the best
            cells; ``range(2, 8)`` is the whole space of 423,624 cells.
        max_edges: at most so many edges.
    """
    nodes = tuple(nodes)
    alphabet = ("input", *NASBENCH101_OPS, "output")
    return CellSpace(
        name="nasbench101",
        sizes=nodes,
        node_alphabet=alphabet,
        rules=(
            TopologicalOrder(),
            OnPath(),
            FixedLabel(0, 0, only_there=True),
            FixedLabel(-1, len(alphabet) - 1, only_there=True),
            MaxEdges(max_edges),
        ),
        moves=(ChangeLabel(), FlipEdge(), *((AddOrDropNode(),) if len(nodes) > 1 else ())),
    )


def nasbench201(reachability: Reachability = "source-sink") -> CellSpace:
    """NAS-Bench-201: 4 indexed nodes, an operation or nothing on each of the 6 edges.

    Args:
        reachability: ``"any"`` keeps all 15,625 cells; ``"source-sink"`` the 15,284 whose output
            sees
            the input; ``"all-on-path"`` the 9,280 in which every node lies on a path between them
            (condition 2b as it is printed).
    """
    required: dict[Reachability, tuple[Rule, ...]] = {
        "any": (),
        "source-sink": (SourceReachesSink(),),
        "all-on-path": (OnPath(),),
    }
    return CellSpace(
        name="nasbench201",
        sizes=(4,),
        edge_alphabet=NASBENCH201_OPS,
        rules=(TopologicalOrder(), *required[reachability]),
        identity=Indexed(),
        moves=(FlipEdge(),),
    )


def nasbench_graph(
    ops: Iterable[str] = NASBENCH_GRAPH_OPS, *, normal_form: bool = True
) -> CellSpace:
    """NAS-Bench-Graph: trees of 4 operations between an input and an output that collects leaves.

    Args:
        ops: operation names; the proteins dataset has only gcn, sage, arma, fc and skip.
        normal_form: leave out trees with a skip node that could be dropped: 26,206 trees of the
            35,919 remain with all nine operations.
    """
    alphabet = ("input", *ops, "output")
    sink = len(alphabet) - 1
    rules: tuple[Rule, ...] = (
        TopologicalOrder(),
        OnPath(),
        InDegree.exactly(1),
        LeavesFeedSink(),
        FixedLabel(0, 0, only_there=True),
        FixedLabel(-1, sink, only_there=True),
    )
    if normal_form and "skip" in alphabet:
        skip = alphabet.index("skip")
        rules += (SkipNormalForm(skip), MaxLabelCount(skip, 3))
    return CellSpace(
        name="nasbench-graph",
        sizes=(6,),
        node_alphabet=alphabet,
        rules=rules,
        moves=(ChangeLabel(), RedirectEdge()),
    )


def digraphs(
    n: int,
    n0: int | None = None,
    *,
    rules: Iterable[Rule] = (),
    node_alphabet: Iterable[str] = (),
    up_to_isomorphism: bool = False,
) -> CellSpace:
    """Directed graphs of ``n0`` (default ``n``) to ``n`` nodes that meet the rules."""
    rules = tuple(rules)
    undirected = any(isinstance(rule, Undirected) for rule in rules)
    return CellSpace(
        name=f"digraphs({n})" if n0 in (None, n) else f"digraphs({n}, {n0})",
        sizes=tuple(range(n if n0 is None else n0, n + 1)),
        node_alphabet=tuple(node_alphabet),
        rules=rules,
        identity=UpToIsomorphism(()) if up_to_isomorphism else Indexed(),
        moves=(ChangeLabel(), FlipBoth() if undirected else FlipEdge()),
    )
