"""The search spaces of the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.identity import Indexed, UpToIsomorphism
from nasgoat.spaces.moves import (
    AddOrDropNode,
    ChangeLabel,
    FlipBoth,
    FlipEdge,
    RedirectEdge,
    ReplaceInput,
)
from nasgoat.spaces.rules import (
    FixedLabel,
    InDegree,
    InDegrees,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Parts,
    Rule,
    SkipNormalForm,
    SourceReachesSink,
    TopologicalOrder,
    Undirected,
)

NASBENCH101_OPS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
NASBENCH201_OPS = ("skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
DARTS_OPS = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
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


def darts(intermediate: int = 4, ops: Iterable[str] = DARTS_OPS) -> CellSpace:
    """DARTS, the space of NAS-Bench-301: a normal and a reduction cell.

    Both cells are parts of one graph. Of a cell's ``intermediate + 2`` nodes the first two are its
    inputs, the outputs of the cells before it; each other node adds up two of the nodes before it,
    each after an operation, which labels the edge. The cell's output is made of all these nodes
    and has no node of its own. The normal cell has the first nodes, the reduction cell the last.

    Args:
        intermediate: nodes of a cell besides its inputs. With the 4 of DARTS there are
            ``(180 * 7**8)**2``, about 1.1e18 architectures.
        ops: the operations; NAS-Bench-301 has these 7, without DARTS's "none".
    """
    cell = (0, 0, *(2,) * intermediate)
    return CellSpace(
        name="darts",
        sizes=(2 * len(cell),),
        edge_alphabet=tuple(ops),
        rules=(TopologicalOrder(), Parts((len(cell), len(cell))), InDegrees(cell + cell)),
        identity=Indexed(),
        moves=(ChangeLabel(), ReplaceInput()),
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
