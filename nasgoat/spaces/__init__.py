"""Search spaces as values: node counts, label alphabets, rules, and what counts as the same."""

from nasgoat.spaces.base import SearchSpace
from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.chains import ENAS_OPS, NASBENCH_MACRO_OPS, enas, nasbench_macro
from nasgoat.spaces.identity import Identity, Indexed, UpToIsomorphism
from nasgoat.spaces.index import RowIndex
from nasgoat.spaces.moves import (
    AddOrDropNode,
    ChangeLabel,
    FlipBoth,
    FlipEdge,
    Move,
    RedirectEdge,
)
from nasgoat.spaces.presets import (
    NASBENCH101_OPS,
    NASBENCH201_OPS,
    NASBENCH_GRAPH_OPS,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat.spaces.rules import (
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
from nasgoat.spaces.table import TableSpace

__all__ = [
    "ENAS_OPS",
    "NASBENCH101_OPS",
    "NASBENCH201_OPS",
    "NASBENCH_GRAPH_OPS",
    "NASBENCH_MACRO_OPS",
    "Acyclic",
    "AddOrDropNode",
    "CellSpace",
    "Chain",
    "ChangeLabel",
    "FixedLabel",
    "FlipBoth",
    "FlipEdge",
    "Identity",
    "InDegree",
    "Indexed",
    "LabelBudget",
    "LeavesFeedSink",
    "MaxEdges",
    "MaxLabelCount",
    "Move",
    "OnPath",
    "RedirectEdge",
    "RowIndex",
    "Rule",
    "SearchSpace",
    "SingleSink",
    "SingleSource",
    "SkipNormalForm",
    "SourceReachesSink",
    "StronglyConnected",
    "TableSpace",
    "TopologicalOrder",
    "Undirected",
    "UpToIsomorphism",
    "digraphs",
    "enas",
    "nasbench101",
    "nasbench201",
    "nasbench_graph",
    "nasbench_macro",
]
